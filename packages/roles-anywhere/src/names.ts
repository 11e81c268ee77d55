import type { TargetContext } from '@trustloom/core';

/** Tags by which an anchor or a list is known as ours. */
export const markTags = {
  definition: 'trustloom:definition',
  target: 'trustloom:target',
  /** SHA-256 of the CA key that an anchor stands for, or that issued a list. */
  key: 'trustloom:key',
} as const;

const keyDigits = 16;

/** What every name of a target begins with; lists of anchors give names, not tags. Allowed: letters, digits, space, - and _, 255 in all. */
function prefixOf({ definition, name }: TargetContext): string {
  return `${definition} ${name} `;
}

/** Name of the anchor of one CA key. */
export function anchorName(context: TargetContext, key: string): string {
  return `${prefixOf(context)}${key.slice(0, keyDigits)}`;
}

/** Name of a list on the anchor of one key. */
export function listName(context: TargetContext, anchorKey: string, issuerKey: string): string {
  return `${anchorName(context, anchorKey)} ${issuerKey.slice(0, keyDigits)}`;
}

/** True when an anchor may be ours by its name; its tags decide. */
export function namesAnchor(context: TargetContext, name: string): boolean {
  return isName(name, prefixOf(context), 1);
}

/** True when a list may be ours by its name; its tags decide. */
export function namesList(context: TargetContext, name: string): boolean {
  return isName(name, prefixOf(context), 2);
}

function isName(name: string, prefix: string, keys: number): boolean {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length).split(' ') : [];
  return rest.length === keys && rest.every((part) => /^[0-9a-f]{16}$/.test(part));
}

/** The tags of an anchor or a list. */
export function marksOf({ definition, name }: TargetContext, key: string): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name, [markTags.key]: key };
}

/** The key that an anchor stands for, or that issued a list, if its tags are those of this target. */
export function markedKey(
  tags: Readonly<Record<string, string>>,
  { definition, name }: TargetContext,
): string | undefined {
  return tags[markTags.definition] === definition && tags[markTags.target] === name
    ? tags[markTags.key]
    : undefined;
}

/** Name of the note by which the record remembers that we made an object: what stands there needs no look at its tags. */
export function markNote(id: string): string {
  return `mark:${id}`;
}
