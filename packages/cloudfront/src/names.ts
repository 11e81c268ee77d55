import { sha256Hex, type TargetContext } from '@trustloom/core';

/** Tags by which a store is known as ours, and by which it tells what it holds. */
export const markTags = {
  definition: 'trustloom:definition',
  target: 'trustloom:target',
  bundle: 'trustloom:bundle',
} as const;

/** The tags of a store with a bundle. */
export function marksOf(
  { definition, name }: TargetContext,
  bundle: string,
): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name, [markTags.bundle]: bundle };
}

/** True when the tags are those of this target. */
export function carriesMarks(
  tags: Readonly<Record<string, string>>,
  { definition, name }: TargetContext,
): boolean {
  return tags[markTags.definition] === definition && tags[markTags.target] === name;
}

/** Name of the store: definition and target in readable form, and eight digits that keep it apart from any other. */
export function storeName({ definition, name }: TargetContext): string {
  const digest = sha256Hex(`${definition}\n${name}`).slice(0, 8);
  return `${`${definition}-${name}`.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 55)}-${digest}`;
}
