import { defined, sha256Hex, type TargetContext } from '@trustloom/core';

/** Tags by which our objects are known as ours, and by which they tell what they hold. */
export const markTags = {
  definition: 'trustloom:definition',
  target: 'trustloom:target',
  bundle: 'trustloom:bundle',
  layout: 'trustloom:layout',
} as const;

/** The mark that all objects of a target carry. */
function marks({ definition, name }: TargetContext): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name };
}

/** The tags of a trust store with a bundle. */
export function marksOf(context: TargetContext, bundle: string): Readonly<Record<string, string>> {
  return { ...marks(context), [markTags.bundle]: bundle };
}

/** The tags of a connection function, or of a key value store with its layout. */
export function checkMarks(context: TargetContext, layout?: string): Readonly<Record<string, string>> {
  return { ...marks(context), ...defined({ [markTags.layout]: layout }) };
}

/** True when the tags are those of this target. */
export function carriesMarks(
  tags: Readonly<Record<string, string>>,
  { definition, name }: TargetContext,
): boolean {
  return tags[markTags.definition] === definition && tags[markTags.target] === name;
}

/** Name of the trust store: definition and target in readable form, and eight digits that keep it apart from any other. */
export function storeName(context: TargetContext): string {
  return `${readable(context, 55)}-${digits(context)}`;
}

/** Name of the connection function. */
export function functionName(context: TargetContext): string {
  return storeName(context);
}

/** What the names of all key value stores of a target begin with: while one replaces another, there are two. */
export function keysNamePrefix(context: TargetContext): string {
  return `${readable(context, 46)}-${digits(context)}-`;
}

function readable({ definition, name }: TargetContext, length: number): string {
  return `${definition}-${name}`.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, length);
}

function digits({ definition, name }: TargetContext): string {
  return sha256Hex(`${definition}\n${name}`).slice(0, 8);
}

/**
 * Name of the note by which the record remembers that we made a function or a key value store: what stands there needs no look at its
 * tags. The note is the layout of a store, and `function` for a function.
 */
export function markNote(id: string): string {
  return `mark:${id}`;
}
