import type {
  Authorizer as AuthorizerOut,
  Deployment as DeploymentOut,
  Integration as IntegrationOut,
  Method as MethodOut,
  Resource as ResourceOut,
  Stage as StageOut,
} from '@aws-sdk/client-api-gateway';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { AUTHORIZER_LIMITS } from './limits.ts';
import type { RestModel } from './model.ts';
import { page } from './paging.ts';
import { checkAuthorization, deploy, oneOf, partsOf } from './parts.ts';
import type { Authorizer, Deployment, Parts, Resource, Route, Stage } from './parts-model.ts';
import { type ApiGatewayPlaces, apiOf, badRequest, conflict, newId } from './state.ts';

type PartOperations = Pick<
  Operations<RestModel>,
  | 'CreateAuthorizer'
  | 'CreateDeployment'
  | 'CreateResource'
  | 'CreateStage'
  | 'DeleteAuthorizer'
  | 'DeleteMethod'
  | 'DeleteStage'
  | 'GetAuthorizer'
  | 'GetAuthorizers'
  | 'GetDeployments'
  | 'GetMethod'
  | 'GetResources'
  | 'GetStage'
  | 'GetStages'
  | 'PutIntegration'
  | 'PutMethod'
  | 'UpdateAuthorizer'
  | 'UpdateMethod'
  | 'UpdateStage'
>;

