import type { Context, EdgeContext } from '../service.ts';
import { newParts } from './parts.ts';
import { serveDefault } from './serve/serve.ts';
import { type Api, type ApiGatewayState, badRequest, notFound, OPEN } from './state.ts';

/** Host name of an API's default endpoint. */
export const defaultHost = (id: string, region: string): string =>
  `${id}.execute-api.${region}.amazonaws.com`;

/** Keeps a new API and opens its default endpoint, which bypasses every custom domain. */
export async function addApi(state: ApiGatewayState, api: Api, ctx: Context): Promise<Api> {
  if (api.name.length === 0) throw badRequest('An API needs a name.');
  state.apis.set(api.id, api);
  state.parts.set(api.id, newParts(api, ctx));
  await openApi(state, api, ctx);
  return api;
}

/** Opens the default endpoint of an API. */
export async function openApi(state: ApiGatewayState, api: Api, ctx: EdgeContext): Promise<void> {
  await ctx.world.edges.open({
    kind: 'execute-api',
    protocol: 'https',
    resource: api.arn,
    hosts: [defaultHost(api.id, ctx.region)],
    account: ctx.account,
    region: ctx.region,
    servicePort: 443,
    trust: () => OPEN,
    behaviour: () => (state.apis.get(api.id)?.disableExecuteApiEndpoint ? 'disabled' : 'forward'),
    payload: () => (api.protocol === 'HTTP' ? '2.0' : '1.0'),
    serve: (request) => serveDefault(state, api.id, request, state.authorizerCache, ctx),
  });
}

export async function removeApi(state: ApiGatewayState, api: Api, ctx: Context): Promise<void> {
  const mapped = [...state.domains.values()].some((domain) =>
    domain.mappings.some((one) => one.apiId === api.id),
  );
  if (mapped) throw badRequest('Please remove all base path mappings related to the API in your domains');
  state.apis.delete(api.id);
  state.parts.delete(api.id);
  await ctx.world.edges.close(api.arn);
}

/** The API that a mapping names. */
export function mappedApi(state: ApiGatewayState, id: string): Api {
  const api = state.apis.get(id);
  if (!api) throw notFound('Invalid API identifier specified');
  return api;
}
