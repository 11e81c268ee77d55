import { sha256Hex, type TargetContext } from '@trustloom/core';

/** Tags by which a store is known as ours: by definition and by target. */
export const markTags = { definition: 'trustloom:definition', target: 'trustloom:target' } as const;

/** The tags of a new store. */
export function marksOf({ definition, name }: TargetContext): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name };
}

/** True when the tags are those of this target. */
export function carriesMarks(
  tags: Readonly<Record<string, string>>,
  { definition, name }: TargetContext,
): boolean {
  return tags[markTags.definition] === definition && tags[markTags.target] === name;
}

/**
 * Name of a store: 32 characters of [A-Za-z0-9-] at most. Definition and target in readable form, then eight digits that keep it apart
 * from any other; `version` makes the name of a second store that replaces the first.
 */
export function storeName({ definition, name }: TargetContext, version = ''): string {
  const digest = sha256Hex(`${definition}\n${name}\n${version}`).slice(0, 8);
  const readable = `${definition}-${name}`
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 23)
    .replace(/-+$/, '');
  return `${readable}-${digest}`;
}

/** ARN of the load balancer that a listener belongs to: the listener's own, without its last part. */
export function balancerArn(listener: string): string {
  return listener.replace(':listener/', ':loadbalancer/').replace(/\/[0-9a-f]+$/, '');
}