/** Resources, methods, authorizers, deployments and stages of REST APIs. */
export function restPartOperations(places: ApiGatewayPlaces): PartOperations {
  const at = (apiId: string, ctx: Context): Parts => {
    const place = places.at(ctx.account, ctx.region);
    apiOf(place, apiId, true);
    return partsOf(place, apiId);
  };
  return {
    CreateResource(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const parent = oneOf(parts.resources, input.parentId, 'resource');
      const path = `${parent.path === '/' ? '' : parent.path}/${input.pathPart}`;
      if (!/^(\{[\w.:-]+\+?\}|[\w.:~-]+)$/.test(input.pathPart))
        throw badRequest('The path part is not valid.');
      if ([...parts.resources.values()].some((one) => one.path === path))
        throw conflict('Another resource with the same parent already has this name');
      const resource: Resource = { id: newId(ctx), parentId: parent.id, pathPart: input.pathPart, path };
      parts.resources.set(resource.id, resource);
      return describeResource(resource, parts, false);
    },
    GetResources(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const methods = input.embed?.includes('methods') ?? false;
      const { items, next } = page([...parts.resources.values()], input.position, input.limit);
      return { items: items.map((one) => describeResource(one, parts, methods)), position: next };
    },
    PutMethod(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const { id: resourceId, path } = oneOf(parts.resources, input.resourceId, 'resource');
      if (methodOf(parts, resourceId, input.httpMethod))
        throw conflict('Method already exists for this resource');
      checkAuthorization(parts, input.authorizationType, input.authorizerId);
      const route: Route = {
        id: `${resourceId} ${input.httpMethod}`,
        method: input.httpMethod,
        path,
        authorizationType: input.authorizationType,
        authorizerId: input.authorizerId,
        resourceId,
        rest: { apiKeyRequired: input.apiKeyRequired ?? false },
      };
      parts.routes.set(route.id, route);
      return describeMethod(route, parts);
    },
    GetMethod(input, ctx) {
      const parts = at(input.restApiId, ctx);
      return describeMethod(oneOf(parts.routes, `${input.resourceId} ${input.httpMethod}`, 'method'), parts);
    },
    UpdateMethod(input, ctx) {
      const parts = at(input.restApiId, ctx);
      let route = oneOf(parts.routes, `${input.resourceId} ${input.httpMethod}`, 'method');
      for (const { op, path, value } of input.patchOperations ?? []) {
        if (op !== 'replace') throw badRequest('Invalid patch operation specified.');
        if (path === '/authorizationType') route = { ...route, authorizationType: value ?? 'NONE' };
        else if (path === '/authorizerId') route = { ...route, authorizerId: value };
        else throw notImplemented('API Gateway', 'UpdateMethod of that path');
      }
      checkAuthorization(parts, route.authorizationType, route.authorizerId);
      parts.routes.set(route.id, route);
      return describeMethod(route, parts);
    },
    DeleteMethod(input, ctx) {
      const parts = at(input.restApiId, ctx);
      parts.routes.delete(oneOf(parts.routes, `${input.resourceId} ${input.httpMethod}`, 'method').id);
      return {};
    },
    PutIntegration(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const { id } = oneOf(parts.routes, `${input.resourceId} ${input.httpMethod}`, 'method');
      const {
        restApiId: _api,
        resourceId: _resource,
        httpMethod: _method,
        integrationHttpMethod,
        ...given
      } = input;
      const integration = { ...given, httpMethod: integrationHttpMethod };
      parts.integrations.set(id, integration);
      return integration as IntegrationOut;
    },
    CreateAuthorizer(input, ctx) {
      const parts = at(input.restApiId, ctx);
      if (parts.authorizers.size >= AUTHORIZER_LIMITS.perApi.max)
        throw badRequest('The API has reached its limit of authorizers');
      const { restApiId: _api, name, type, authorizerUri, identitySource, ...rest } = input;
      const ttl = input.authorizerResultTtlInSeconds ?? AUTHORIZER_LIMITS.defaultTtl.max;
      checkTtl(ttl);
      if (type === 'REQUEST' && ttl > 0 && (identitySource ?? '') === '')
        throw badRequest('Identity source is required when authorization caching is enabled');
      const one: Authorizer = {
        id: newId(ctx),
        name,
        type,
        uri: authorizerUri,
        payload: '1.0',
        simple: false,
        identitySource: splitSources(identitySource),
        ttl,
        rest,
      };
      parts.authorizers.set(one.id, one);
      return describeAuthorizer(one);
    },
    GetAuthorizer: (input, ctx) =>
      describeAuthorizer(oneOf(at(input.restApiId, ctx).authorizers, input.authorizerId, 'authorizer')),
    GetAuthorizers(input, ctx) {
      const all = [...at(input.restApiId, ctx).authorizers.values()];
      const { items, next } = page(all, input.position, input.limit);
      return { items: items.map(describeAuthorizer), position: next };
    },
    UpdateAuthorizer(input, ctx) {
      const parts = at(input.restApiId, ctx);
      let one = oneOf(parts.authorizers, input.authorizerId, 'authorizer');
      for (const { op, path, value = '' } of input.patchOperations ?? []) {
        if (op !== 'replace') throw badRequest('Invalid patch operation specified.');
        if (path === '/authorizerUri') one = { ...one, uri: value };
        else if (path === '/name') one = { ...one, name: value };
        else if (path === '/identitySource') one = { ...one, identitySource: splitSources(value) };
        else if (path === '/authorizerResultTtlInSeconds') one = { ...one, ttl: Number(value) };
        else throw notImplemented('API Gateway', 'UpdateAuthorizer of that path');
      }
      checkTtl(one.ttl);
      parts.authorizers.set(one.id, one);
      return describeAuthorizer(one);
    },
    DeleteAuthorizer(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const { id } = oneOf(parts.authorizers, input.authorizerId, 'authorizer');
      if ([...parts.routes.values()].some(({ authorizerId }) => authorizerId === id))
        throw conflict('Cannot delete authorizer, is referenced in method');
      parts.authorizers.delete(id);
      return {};
    },
    CreateDeployment(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const deployment = deploy(parts, ctx, { description: input.description });
      if (input.stageName !== undefined)
        setStage(parts, input.stageName, deployment.id, input.variables, ctx);
      return describeDeployment(deployment);
    },
    GetDeployments(input, ctx) {
      const all = [...at(input.restApiId, ctx).deployments.values()];
      const { items, next } = page(all, input.position, input.limit);
      return { items: items.map(describeDeployment), position: next };
    },
    CreateStage(input, ctx) {
      const parts = at(input.restApiId, ctx);
      oneOf(parts.deployments, input.deploymentId, 'deployment');
      if (parts.stages.has(input.stageName)) throw conflict('Stage already exists');
      return describeStage(setStage(parts, input.stageName, input.deploymentId, input.variables, ctx));
    },
    GetStage: (input, ctx) => describeStage(oneOf(at(input.restApiId, ctx).stages, input.stageName, 'stage')),
    GetStages(input, ctx) {
      const { deploymentId } = input;
      const all = [...at(input.restApiId, ctx).stages.values()];
      const shown = all.filter((one) => deploymentId === undefined || one.deploymentId === deploymentId);
      return { item: shown.map(describeStage) };
    },
    UpdateStage(input, ctx) {
      const parts = at(input.restApiId, ctx);
      let stage = oneOf(parts.stages, input.stageName, 'stage');
      for (const { op, path, value = '' } of input.patchOperations ?? []) {
        if (op !== 'replace' || path !== '/deploymentId')
          throw notImplemented('API Gateway', 'UpdateStage of that path');
        stage = { ...stage, deploymentId: oneOf(parts.deployments, value, 'deployment').id };
      }
      parts.stages.set(stage.name, stage);
      return describeStage(stage);
    },
    DeleteStage(input, ctx) {
      const parts = at(input.restApiId, ctx);
      parts.stages.delete(oneOf(parts.stages, input.stageName, 'stage').name);
      return {};
    },
  };
}

