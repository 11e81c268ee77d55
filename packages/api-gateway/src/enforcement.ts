import type { HeldEnforcement } from '@trustloom/core';
import type { DomainFacts } from './domains.ts';
import type { MappedApi } from './mapped-apis.ts';
import type { PublishedHead } from './plan-check.ts';
import type { ApiGatewayPort } from './port.ts';
import { lostKeys } from './published.ts';
import type { ApiGatewayTarget } from './target.ts';
import { type Way, waysOf } from './ways.ts';

/** Every way to the APIs behind a domain; none where the target names no authorizer, for then nobody is asked. */
export async function waysBehind(
  { authorizer }: ApiGatewayTarget,
  apis: readonly MappedApi[],
  port: ApiGatewayPort,
): Promise<readonly Way[]> {
  if (authorizer === undefined) return [];
  const stages = await Promise.all(
    apis.flatMap((api) => api.stages.map((stage) => waysOfStage(api, stage, authorizer, port))),
  );
  return stages.flat();
}

/** How many of the ways ask the authorizer, what is wrong with the others, and what makes it refuse the good. Pure. */
export function heldEnforcement(
  { authorizer }: ApiGatewayTarget,
  { routesByRules }: DomainFacts,
  apis: readonly MappedApi[],
  ways: readonly Way[],
  published: PublishedHead | undefined,
): HeldEnforcement {
  if (authorizer === undefined)
    return {
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['the target names no authorizer: revoked clients get in'],
    };
  const lost = lostKeys(published).map(
    ({ set, lists }) =>
      `the set of ${lists[0]?.issuer ?? 'a CA'} is gone from S3 (${set?.key}), so a function that starts now refuses everybody: refresh publishes it again`,
  );
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
    ...(lost.length === 0 ? {} : { refusing: lost }),
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
    return [{ route: where, asks: 'unknown', gap: 'is a WebSocket API, whose messages no authorizer sees' }];
  const exported = await port.exportedStage(api, stage);
  const ways = exported === undefined ? undefined : waysOf(exported, authorizer);
  if (ways === undefined)
    return [{ route: where, asks: 'unknown', gap: 'is not deployed, or cannot be exported' }];
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
