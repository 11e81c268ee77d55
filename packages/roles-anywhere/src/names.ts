import type { TargetContext } from '@trustloom/core';

/** Tags by which an anchor is known as ours. */
export const markTags = {
  definition: 'trustloom:definition',
  target: 'trustloom:target',
  key: 'trustloom:key',
} as const;

/** What every anchor name of a target begins with; lists of anchors give names, not tags. Allowed: letters, digits, space, - and _. */
export function anchorPrefix({ definition, name }: TargetContext): string {
  return `${definition} ${name} `;
}

/** Name of the anchor of one CA key. */
export function anchorName(context: TargetContext, key: string): string {
  return `${anchorPrefix(context)}${key.slice(0, 16)}`;
}

/** Name of a list on the anchor of one key. */
export function listName(context: TargetContext, anchorKey: string, issuerKey: string): string {
  return `${anchorPrefix(context)}${anchorKey.slice(0, 16)} ${issuerKey.slice(0, 16)}`;
}

/** The tags of an anchor. */
export function marksOf({ definition, name }: TargetContext, key: string): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name, [markTags.key]: key };
}

/** The key that an anchor stands for, if its tags are those of this target. */
export function markedKey(
  tags: Readonly<Record<string, string>>,
  { definition, name }: TargetContext,
): string | undefined {
  return tags[markTags.definition] === definition && tags[markTags.target] === name
    ? tags[markTags.key]
    : undefined;
}