function setStage(
  parts: Parts,
  name: string,
  deploymentId: string,
  variables: Readonly<Record<string, string>> | undefined,
  ctx: Context,
): Stage {
  if (!/^[\w-]{1,128}$/.test(name)) throw badRequest('Stage name only allows a-zA-Z0-9_-');
  const before = parts.stages.get(name);
  const stage: Stage = {
    name,
    deploymentId,
    autoDeploy: false,
    variables: variables ?? before?.variables ?? {},
    description: before?.description,
    createdAt: before?.createdAt ?? ctx.now,
  };
  parts.stages.set(name, stage);
  return stage;
}

const methodOf = (parts: Parts, resourceId: string, method: string) =>
  parts.routes.get(`${resourceId} ${method}`);

const splitSources = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function checkTtl(ttl: number): void {
  if (!(ttl >= 0 && ttl <= AUTHORIZER_LIMITS.ttl.max))
    throw badRequest('Authorizer TTL must be between 0 and 3600 seconds');
}

const describeAuthorizer = (one: Authorizer): AuthorizerOut => ({
  ...one.rest,
  id: one.id,
  name: one.name,
  type: one.type as NonNullable<AuthorizerOut['type']>,
  authType: 'custom',
  authorizerUri: one.uri,
  identitySource: one.identitySource.join(', '),
  authorizerResultTtlInSeconds: one.ttl,
});

const describeDeployment = ({ id, description, createdAt }: Deployment): DeploymentOut => ({
  id,
  description,
  createdDate: new Date(createdAt),
});

const describeStage = (stage: Stage): StageOut => ({
  stageName: stage.name,
  deploymentId: stage.deploymentId,
  description: stage.description,
  variables: { ...stage.variables },
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: {},
  tracingEnabled: false,
  createdDate: new Date(stage.createdAt),
  lastUpdatedDate: new Date(stage.createdAt),
});

function describeMethod(route: Route, parts: Parts): MethodOut {
  const integration = parts.integrations.get(route.id);
  return {
    ...route.rest,
    httpMethod: route.method,
    authorizationType: route.authorizationType,
    authorizerId: route.authorizerId,
    ...(integration === undefined ? {} : { methodIntegration: integration as IntegrationOut }),
  };
}

function describeResource(resource: Resource, parts: Parts, methods: boolean): ResourceOut {
  const own = [...parts.routes.values()].filter(({ resourceId }) => resourceId === resource.id);
  return {
    id: resource.id,
    parentId: resource.parentId,
    pathPart: resource.pathPart,
    path: resource.path,
    ...(own.length === 0
      ? {}
      : {
          resourceMethods: Object.fromEntries(
            own.map((route) => [route.method, methods ? describeMethod(route, parts) : {}]),
          ),
        }),
  };
}
