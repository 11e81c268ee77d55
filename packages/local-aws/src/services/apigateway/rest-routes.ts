import type {
  Integration as IntegrationOut,
  Method as MethodOut,
  Resource as ResourceOut,
} from '@aws-sdk/client-api-gateway';
import { type Context, notImplemented, type Operations } from '../service.ts';
import type { RestModel } from './model.ts';
import { page } from './paging.ts';
import { checkAuthorization, oneOf, partsAt } from './parts.ts';
import type { Parts, Resource, Route } from './parts-model.ts';
import { type ApiGatewayRegions, badRequest, conflict, newId } from './state.ts';

type Part = Pick<
  Operations<RestModel>,
  | 'CreateResource'
  | 'DeleteIntegration'
  | 'DeleteMethod'
  | 'DeleteResource'
  | 'GetIntegration'
  | 'GetMethod'
  | 'GetResource'
  | 'GetResources'
  | 'PutIntegration'
  | 'PutMethod'
  | 'UpdateMethod'
>;

/** Resources of REST APIs, their methods, and what those call. */
export function restRouteOperations(regions: ApiGatewayRegions): Part {
  const at = (apiId: string, ctx: Context) => partsAt(regions, apiId, ctx, true);
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
      forget(parts, oneOf(parts.routes, `${input.resourceId} ${input.httpMethod}`, 'method'));
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
    GetResource(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const methods = input.embed?.includes('methods') ?? false;
      return describeResource(oneOf(parts.resources, input.resourceId, 'resource'), parts, methods);
    },
    DeleteResource(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const gone = oneOf(parts.resources, input.resourceId, 'resource');
      if (gone.parentId === undefined) throw badRequest('The root resource cannot be deleted');
      for (const { id, path } of parts.resources.values()) {
        if (path !== gone.path && !path.startsWith(`${gone.path}/`)) continue;
        parts.resources.delete(id);
        for (const route of parts.routes.values()) if (route.resourceId === id) forget(parts, route);
      }
      return {};
    },
    GetIntegration: (input, ctx) =>
      oneOf(
        at(input.restApiId, ctx).integrations,
        `${input.resourceId} ${input.httpMethod}`,
        'integration',
      ) as IntegrationOut,
    DeleteIntegration(input, ctx) {
      const { integrations } = at(input.restApiId, ctx);
      const id = `${input.resourceId} ${input.httpMethod}`;
      oneOf(integrations, id, 'integration');
      integrations.delete(id);
      return {};
    },
  };
}

const methodOf = (parts: Parts, resourceId: string, method: string) =>
  parts.routes.get(`${resourceId} ${method}`);

/** A method goes with what it calls. */
function forget(parts: Parts, { id }: Route): void {
  parts.routes.delete(id);
  parts.integrations.delete(id);
}

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
