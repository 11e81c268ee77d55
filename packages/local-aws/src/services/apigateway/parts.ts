import type { Context } from '../service.ts';
import type { Deployment, Parts, Resource } from './parts-model.ts';
import {
  type Api,
  type ApiGatewayRegions,
  type ApiGatewayState,
  apiOf,
  badRequest,
  newId,
  notFound,
} from './state.ts';

/** What an API begins with: a REST API has its root resource. */
export function newParts(api: Api, ctx: Context): Parts {
  const id = newId(ctx);
  const root: Resource = { id, parentId: undefined, pathPart: undefined, path: '/' };
  return {
    resources: new Map(api.protocol === 'REST' ? [[id, root]] : []),
    routes: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
    deployments: new Map(),
    stages: new Map(),
  };
}

export function partsOf(state: ApiGatewayState, apiId: string): Parts {
  const parts = state.parts.get(apiId);
  if (!parts) throw notFound('Invalid API identifier specified');
  return parts;
}

/** What is inside an API of the caller's account and region, or the service's refusal. */
export function partsAt(regions: ApiGatewayRegions, apiId: string, ctx: Context, rest: boolean): Parts {
  const state = regions.at(ctx.account, ctx.region);
  return partsOf(state, apiOf(state, apiId, rest).id);
}

/** One of a map, or the service's refusal. */
export function oneOf<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = map.get(id);
  if (found === undefined) throw notFound(`Invalid ${what} identifier specified`);
  return found;
}

/** Freezes routes and authorizers as they are now. */
export function deploy(
  parts: Parts,
  ctx: Context,
  {
    description,
    automatic = false,
  }: { readonly description?: string | undefined; readonly automatic?: boolean } = {},
): Deployment {
  if (!automatic && parts.routes.size === 0)
    throw badRequest('The API does not contain any methods or routes');
  const deployment: Deployment = {
    id: newId(ctx),
    createdAt: ctx.now,
    description,
    automatic,
    routes: [...parts.routes.values()],
    authorizers: new Map(parts.authorizers),
  };
  parts.deployments.set(deployment.id, deployment);
  return deployment;
}

/** Takes a deployment away that no stage points at. */
export function deleteDeployment(parts: Parts, id: string): void {
  oneOf(parts.deployments, id, 'deployment');
  if ([...parts.stages.values()].some(({ deploymentId }) => deploymentId === id))
    throw badRequest('Active stages pointing to this deployment must be moved or deleted');
  parts.deployments.delete(id);
}

/** Stages that deploy by themselves follow every change of their API. */
export function deployAutomatically(parts: Parts, ctx: Context): void {
  const stages = [...parts.stages.values()].filter(({ autoDeploy }) => autoDeploy);
  if (stages.length === 0) return;
  const { id } = deploy(parts, ctx, { automatic: true });
  for (const stage of stages) parts.stages.set(stage.name, { ...stage, deploymentId: id });
}

/** Refuses an authorizer that does not exist, or a type that needs one and has none. */
export function checkAuthorization(parts: Parts, type: string, authorizerId: string | undefined): void {
  if (authorizerId !== undefined) oneOf(parts.authorizers, authorizerId, 'authorizer');
  if ((type === 'CUSTOM' || type === 'JWT') && authorizerId === undefined)
    throw badRequest('Authorizer ID cannot be null or empty when authorizer type is not AWS_IAM or NONE');
}
