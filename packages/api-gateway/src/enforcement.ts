import type { HeldEnforcement } from '@trustloom/core';
import type { DomainFacts } from './domains.ts';
import type { MappedApi } from './mapped-apis.ts';
import type { ApiGatewayPort } from './port.ts';
import type { ApiGatewayTarget } from './target.ts';
import { type Way, waysOf } from './ways.ts';

/** Walks every way to the APIs behind a domain: how many of them ask the authorizer, and what is wrong with the others. */
export async function heldEnforcement(
  { authorizer }: ApiGatewayTarget,
  { routesByRules }: DomainFacts,
  apis: readonly MappedApi[],
  port: ApiGatewayPort,
): Promise<HeldEnforcement> {
  if (authorizer === undefined)
    return {
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['the target names no authorizer: revoked clients get in'],
    };
  const stages = await Promise.all(
    apis.flatMap((api) => api.stages.map((stage) => waysOfStage(api, stage, authorizer, port))),
  );
  const ways = stages.flat();
  const gaps = [
    ...gapsOf(ways),
    ...apis
      .filter(({ defaultEndpointOpen }) => defaultEndpointOpen)
      .map(({ id }) => `${id}: the default endpoint is open and goes around mutual TLS`),
    ...(routesByRules ? ['the domain routes by routing rules, which are not followed here'] : []),
    ...(ways.length === 0 ? ['no route was found behind the domain'] : []),
  ];
  const asked = ways.some(({ gap }) => gap === undefined);
  return {
    mechanism: 'authorizer',
    state: gaps.length === 0 ? 'enforced' : asked ? 'partly' : 'not-enforced',
    gaps,
  };
}

async function waysOfStage(
  api: MappedApi,
  stage: string,
  authorizer: string,
  port: ApiGatewayPort,
): Promise<readonly Way[]> {
  const where = `${api.id}/${stage}`;
  if (api.kind === 'websocket')
    return [{ route: where, gap: 'is a WebSocket API, whose messages no authorizer sees' }];
  const exported = await port.exportedStage(api, stage);
  const ways = exported === undefined ? undefined : waysOf(exported, authorizer);
  if (ways === undefined) return [{ route: where, gap: 'is not deployed, or cannot be exported' }];
  return ways.map(({ route, ...way }) => ({ ...way, route: `${where} ${route}` }));
}

/** The same gap on many routes is one line. */
function gapsOf(ways: readonly Way[]): readonly string[] {
  const byGap = new Map<string, string[]>();
  for (const { route, gap } of ways)
    if (gap !== undefined) byGap.set(gap, [...(byGap.get(gap) ?? []), route]);
  return [...byGap].map(([gap, routes]) => {
    const shown = routes.slice(0, 3).join(', ');
    return `${routes.length <= 3 ? shown : `${shown} and ${routes.length - 3} more`}: ${gap}`;
  });
}
