import type { TargetContext } from '../adapter/target.ts';

/**
 * The tags by which an object is known as ours: definition and target, and what it tells of itself
 * besides (`key`, `bundle`).
 */
export type OwnershipTags<Name extends string = never> = Readonly<
  Record<`trustloom:${'definition' | 'id' | 'target' | Name}`, string>
>;

/** Tags of an object as a service gives them. */
export type Tags = Readonly<Record<string, string>>;

/** Whose an object is by its tags: of this target, of another target or definition, or without our tags. */
export type Owner = 'us' | 'another' | 'none';

/** Whose tags they are. */
type Whose = Pick<TargetContext, 'definition' | 'definitionId' | 'id'>;

/**
 * The ownership tags of an object of a target.
 *
 * @example
 * tags: ownershipTags(context, { bundle: bundle.sha256 })
 */
export function ownershipTags<Name extends string = never>(
  { definition, definitionId, id }: Whose,
  more?: Readonly<Record<Name, string>>,
): OwnershipTags<Name> {
  const tags = {
    definition,
    ...(definitionId === undefined ? {} : { id: definitionId }),
    target: id,
    ...more,
  };
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [tagKey(key), value]),
  ) as OwnershipTags<Name>;
}

/**
 * Whose an object is, by its tags.
 *
 * @example
 * const owner = ownerOf(domain.tags, io.context)
 */
export function ownerOf(tags: Tags, whose: Whose): Owner {
  if (readTag(tags, 'definition') === undefined) return 'none';
  return isDefinition(tags, whose) && readTag(tags, 'target') === whose.id ? 'us' : 'another';
}

/** Two definitions of one name are told apart by the id of their locks. */
function isDefinition(tags: Tags, { definition, definitionId }: Whose): boolean {
  const id = readTag(tags, 'id');
  if (id !== undefined && definitionId !== undefined) return id === definitionId;
  return readTag(tags, 'definition') === definition;
}

/**
 * True when an object is of this target, by its tags.
 *
 * @example
 * const stores = listed.filter(({ tags }) => isOwned(tags, io.context))
 */
export function isOwned(tags: Tags, whose: Whose): boolean {
  return ownerOf(tags, whose) === 'us';
}

/**
 * What an object tells of itself by a tag of ours, whoever owns it.
 *
 * @example
 * const bundle = readTag(tags, 'bundle')
 */
export function readTag(tags: Tags, name: string): string | undefined {
  return tags[tagKey(name)];
}

/**
 * Key of the note by which the state remembers that we made an object, so that its tags need not be
 * read.
 */
export function ownershipNote(id: string): string {
  return `owner:${id}`;
}

function tagKey(name: string): string {
  return `trustloom:${name}`;
}
