import type {
  Authorizer as AuthorizerOut,
  Deployment as DeploymentOut,
  Integration as IntegrationOut,
  Route as RouteOut,
  Stage as StageOut,
} from '@aws-sdk/client-apigatewayv2';
import type { Context, Operations } from '../service.ts';
import { sizeOf } from './http-domains.ts';
import { AUTHORIZER_LIMITS } from './limits.ts';
import type { HttpModel } from './model.ts';
import { page } from './paging.ts';
import { checkAuthorization, deploy, deployAutomatically, oneOf, partsOf } from './parts.ts';
import type { Authorizer, Deployment, Parts, Route, Stage } from './parts-model.ts';
import { type ApiGatewayPlaces, apiOf, badRequest, conflict, newId } from './state.ts';

type PartOperations = Pick<
  Operations<HttpModel>,
  | 'CreateAuthorizer'
  | 'CreateDeployment'
  | 'CreateIntegration'
  | 'CreateRoute'
  | 'CreateStage'
  | 'DeleteAuthorizer'
  | 'DeleteRoute'
  | 'DeleteStage'
  | 'GetAuthorizer'
  | 'GetAuthorizers'
  | 'GetDeployment'
  | 'GetDeployments'
  | 'GetIntegrations'
  | 'GetRoute'
  | 'GetRoutes'
  | 'GetStage'
  | 'GetStages'
  | 'UpdateAuthorizer'
  | 'UpdateRoute'
  | 'UpdateStage'
>;

