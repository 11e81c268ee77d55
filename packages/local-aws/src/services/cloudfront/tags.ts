import type { Tag } from '@aws-sdk/client-cloudfront';
import type { Regions } from '../../world.ts';
import type { Context, Given, Operations } from '../service.ts';
import { LIMITS } from './limits.ts';
import type { CloudFrontModel } from './model.ts';
import { type CloudFrontState, refusal } from './state.ts';

/** Tags after the checks, merged over old ones. */
export function mergeTags(old: readonly Tag[], given: readonly Given<Tag>[] | undefined): readonly Tag[] {
  const tags = given ?? [];
  const bad = (message: string) => refusal('InvalidTagging', 400, message);
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length)
    throw bad('A tag key was specified more than once.');
  for (const { Key, Value = '' } of tags) {
    if (Key.length < 1 || Key.length > LIMITS.tagKey.max || Value.length > LIMITS.tagValue.max) {
      throw bad('A tag key or value is too short or too long.');
    }
  }
  const merged = new Map([...old, ...tags].map((tag) => [tag.Key, tag.Value ?? '']));
  if (merged.size > LIMITS.tags.max) throw bad('A resource can have no more than 50 tags.');
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of everything that has some, by ARN. */
export function tagOperations(
  regions: Regions<CloudFrontState>,
): Pick<Operations<CloudFrontModel>, 'ListTagsForResource' | 'TagResource' | 'UntagResource'> {
  const find = (arn: string, ctx: Context): { tags: readonly Tag[] } => {
    const state = regions.at(ctx.account, ctx.region);
    const found = [
      ...state.trustStores.values(),
      ...state.distributions.values(),
      ...state.connectionFunctions.values(),
      ...state.keyValueStores.values(),
    ].find((one) => one.arn === arn);
    if (!found) throw refusal('NoSuchResource', 404, 'The specified resource does not exist.');
    return found;
  };
  return {
    TagResource(input, ctx) {
      const resource = find(input.Resource, ctx);
      resource.tags = mergeTags(resource.tags, input.Tags.Items);
      return {};
    },
    UntagResource(input, ctx) {
      const resource = find(input.Resource, ctx);
      resource.tags = resource.tags.filter((tag) => !(input.TagKeys.Items ?? []).includes(tag.Key ?? ''));
      return {};
    },
    ListTagsForResource: (input, ctx) => ({ Tags: { Items: [...find(input.Resource, ctx).tags] } }),
  };
}
