import type { EdgeReply, EdgeRequest } from '../../../types.ts';
import type { EdgeContext } from '../../service.ts';
import type { AuthorizerCache } from '../parts-model.ts';
import type { ApiGatewayState } from '../state.ts';
import { authorize } from './authorize.ts';
import { integrationEvent } from './events.ts';
import { byMapping, byStage, type Found, routeFor } from './find.ts';

const FORBIDDEN: EdgeReply = { status: 403, body: { message: 'Forbidden' } };

/**
 * What becomes of a request at a custom domain. Undefined: an API without any stage answers
 * everything, so that a domain can be tried alone.
 */
export async function serveDomain(
  state: ApiGatewayState,
  name: string,
  request: EdgeRequest,
  cache: AuthorizerCache,
  ctx: EdgeContext,
): Promise<EdgeReply | undefined> {
  const domain = state.domains.get(name);
  if (!domain || domain.mappings.length === 0) return undefined;
  const found = byMapping(state, domain, request.path);
  return found === undefined ? FORBIDDEN : serve(state, found, request, cache, ctx);
}

/** What becomes of a request at the default endpoint of an API. */
export async function serveDefault(
  state: ApiGatewayState,
  apiId: string,
  request: EdgeRequest,
  cache: AuthorizerCache,
  ctx: EdgeContext,
): Promise<EdgeReply | undefined> {
  const api = state.apis.get(apiId);
  return api === undefined ? undefined : serve(state, byStage(state, api, request.path), request, cache, ctx);
}

async function serve(
  state: ApiGatewayState,
  found: Found,
  request: EdgeRequest,
  cache: AuthorizerCache,
  ctx: EdgeContext,
): Promise<EdgeReply | undefined> {
  const parts = state.parts.get(found.api.id);
  if (parts === undefined || parts.stages.size === 0) return undefined;
  const deployment = parts.deployments.get(found.stage?.deploymentId ?? '');
  if (deployment === undefined) return FORBIDDEN;
  const taken = routeFor(deployment.routes, request.method, found.path);
  if (taken === undefined) return noRoute(found);
  const { world } = ctx;
  const arrival = {
    request,
    found,
    taken,
    account: ctx.account,
    region: ctx.region,
    requestId: world.random.uuid(),
    now: world.clock.now(),
  };
  const refused = await authorize(arrival, deployment, cache, world);
  return refused ?? { status: 200, body: { event: integrationEvent(arrival) } };
}

/** A REST API says 403 with a text about tokens; an HTTP API 404. */
const noRoute = ({ api }: Found): EdgeReply =>
  api.protocol === 'REST'
    ? { status: 403, body: { message: 'Missing Authentication Token' } }
    : { status: 404, body: { message: 'Not Found' } };