/** Routes, integrations, authorizers, deployments and stages of HTTP APIs. */
export function httpPartOperations(places: ApiGatewayPlaces): PartOperations {
  const at = (apiId: string, ctx: Context): Parts => {
    const place = places.at(ctx.account, ctx.region);
    apiOf(place, apiId, false);
    return partsOf(place, apiId);
  };
  const listed = <T, Out>(
    all: Iterable<T>,
    describe: (one: T) => Out,
    input: { NextToken?: string | undefined; MaxResults?: string | undefined },
  ) => {
    const { items, next } = page([...all], input.NextToken, sizeOf(input.MaxResults));
    return { Items: items.map(describe), NextToken: next };
  };
  return {
    CreateRoute(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const { ApiId: _api, RouteKey, AuthorizationType = 'NONE', AuthorizerId, ...rest } = input;
      if ([...parts.routes.values()].some((one) => keyOf(one) === RouteKey))
        throw conflict(`Route with key ${RouteKey} already exists for this API`);
      checkAuthorization(parts, AuthorizationType, AuthorizerId);
      const route: Route = {
        id: newId(ctx),
        ...splitKey(RouteKey),
        authorizationType: AuthorizationType,
        authorizerId: AuthorizerId,
        resourceId: undefined,
        rest,
      };
      parts.routes.set(route.id, route);
      deployAutomatically(parts, ctx);
      return describeRoute(route);
    },
    GetRoute: (input, ctx) => describeRoute(oneOf(at(input.ApiId, ctx).routes, input.RouteId, 'Route')),
    GetRoutes: (input, ctx) => listed(at(input.ApiId, ctx).routes.values(), describeRoute, input),
    UpdateRoute(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const before = oneOf(parts.routes, input.RouteId, 'Route');
      const { ApiId: _api, RouteId: _route, RouteKey, AuthorizationType, AuthorizerId, ...rest } = input;
      const authorizationType = AuthorizationType ?? before.authorizationType;
      const route: Route = {
        ...before,
        ...(RouteKey === undefined ? {} : splitKey(RouteKey)),
        authorizationType,
        authorizerId: authorizationType === 'NONE' ? undefined : (AuthorizerId ?? before.authorizerId),
        rest: { ...before.rest, ...rest },
      };
      checkAuthorization(parts, route.authorizationType, route.authorizerId);
      parts.routes.set(route.id, route);
      deployAutomatically(parts, ctx);
      return describeRoute(route);
    },
    DeleteRoute(input, ctx) {
      const parts = at(input.ApiId, ctx);
      parts.routes.delete(oneOf(parts.routes, input.RouteId, 'Route').id);
      deployAutomatically(parts, ctx);
      return {};
    },
    CreateIntegration(input, ctx) {
      const { ApiId, ...given } = input;
      const integration = { ...given, IntegrationId: newId(ctx) };
      at(ApiId, ctx).integrations.set(integration.IntegrationId, integration);
      return integration as IntegrationOut;
    },
    GetIntegrations: (input, ctx) =>
      listed(at(input.ApiId, ctx).integrations.values(), (one) => one as IntegrationOut, input),
    CreateAuthorizer(input, ctx) {
      const parts = at(input.ApiId, ctx);
      if (parts.authorizers.size >= AUTHORIZER_LIMITS.perApi.max)
        throw badRequest('The API has reached its limit of authorizers');
      const { ApiId: _api, Name, AuthorizerType, AuthorizerUri, IdentitySource, ...rest } = input;
      const payload = input.AuthorizerPayloadFormatVersion;
      if (AuthorizerType === 'REQUEST' && payload !== '1.0' && payload !== '2.0')
        throw badRequest('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer');
      const simple = input.EnableSimpleResponses ?? false;
      if (simple && payload !== '2.0') throw badRequest('Simple responses need payload format 2.0');
      const one: Authorizer = {
        id: newId(ctx),
        name: Name,
        type: AuthorizerType,
        uri: AuthorizerUri,
        payload: payload === '2.0' ? '2.0' : '1.0',
        simple,
        identitySource: IdentitySource,
        ttl: ttlOf(input.AuthorizerResultTtlInSeconds, IdentitySource),
        rest,
      };
      parts.authorizers.set(one.id, one);
      return describeAuthorizer(one);
    },
    GetAuthorizer: (input, ctx) =>
      describeAuthorizer(oneOf(at(input.ApiId, ctx).authorizers, input.AuthorizerId, 'Authorizer')),
    GetAuthorizers: (input, ctx) =>
      listed(at(input.ApiId, ctx).authorizers.values(), describeAuthorizer, input),
    UpdateAuthorizer(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const before = oneOf(parts.authorizers, input.AuthorizerId, 'Authorizer');
      const identitySource = input.IdentitySource ?? before.identitySource;
      const one: Authorizer = {
        ...before,
        name: input.Name ?? before.name,
        uri: input.AuthorizerUri ?? before.uri,
        identitySource,
        simple: input.EnableSimpleResponses ?? before.simple,
        ttl: ttlOf(input.AuthorizerResultTtlInSeconds ?? before.ttl, identitySource),
      };
      parts.authorizers.set(one.id, one);
      deployAutomatically(parts, ctx);
      return describeAuthorizer(one);
    },
    DeleteAuthorizer(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const { id } = oneOf(parts.authorizers, input.AuthorizerId, 'Authorizer');
      if ([...parts.routes.values()].some(({ authorizerId }) => authorizerId === id))
        throw conflict('Cannot delete authorizer, is referenced in route');
      parts.authorizers.delete(id);
      return {};
    },
    CreateDeployment(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const stage = input.StageName === undefined ? undefined : oneOf(parts.stages, input.StageName, 'Stage');
      const deployment = deploy(parts, ctx, { description: input.Description });
      if (stage !== undefined) parts.stages.set(stage.name, { ...stage, deploymentId: deployment.id });
      return describeDeployment(deployment);
    },
    GetDeployment: (input, ctx) =>
      describeDeployment(oneOf(at(input.ApiId, ctx).deployments, input.DeploymentId, 'Deployment')),
    GetDeployments: (input, ctx) =>
      listed(at(input.ApiId, ctx).deployments.values(), describeDeployment, input),
    CreateStage(input, ctx) {
      const parts = at(input.ApiId, ctx);
      if (parts.stages.has(input.StageName)) throw conflict('Stage already exists');
      if (input.DeploymentId !== undefined) oneOf(parts.deployments, input.DeploymentId, 'Deployment');
      const stage: Stage = {
        name: input.StageName,
        deploymentId: input.DeploymentId,
        autoDeploy: input.AutoDeploy ?? false,
        variables: input.StageVariables ?? {},
        description: input.Description,
        createdAt: ctx.now,
      };
      parts.stages.set(stage.name, stage);
      deployAutomatically(parts, ctx);
      return describeStage(oneOf(parts.stages, stage.name, 'Stage'));
    },
    GetStage: (input, ctx) => describeStage(oneOf(at(input.ApiId, ctx).stages, input.StageName, 'Stage')),
    GetStages: (input, ctx) => listed(at(input.ApiId, ctx).stages.values(), describeStage, input),
    UpdateStage(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const before = oneOf(parts.stages, input.StageName, 'Stage');
      if (input.DeploymentId !== undefined) oneOf(parts.deployments, input.DeploymentId, 'Deployment');
      const stage: Stage = {
        ...before,
        deploymentId: input.DeploymentId ?? before.deploymentId,
        autoDeploy: input.AutoDeploy ?? before.autoDeploy,
        variables: input.StageVariables ?? before.variables,
      };
      parts.stages.set(stage.name, stage);
      deployAutomatically(parts, ctx);
      return describeStage(oneOf(parts.stages, stage.name, 'Stage'));
    },
    DeleteStage(input, ctx) {
      const parts = at(input.ApiId, ctx);
      parts.stages.delete(oneOf(parts.stages, input.StageName, 'Stage').name);
      return {};
    },
  };
}

