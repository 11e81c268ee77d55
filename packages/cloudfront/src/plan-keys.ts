import type { Artifact, Instant, Json, JsonObject, Step } from '@trustloom/core';
import { defined } from '@trustloom/core';
import type { DesiredKeys } from './keys/desired.ts';
import type { LetGo } from './keys/let-go.ts';
import { storeLimits } from './keys/limits.ts';
import { type KeyChanges, reconcile } from './keys/reconcile.ts';
import { serialHex } from './keys/serial-set.ts';
import { type Copies, copyOf } from './keys-copy.ts';
import { mostNoted } from './plan-copies.ts';
import type { Ref, StoredKeys } from './state.ts';

/** What one UpdateKeys does. */
export interface Batch {
  readonly puts: readonly (readonly [key: string, value: string])[];
  readonly deletes: readonly string[];
}

/** Changes cut into updates: what is put first, what is deleted last. */
export function batchesOf(puts: Batch['puts'], deletes: readonly string[]): readonly Batch[] {
  const size = storeLimits.keysPerUpdate.max;
  const all = [...puts.map((put) => ({ put })), ...deletes.map((key) => ({ key }))];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => {
    const part = all.slice(at * size, (at + 1) * size);
    return {
      puts: part.flatMap((one) => ('put' in one ? [one.put] : [])),
      deletes: part.flatMap((one) => ('key' in one ? [one.key] : [])),
    };
  });
}

/** The updates that move a store on, and the copy of what it holds after the last. */
export interface RevokePlan {
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
}

/** The store that the function reads moves on. Each update names the ETag that the one before left, so nobody else's write is lost. */
export function revokeSteps(
  store: StoredKeys,
  changes: KeyChanges,
  keys: DesiredKeys,
  { old, current }: Copies,
): RevokePlan {
  const { added, removed, firstAdded } = changes;
  const batches = batchesOf(changes.puts, changes.deletes);
  const copy = batches.length === 0 ? undefined : copyOf(store.arn, afterwards(store, changes));
  const before = [...old, ...(current === undefined ? [] : [current])].slice(-mostNoted);
  const steps = batches.map(
    (batch, at): Step => ({
      id: `revoke-keys:${at + 1}`,
      effect: 'revoke',
      things: keys.things,
      mends: `${store.name} does not say who is revoked now${batches.length === 1 ? '' : ` (${at + 1} of ${batches.length})`}`,
      action: 'cloudfront-keyvaluestore:UpdateKeys',
      input: {
        ...updateInput(
          store.arn,
          at === 0 ? store.held?.etag : { $ref: `revoke-keys:${at}`, get: 'etag' },
          batch,
        ),
        ...(copy === undefined || at < batches.length - 1
          ? {}
          : {
              copy: {
                sha256: copy.sha256,
                location: { $artifact: copy.sha256 },
                before: before.map(({ key, version }) => ({ key, version })),
              },
            }),
      },
      after: at === 0 ? [] : [`revoke-keys:${at}`],
      revocation: {
        issuer: keys.issuers,
        added,
        removed,
        entries: keys.set.count,
        serials: firstAdded.map((index) => serialHex(keys.set, index)),
      },
    }),
  );
  return { steps, artifacts: copy === undefined ? [] : [copy] };
}

/** What takes lists out that somebody let go: from what the store will hold once it has moved on. */
export function letGoSteps(
  store: StoredKeys,
  changes: KeyChanges,
  {
    letGo,
    keys,
    now,
    after,
  }: {
    readonly letGo: LetGo;
    readonly keys: DesiredKeys;
    readonly now: Instant;
    readonly after: readonly Step[];
  },
): readonly Step[] {
  const last = after.at(-1);
  // While another list is not at hand, nothing that the store says may go.
  if (store.layout === undefined || keys.kept) return [];
  const { puts, deletes } = reconcile(keys, store.layout, afterwards(store, changes), now);
  const batches = batchesOf(puts, deletes);
  return batches.map((batch, at): Step => {
    const before = at === 0 ? last?.id : `let-go:${at}`;
    return {
      id: `let-go:${at + 1}`,
      effect: 'readmit',
      things: letGo.things,
      mends: `the list of ${letGo.issuers} was let go, and ${store.name} still refuses whom it names${batches.length === 1 ? '' : ` (${at + 1} of ${batches.length})`}`,
      action: 'cloudfront-keyvaluestore:UpdateKeys',
      input: updateInput(
        store.arn,
        before === undefined ? store.held?.etag : { $ref: before, get: 'etag' },
        batch,
      ),
      after: before === undefined ? [] : [before],
      swapsRevocation: true,
    };
  });
}

function afterwards({ held }: StoredKeys, { puts, deletes }: KeyChanges): ReadonlyMap<string, string> {
  const items = new Map([...(held?.items ?? []), ...puts]);
  for (const key of deletes) items.delete(key);
  return items;
}

/** A store that nothing reads yet is filled. */
export function fillSteps(
  { arn, etag }: { readonly arn: Ref; readonly etag: string | undefined },
  batches: readonly Batch[],
  after: readonly string[],
): readonly Step[] {
  return batches.map((batch, at) => ({
    id: `fill-keys:${at + 1}`,
    effect: 'label',
    things: ['keys'],
    mends: `the new key value store lacks items (${at + 1} of ${batches.length})`,
    action: 'cloudfront-keyvaluestore:UpdateKeys',
    input: updateInput(arn, at === 0 ? etag : { $ref: `fill-keys:${at}`, get: 'etag' }, batch),
    after: at === 0 ? after : [`fill-keys:${at}`],
  }));
}

function updateInput(arn: Ref, etag: Json | undefined, { puts, deletes }: Batch): JsonObject {
  return {
    do: 'update-keys',
    arn,
    ...defined({ etag }),
    puts: Object.fromEntries(puts),
    deletes: [...deletes],
  };
}
