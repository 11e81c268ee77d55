import type { Context } from '../service.ts';
import { LIMITS } from './limits.ts';
import { type ApiGatewayState, arnOf, badRequest, notFound } from './state.ts';

type Tags = ReadonlyMap<string, string>;

/** Tags of a request, checked and merged over old ones. */
export function mergeTags(old: Tags, given: Readonly<Record<string, string>> | undefined): Tags {
  const tags = new Map([...old, ...Object.entries(given ?? {})]);
  for (const [key, value] of tags) {
    if (key.length === 0 || key.length > LIMITS.tagKeyCharacters.max || key.startsWith('aws:'))
      throw badRequest('Invalid tag key.');
    if (value.length > LIMITS.tagValueCharacters.max) throw badRequest('Invalid tag value.');
  }
  if (tags.size > LIMITS.tags.max) throw badRequest(`A resource has at most ${LIMITS.tags.max} tags.`);
  return tags;
}

export const tagsOut = (tags: Tags): Record<string, string> => Object.fromEntries(tags);

/** What an ARN names: its tags, and how to write them. */
export function taggable(
  state: ApiGatewayState,
  arn: string,
  ctx: Context,
): { tags: Tags; set(tags: Tags): void } {
  const path = arn.startsWith(arnOf(ctx, '/')) ? arn.slice(arnOf(ctx, '').length) : '';
  const [, kind, name = ''] = /^\/(domainnames|apis|restapis)\/([^/]+)$/.exec(path) ?? [];
  if (kind === 'domainnames') {
    const domain = state.domains.get(name);
    if (domain) return { tags: domain.tags, set: (tags) => state.domains.set(name, { ...domain, tags }) };
  } else if (kind !== undefined) {
    const api = state.apis.get(name);
    if (api?.arn === arn) return { tags: api.tags, set: (tags) => state.apis.set(name, { ...api, tags }) };
  }
  throw notFound('Invalid resource ARN specified');
}
