import type { Instant } from '@trustloom/core';
import type { DesiredKeys } from './desired.ts';
import { planGroup } from './group.ts';
import { headValue, readHeadValue } from './head.ts';
import type { Layout } from './layout.ts';
import { isListKey } from './list-items.ts';
import { packSerials } from './pack.ts';

/** What has to be written so that a store says what it should. */
export interface KeyChanges {
  /** In the order in which they are written: what refuses more comes before the head, which vouches for it. */
  readonly puts: readonly (readonly [key: string, value: string])[];
  readonly deletes: readonly string[];
  readonly added: number;
  readonly removed: number;
  /** Indexes into the set of the first few that are new. */
  readonly firstAdded: readonly number[];
  /** Base buckets that have no room left: the store has to be made anew. */
  readonly overflowing: readonly number[];
}

/** Base buckets that were written this long ago are at every edge ("within seconds", says AWS), so the delta above them may be cleared. */
const propagatedSeconds = 60;

/**
 * The writes from what a store holds to what it should say, bucket by bucket. Pure. Whatever prefix of them is done, all that the store
 * refused before and should refuse is refused.
 */
export function reconcile(
  desired: DesiredKeys,
  layout: Layout,
  items: ReadonlyMap<string, string>,
  now: Instant,
): KeyChanges {
  const packed = packSerials(desired.set, layout);
  const held = readHeadValue(items.get('head'));
  const seconds = Math.floor(now / 1000);
  const settled = held !== undefined && seconds - held.merged >= propagatedSeconds;
  const groups = Array.from({ length: layout.groups }, (_, index) =>
    planGroup({ layout, index, wanted: packed.values, items, kept: desired.kept, settled }),
  );
  const base = groups.flatMap((group) => group.base);
  const lists = [...desired.lists].filter(([key, value]) => items.get(key) !== value);
  // In a new store nothing has to reach an edge before something else may go.
  const merged = held === undefined ? 0 : base.length > 0 ? seconds : held.merged;
  const head = headValue(layout, desired.head, held, merged);
  return {
    puts: [
      ...base,
      ...groups.flatMap(({ delta }) => delta),
      ...lists,
      ...(items.get('head') === head ? [] : [['head', head] as const]),
    ],
    deletes: [...items.keys()].filter((key) => !belongs(key, layout, desired)),
    added: groups.reduce((sum, { missing }) => sum + missing.length, 0),
    removed: groups.reduce((sum, { surplus }) => sum + surplus, 0),
    firstAdded: groups
      .flatMap(({ missing }) => missing.slice(0, 3))
      .slice(0, 3)
      .flatMap(([bucket, entry]) => packed.find(bucket, entry) ?? []),
    overflowing: groups.flatMap(({ overflowing }) => overflowing),
  };
}

/** The items of a new store, in the order in which they may be written. */
export function freshItems(desired: DesiredKeys, layout: Layout): ReadonlyMap<string, string> {
  return new Map(reconcile(desired, layout, new Map(), 0).puts);
}

function belongs(key: string, { buckets, groups }: Layout, { lists, kept }: DesiredKeys): boolean {
  const [, delta, digits = ''] = /^(d?)(0|[1-9]\d*)$/.exec(key) ?? [];
  if (delta !== undefined) return Number(digits) < (delta === '' ? buckets : groups);
  return key === 'head' || lists.has(key) || (kept && isListKey(key));
}
