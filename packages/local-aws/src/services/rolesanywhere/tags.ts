import { type Context, type Route, ServiceError } from '../service.ts';
import { readTags, text, texts } from './input.ts';
import { LIMITS } from './limits.ts';
import type { RolesAnywhereRegions, RolesAnywhereState } from './state.ts';

type Tags = ReadonlyMap<string, string>;

/** A resource that can be tagged: its tags, and how to write them. */
interface Taggable {
  readonly tags: Tags;
  set(tags: Tags): void;
}

function taggables<T extends { readonly arn: string; readonly id: string; readonly tags: Tags }>(
  resources: Map<string, T>,
  arn: string,
): Taggable | undefined {
  const resource = [...resources.values()].find((one) => one.arn === arn);
  return (
    resource && { tags: resource.tags, set: (tags) => resources.set(resource.id, { ...resource, tags }) }
  );
}

function taggable({ anchors, crls, profiles }: RolesAnywhereState, arn: string): Taggable {
  const resource = taggables(anchors, arn) ?? taggables(crls, arn) ?? taggables(profiles, arn);
  if (!resource) throw new ServiceError('ResourceNotFoundException', 404, 'This resource does not exist.');
  return resource;
}

const ARN = { max: 1011 };

export function tagRoutes(regions: RolesAnywhereRegions): readonly Route[] {
  const at = (ctx: Context): RolesAnywhereState => regions.at(ctx.account, ctx.region);
  return [
    {
      method: 'POST',
      path: '/TagResource',
      name: 'TagResource',
      status: 201,
      handler({ body }, ctx) {
        const resource = taggable(at(ctx), text(body, 'resourceArn', ARN));
        const tags = new Map([...resource.tags, ...readTags(body)]);
        if (tags.size > LIMITS.tagsPerResource.max)
          throw new ServiceError('TooManyTagsException', 400, `At most ${LIMITS.tagsPerResource.max} tags.`);
        resource.set(tags);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/UntagResource',
      name: 'UntagResource',
      handler({ body }, ctx) {
        const resource = taggable(at(ctx), text(body, 'resourceArn', ARN));
        const gone = texts(body, 'tagKeys', LIMITS.tagsPerResource.max, { max: LIMITS.tagKeyCharacters.max });
        resource.set(new Map([...resource.tags].filter(([key]) => !gone.includes(key))));
        return {};
      },
    },
    {
      method: 'GET',
      path: '/ListTagsForResource',
      name: 'ListTagsForResource',
      handler({ query }, ctx) {
        const { tags } = taggable(at(ctx), query.get('resourceArn') ?? '');
        return { tags: [...tags].map(([key, value]) => ({ key, value })) };
      },
    },
  ];
}
