import { type Context, type Route, ServiceError } from '../service.ts';
import { readTags, text, texts } from './input.ts';
import { LIMITS } from './limits.ts';
import type { Place, RolesAnywherePlaces } from './state.ts';

type Tags = ReadonlyMap<string, string>;

/** A thing that can be tagged: its tags, and how to write them. */
interface Taggable {
  readonly tags: Tags;
  set(tags: Tags): void;
}

function taggables<T extends { readonly arn: string; readonly id: string; readonly tags: Tags }>(
  things: Map<string, T>,
  arn: string,
): Taggable | undefined {
  const thing = [...things.values()].find((one) => one.arn === arn);
  return thing && { tags: thing.tags, set: (tags) => things.set(thing.id, { ...thing, tags }) };
}

function taggable({ anchors, crls, profiles }: Place, arn: string): Taggable {
  const thing = taggables(anchors, arn) ?? taggables(crls, arn) ?? taggables(profiles, arn);
  if (!thing) throw new ServiceError('ResourceNotFoundException', 404, 'This resource does not exist.');
  return thing;
}

const ARN = { max: 1011 };

export function tagRoutes(places: RolesAnywherePlaces): readonly Route[] {
  const at = (ctx: Context): Place => places.at(ctx.account, ctx.region);
  return [
    {
      method: 'POST',
      path: '/TagResource',
      name: 'TagResource',
      status: 201,
      handler({ body }, ctx) {
        const thing = taggable(at(ctx), text(body, 'resourceArn', ARN));
        const tags = new Map([...thing.tags, ...readTags(body)]);
        if (tags.size > LIMITS.tagsPerResource.max)
          throw new ServiceError('TooManyTagsException', 400, `At most ${LIMITS.tagsPerResource.max} tags.`);
        thing.set(tags);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/UntagResource',
      name: 'UntagResource',
      handler({ body }, ctx) {
        const thing = taggable(at(ctx), text(body, 'resourceArn', ARN));
        const gone = texts(body, 'tagKeys', LIMITS.tagsPerResource.max, { max: LIMITS.tagKeyCharacters.max });
        thing.set(new Map([...thing.tags].filter(([key]) => !gone.includes(key))));
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
