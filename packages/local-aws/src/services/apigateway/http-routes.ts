import type { Integration as IntegrationOut, Route as RouteOut } from '@aws-sdk/client-apigatewayv2';
import { defined } from '../../util/defined.ts';
import type { Context, Operations } from '../service.ts';
import type { HttpModel } from './model.ts';
import { itemsOf } from './paging.ts';
import { checkAuthorization, deployAutomatically, oneOf, partsAt } from './parts.ts';
import type { Route } from './parts-model.ts';
import { type ApiGatewayRegions, badRequest, conflict, newId } from './state.ts';

type Part = Pick<
  Operations<HttpModel>,
  | 'CreateIntegration'
  | 'CreateRoute'
  | 'DeleteIntegration'
  | 'DeleteRoute'
  | 'GetIntegration'
  | 'GetIntegrations'
  | 'GetRoute'
  | 'GetRoutes'
  | 'UpdateRoute'
>;

/** Routes of HTTP APIs, and what they call. */
export function httpRouteOperations(regions: ApiGatewayRegions): Part {
  const at = (apiId: string, ctx: Context) => partsAt(regions, apiId, ctx, false);
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
    GetRoutes: (input, ctx) => itemsOf(at(input.ApiId, ctx).routes.values(), describeRoute, input),
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
      itemsOf(at(input.ApiId, ctx).integrations.values(), (one) => one as IntegrationOut, input),
    GetIntegration: (input, ctx) =>
      oneOf(at(input.ApiId, ctx).integrations, input.IntegrationId, 'Integration') as IntegrationOut,
    DeleteIntegration(input, ctx) {
      const { integrations, routes } = at(input.ApiId, ctx);
      oneOf(integrations, input.IntegrationId, 'Integration');
      if ([...routes.values()].some(({ rest }) => rest.Target === `integrations/${input.IntegrationId}`))
        throw conflict('Cannot delete Integration, is referenced in route');
      integrations.delete(input.IntegrationId);
      return {};
    },
  };
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
  ...defined({ AuthorizerId: route.authorizerId }),
});
