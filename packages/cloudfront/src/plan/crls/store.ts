import {
  type Artifact,
  count,
  type Output,
  outputOf,
  ownershipTags,
  type PlanContext,
  type Value,
} from '@trustloom/core/adapter';
import { type CloudfrontStep, type Observed, storeInUse } from '../../model/index.ts';
import { keyValueStorePrefix } from '../../model/names.ts';
import { boundOf } from '../../revocation/entries/findings.ts';
import type { DesiredEntries } from '../../revocation/entries/index.ts';
import { layoutTag, valueBytes } from '../../revocation/entries/layout.ts';
import { areApart, type NewStore, newStore } from '../../revocation/entries/new-store.ts';
import type { EntryChanges } from '../../revocation/entries/reconcile.ts';
import { fillSteps, type ReadStore } from './entries.ts';

/** The store that the function is to read. */
export interface StorePlan {
  readonly arn: Value<string>;
  readonly steps: readonly CloudfrontStep[];
  readonly artifacts: readonly Artifact[];
  /** Steps elsewhere that must be done before the function reads it. */
  readonly after?: readonly string[];
}

/**
 * Why the store in use has to make way for another: it stays as long as it has the form that is
 * asked for, room, and refuses no valid client; while a CRL cannot be read, it stays in any case.
 */
export function unfitness(
  { name, layout }: ReadStore,
  { overflowing, withoutRoom }: EntryChanges,
  entries: DesiredEntries,
): string | undefined {
  const { unread, form, inventory, size } = entries;
  if (unread) return undefined;
  if (layout.form !== form) return `KeyValueStore ${name} is ${layout.form}, and the definition says ${form}`;
  if (overflowing.length > 0 || withoutRoom.length > 0) return `KeyValueStore ${name} is full`;
  if (!areApart(entries, layout)) return `KeyValueStore ${name} cannot tell two issuers apart`;
  if (inventory.wrongDenials(layout).count > 0) return `KeyValueStore ${name} refuses a valid serial`;
  // So full on average that some bucket will overflow soon: time for a new one, as long as it is
  // not urgent.
  return size.textBytes / layout.buckets > valueBytes * 0.8
    ? `KeyValueStore ${name} is nearly full`
    : undefined;
}

/** A store beside the one in use, and what brings it up to date. */
interface Begun {
  readonly store: ReadStore;
  readonly changes: EntryChanges;
  readonly steps: readonly CloudfrontStep[];
}

/** A store that was begun by a run that ended early, or a new one. */
export function otherStore(
  entries: DesiredEntries,
  observed: Observed,
  beside: readonly Begun[],
  context: PlanContext,
  reason: string,
): StorePlan {
  const inUse = storeInUse(observed);
  for (const { store, changes, steps } of beside) {
    if (store === inUse || unfitness(store, changes, entries) !== undefined) continue;
    return { arn: store.arn, steps: [], artifacts: [], after: steps.map(({ id }) => id) };
  }
  const prefix = keyValueStorePrefix(context);
  const names = new Set(observed.keyValueStores.map(({ name }) => name));
  const made = newStore(entries, context.now, (digits) => names.has(`${prefix}${digits}`));
  if (made === undefined) return { arn: noStore, steps: [], artifacts: [] };
  const create = createKeyValueStore(`${prefix}${made.digits}`, made, entries, context, reason);
  const fill = fillSteps(outputOf(create, 'arn'), { puts: made.rest, deletes: [] }, undefined, create.id);
  return { arn: outputOf(create, 'arn'), steps: [create, ...fill], artifacts: [made.file] };
}
/** No layout takes the serials: an error finding says so, and what refers to this is never done. */
const noStore: Output<string> = { outputOf: 'create-key-value-store', field: 'arn' };

function createKeyValueStore(
  name: string,
  { layout, file }: NewStore,
  entries: DesiredEntries,
  context: PlanContext,
  reason: string,
): CloudfrontStep<'create-key-value-store'> {
  const tag = layoutTag(layout);
  return {
    id: 'create-key-value-store',
    kind: 'create-key-value-store',
    effect: 'tag',
    affects: [name],
    summary: `create KeyValueStore ${name} with ${count(entries.set.count)} revoked serials${boundOf(entries, layout)}`,
    reason,
    action: 'cloudfront:CreateKeyValueStore',
    files: [{ sha256: file.sha256, kind: 'entries' }],
    input: { name, file: file.sha256, layout: tag, tags: ownershipTags(context, { layout: tag }) },
  };
}