/** Without identity sources there is no cache; with them, 0 unless a time is given (API reference, CreateAuthorizer). */
function ttlOf(ttl: number | undefined, sources: readonly string[]): number {
  const seconds = ttl ?? 0;
  if (!(seconds >= 0 && seconds <= AUTHORIZER_LIMITS.ttl.max))
    throw badRequest('Authorizer TTL must be between 0 and 3600 seconds');
  if (seconds > 0 && sources.length === 0)
    throw badRequest('Identity source is required when authorization caching is enabled');
  return seconds;
}

/** `GET /orders/{id}`, `ANY /x`, `$default`. */
function splitKey(key: string): { readonly method: string; readonly path: string } {
  if (key === '$default') return { method: 'ANY', path: '$default' };
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(key) ?? [];
  if (method === undefined || path === undefined)
    throw badRequest('The provided route key is not formatted properly for HTTP protocol.');
  return { method, path };
}

const keyOf = ({ method, path }: Route) => (path === '$default' ? path : `${method} ${path}`);

const describeRoute = (route: Route): RouteOut => ({
  ...route.rest,
  RouteId: route.id,
  RouteKey: keyOf(route),
  AuthorizationType: route.authorizationType as NonNullable<RouteOut['AuthorizationType']>,
  ...(route.authorizerId === undefined ? {} : { AuthorizerId: route.authorizerId }),
});

const describeAuthorizer = (one: Authorizer): AuthorizerOut => ({
  ...one.rest,
  AuthorizerId: one.id,
  Name: one.name,
  AuthorizerType: one.type as NonNullable<AuthorizerOut['AuthorizerType']>,
  AuthorizerUri: one.uri,
  IdentitySource: [...one.identitySource],
  AuthorizerResultTtlInSeconds: one.ttl,
  EnableSimpleResponses: one.simple,
});

const describeDeployment = (one: Deployment): DeploymentOut => ({
  DeploymentId: one.id,
  AutoDeployed: one.automatic,
  Description: one.description,
  DeploymentStatus: 'DEPLOYED',
  CreatedDate: new Date(one.createdAt),
});

const describeStage = (stage: Stage): StageOut => ({
  StageName: stage.name,
  AutoDeploy: stage.autoDeploy,
  Description: stage.description,
  StageVariables: { ...stage.variables },
  CreatedDate: new Date(stage.createdAt),
  LastUpdatedDate: new Date(stage.createdAt),
  ...(stage.deploymentId === undefined ? {} : { DeploymentId: stage.deploymentId }),
});
