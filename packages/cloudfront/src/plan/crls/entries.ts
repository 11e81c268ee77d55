import {
  type Artifact,
  defined,
  type Instant,
  outputOf,
  type StepEnvelope,
  type Value,
} from '@trustloom/core/adapter';
import type { CloudfrontStep, ObservedKeyValueStore } from '../../model/index.ts';
import { type Copies, copyOf, replacedBy } from '../../revocation/copies.ts';
import type { DesiredEntries } from '../../revocation/entries/index.ts';
import { batchesOf, changed, type ItemChanges } from '../../revocation/entries/items.ts';
import { type EntryChanges, reconcile } from '../../revocation/entries/reconcile.ts';

type UpdateStep = CloudfrontStep<'update-entries'>;

/** A KeyValueStore whose layout and items are known. */
export type ReadStore = ObservedKeyValueStore & Required<Pick<ObservedKeyValueStore, 'layout' | 'held'>>;

export function isRead(store: ObservedKeyValueStore | undefined): store is ReadStore {
  return store?.layout !== undefined && store.held !== undefined;
}

/**
 * The store that the function reads gets new entries; with the last of them the copy of what it
 * then holds.
 */
export function revokeSteps(
  store: ReadStore,
  changes: EntryChanges,
  entries: DesiredEntries,
  copies: Copies,
): { readonly steps: readonly UpdateStep[]; readonly artifacts: readonly Artifact[] } {
  const { added, removed, firstAdded } = changes;
  const steps = updateSteps(store.arn, changes, {
    id: 'update-entries',
    effect: 'revoke',
    affects: entries.crls,
    summary: `update KeyValueStore ${store.name}: +${added}, -${removed} revoked serials`,
    reason: 'its entries are not those of the CRLs and of the deny list in force',
    etag: store.held.etag,
    after: [],
    revocation: {
      issuer: entries.titles,
      added,
      removed,
      entries: entries.set.count,
      serials: firstAdded,
    },
  });
  const last = steps.at(-1);
  const copy = last === undefined ? undefined : copyOf(store.arn, changed(store.held.items, changes));
  if (last === undefined || copy === undefined) return { steps, artifacts: [] };
  const { sha256, kind } = copy;
  const input = { ...last.input, copy: { sha256, before: replacedBy(copies) } };
  return { steps: [...steps.slice(0, -1), { ...last, files: [{ sha256, kind }], input }], artifacts: [copy] };
}

/**
 * A store of the target that the function does not read: one that another run is preparing, or has
 * left. It gets what is revoked as well, so that whoever switches to it forgets nobody.
 */
export function besideSteps(
  store: ReadStore,
  changes: EntryChanges,
  entries: DesiredEntries,
): readonly UpdateStep[] {
  return updateSteps(store.arn, changes, {
    id: `update-entries:${store.name}`,
    effect: 'revoke',
    affects: entries.crls,
    summary: `update KeyValueStore ${store.name}, which is not in use: +${changes.added}, -${changes.removed} revoked serials`,
    reason: 'it may be put in the place of the one in use',
    etag: store.held.etag,
    after: [],
  });
}

/** What a store loses by consent alone. */
export interface Readmission {
  /** What the store should say then. */
  readonly entries: DesiredEntries;
  readonly id: string;
  /** SHA-256 of the CRLs that the consents name. */
  readonly crls: readonly string[];
  readonly summary: string;
  readonly reason: string;
}

/**
 * What takes out whom only consent readmits: from what the store will hold after the revoking
 * steps, of which `last` is the last.
 */
export function readmitSteps(
  store: ReadStore,
  revoking: ItemChanges,
  { entries, crls, ...words }: Readmission,
  { now, last }: { readonly now: Instant; readonly last: UpdateStep | undefined },
): readonly UpdateStep[] {
  // While another CRL cannot be read, or the state was lost, nothing that the store says may go.
  if (entries.unread || entries.lost) return [];
  const held = changed(store.held.items, revoking);
  return updateSteps(store.arn, reconcile(entries, store.layout, held, now, true), {
    ...words,
    effect: 'readmit',
    affects: crls,
    etag: last === undefined ? store.held.etag : outputOf(last, 'etag'),
    after: last === undefined ? [] : [last.id],
    replacesRevocation: true,
  });
}

/** A store that nothing reads yet is filled; `created` is the step that makes it. */
export function fillSteps(
  arn: Value<string>,
  changes: ItemChanges,
  etag: string | undefined,
  created?: string,
): readonly UpdateStep[] {
  return updateSteps(arn, changes, {
    id: 'fill-entries',
    effect: 'tag',
    affects: ['entries'],
    summary: 'put entries into the new KeyValueStore',
    reason: 'it lacks them',
    etag,
    after: created === undefined ? [] : [created],
  });
}

/**
 * Updates one after the other. Each names the ETag that the one before left, so nobody else's write
 * is lost.
 */
function updateSteps(
  arn: Value<string>,
  changes: ItemChanges,
  {
    id,
    summary,
    etag,
    after,
    ...fields
  }: Omit<StepEnvelope, 'action' | 'after'> & {
    readonly etag: Value<string> | undefined;
    readonly after: readonly string[];
  },
): readonly UpdateStep[] {
  const batches = batchesOf(changes);
  const steps: UpdateStep[] = [];
  for (const batch of batches) {
    const before = steps.at(-1);
    const at = steps.length + 1;
    steps.push({
      ...fields,
      id: `${id}:${at}`,
      kind: 'update-entries',
      summary: batches.length === 1 ? summary : `${summary} (${at} of ${batches.length})`,
      action: 'cloudfront-keyvaluestore:UpdateKeys',
      input: { arn, ...batch, ...defined({ etag: before === undefined ? etag : outputOf(before, 'etag') }) },
      after: before === undefined ? after : [before.id],
    });
  }
  return steps;
}
