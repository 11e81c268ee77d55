import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Regions } from '../../world.ts';
import type { Context, Given, Operations } from '../service.ts';
import { LIMITS, PATTERNS } from './limits.ts';
import type { ElbModel } from './model.ts';
import { type ElbState, invalid, listenerOf, loadBalancerOf, refusal, trustStoreOf } from './state.ts';

/** Tags as they are sent. */
export type GivenTags = readonly Given<Tag>[] | undefined;

/** Tags after the checks, merged over old ones. */
export function mergeTags(old: readonly Tag[], given: GivenTags): readonly Tag[] {
  const tags = given ?? [];
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) {
    throw refusal('DuplicateTagKeys', 'A tag key was specified more than once');
  }
  for (const { Key, Value = '' } of tags) {
    const fits = Key.length >= 1 && Key.length <= LIMITS.tagKey.max && Value.length <= LIMITS.tagValue.max;
    if (!fits || !PATTERNS.tagText.test(Key) || !PATTERNS.tagText.test(Value)) {
      throw invalid('A tag key or value is too long or has characters that are not allowed');
    }
  }
  const merged = new Map([...old, ...tags].map((tag) => [tag.Key, tag.Value ?? '']));
  if (merged.size > LIMITS.tags.max)
    throw refusal('TooManyTags', 'The limit on tags per resource was reached');
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

interface Tagged {
  tags: readonly Tag[];
}

function taggedOf(state: ElbState, arn: string): Tagged {
  const kind = /^arn:[^:]+:elasticloadbalancing:[^:]*:\d{12}:([a-z-]+)\//.exec(arn)?.[1];
  if (kind === 'truststore') return trustStoreOf(state, arn);
  if (kind === 'listener') return listenerOf(state, arn);
  if (kind === 'loadbalancer') return loadBalancerOf(state, arn);
  throw invalid(`'${arn}' is not a valid tag resource ARN`);
}

export function tagOperations(
  regions: Regions<ElbState>,
): Pick<Operations<ElbModel>, 'AddTags' | 'RemoveTags' | 'DescribeTags'> {
  const all = (arns: readonly string[], ctx: Context) =>
    arns.map((arn) => ({ arn, tagged: taggedOf(regions.at(ctx.account, ctx.region), arn) }));
  return {
    AddTags(input, ctx) {
      const merged = all(input.ResourceArns, ctx).map(({ tagged }) => ({
        tagged,
        tags: mergeTags(tagged.tags, input.Tags),
      }));
      for (const { tagged, tags } of merged) tagged.tags = tags;
      return {};
    },
    RemoveTags(input, ctx) {
      for (const { tagged } of all(input.ResourceArns, ctx)) {
        tagged.tags = tagged.tags.filter((tag) => !input.TagKeys.includes(tag.Key ?? ''));
      }
      return {};
    },
    DescribeTags(input, ctx) {
      if (input.ResourceArns.length > LIMITS.describeTags.max)
        throw invalid('No more than 20 resources at a time');
      return {
        TagDescriptions: all(input.ResourceArns, ctx).map(({ arn, tagged }) => ({
          ResourceArn: arn,
          Tags: [...tagged.tags],
        })),
      };
    },
  };
}
