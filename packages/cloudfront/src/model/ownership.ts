import { defined, sha256Hex, type TargetContext } from '@trustloom/core/adapter';

/** Tags of an object, or what of them is ours. */
export type Tags = Readonly<Record<string, string>>;

/** Tags by which our objects are known as ours, and by which they tell what they hold. */
export const tagKeys = {
  definition: 'trustloom:definition',
  target: 'trustloom:target',
  bundle: 'trustloom:bundle',
  layout: 'trustloom:layout',
} as const;

/**
 * The ownership tags of a target's object; a trust store names its bundle besides, a KeyValueStore
 * its layout.
 */
export function ownershipTags(
  { definition, name }: TargetContext,
  { bundle, layout }: { readonly bundle?: string; readonly layout?: string } = {},
): Tags {
  return {
    [tagKeys.definition]: definition,
    [tagKeys.target]: name,
    ...defined({ [tagKeys.bundle]: bundle, [tagKeys.layout]: layout }),
  };
}

/** True when the tags are those of this target. */
export function isOwned(tags: Tags, { definition, name }: TargetContext): boolean {
  return tags[tagKeys.definition] === definition && tags[tagKeys.target] === name;
}

/**
 * Name of the trust store, and of the connection function: definition and target in readable form,
 * and eight digits that keep it apart from any other.
 */
export function objectName(context: TargetContext): string {
  return `${readable(context, 55)}-${digits(context)}`;
}

/**
 * What the names of all KeyValueStores of a target begin with: while one replaces another, there
 * are two.
 */
export function keyValueStorePrefix(context: TargetContext): string {
  return `${readable(context, 46)}-${digits(context)}-`;
}

function readable({ definition, name }: TargetContext, length: number): string {
  return `${definition}-${name}`.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, length);
}

function digits({ definition, name }: TargetContext): string {
  return sha256Hex(`${definition}\n${name}`).slice(0, 8);
}

/**
 * Key of the note by which the state remembers that we made a function or a KeyValueStore, so that
 * its tags need not be read. The note is the layout of a store, and `function` for a function.
 */
export function ownershipNote(id: string): string {
  return `owner:${id}`;
}
