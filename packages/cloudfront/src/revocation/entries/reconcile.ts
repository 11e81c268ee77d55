import type { Instant } from '@trustloom/core/adapter';
import { packSerials, splitEntries } from './buckets.ts';
import { isCrlKey, issuerIn, newerCrls, shaOf } from './crl-items.ts';
import { denialItems, denialsIn, sinceWhen } from './denials.ts';
import { planGroup } from './group.ts';
import { type DesiredEntries, fitted, type IssuerEntries } from './index.ts';
import type { Item, ItemChanges, Items } from './items.ts';
import { baseKey, type Layout } from './layout.ts';
import { type ManifestParts, manifestItems, readManifest } from './manifest.ts';
import { collectSerials, serialHex } from './serials.ts';

/** What has to be written so that a store says what it should. */
export interface EntryChanges extends ItemChanges {
  /**
   * In the order in which they are written: what refuses more comes before the manifest, which
   * vouches for it.
   */
  readonly puts: readonly Item[];
  readonly added: number;
  readonly removed: number;
  /** The first few serials that are new, for people. */
  readonly firstAdded: readonly string[];
  /** Issuers whose new revocations have no room here, so that none of their clients is admitted. */
  readonly withoutRoom: readonly IssuerEntries[];
  /** Base buckets that have no room left for what always goes in. */
  readonly overflowing: readonly number[];
  /** CRLs of which the store knows a newer one than is known now: nothing goes for that. */
  readonly older: readonly string[];
}

/**
 * Base buckets written this long ago are at every edge ("within seconds", says AWS), so the delta
 * above them may be cleared.
 */
const propagatedSeconds = 60;

/**
 * The writes from what a store holds to what it should say, bucket by bucket. Pure. Whatever prefix
 * of them is done, all that the store refused before and should refuse is refused. Where an issuer's
 * revocations have no room, that issuer is withoutRoom, alone: the others' go on.
 */
export function reconcile(
  desired: DesiredEntries,
  layout: Layout,
  items: Items,
  now: Instant,
  consented = false,
): EntryChanges {
  let entries = desired;
  for (;;) {
    const changes = reconcileOnce(entries, layout, items, now, consented);
    const next = changes.overflowing.length === 0 ? undefined : largestNew(entries, layout, items, changes);
    const withoutRoom = entries.issuers.filter(
      ({ name }) => entries.withoutRoom.has(name) && !desired.withoutRoom.has(name),
    );
    if (next === undefined) return { ...changes, withoutRoom };
    entries = fitted(entries, new Set([...entries.withoutRoom, next]));
  }
}

/**
 * The issuer that gives way in a store that is too small: the one with the most new entries in the
 * buckets without room, if it takes more than an equal part; else the largest of all.
 */
function largestNew(
  { issuers, withoutRoom, set }: DesiredEntries,
  layout: Layout,
  items: Items,
  { overflowing }: EntryChanges,
): string | undefined {
  const left = issuers.filter((one) => !withoutRoom.has(one.name) && one.set.count > 0);
  const packed = packSerials(set, layout);
  const fresh = new Map<string, number>();
  for (const bucket of overflowing) {
    const held = new Set(splitEntries(layout.form, items.get(baseKey(bucket)) ?? ''));
    for (const index of packed.members(bucket)) {
      const name = held.has(packed.textOf(index)) ? undefined : set.names[set.owners[index] ?? 0];
      if (name !== undefined) fresh.set(name, (fresh.get(name) ?? 0) + 1);
    }
  }
  const part = set.bytes.length / Math.max(1, left.length);
  const newEntries = ({ name }: IssuerEntries) => fresh.get(name) ?? 0;
  const bySize = [...left].sort((a, b) => b.set.bytes.length - a.set.bytes.length);
  const [first] = bySize
    .filter((one) => newEntries(one) > 0 && one.set.bytes.length >= part)
    .sort((a, b) => newEntries(b) - newEntries(a));
  return (first ?? bySize[0])?.name;
}

function reconcileOnce(
  desired: DesiredEntries,
  layout: Layout,
  items: Items,
  now: Instant,
  consented: boolean,
): EntryChanges {
  const packed = packSerials(desired.set, layout);
  const spare = packSerials(desired.spare, layout);
  const held = readManifest(items);
  const seconds = Math.floor(now / 1000);
  const settled = held !== undefined && seconds - held.merged >= propagatedSeconds;
  const newer = consented ? new Map<string, string>() : newerCrls(desired.crlItems, items);
  const keepAll = desired.unread || desired.lost || newer.size > 0;
  const part = { layout, wanted: packed.values, items, settled };
  const planned = Array.from({ length: layout.groups }, (_, index) => {
    const kept = new Set(spareIn(spare.values, layout, index));
    const stays = (entry: string) => keepAll || kept.has(entry);
    const group = planGroup({ ...part, index, stays });
    if (group.overflowing.length === 0 || keepAll || kept.size === 0) return { group, dropped: false };
    return { group: planGroup({ ...part, index, stays: () => false }), dropped: true };
  });
  const groups = planned.map(({ group }) => group);
  const base = groups.flatMap((group) => group.base);
  const older = [...newer].flatMap(([, value]) => issuerIn(value) ?? []);
  const manifest = (merged: number, parts: Pick<ManifestParts, 'manifest' | 'withoutRoom' | 'stays'>) =>
    manifestItems({ layout, held, merged, ...parts });
  const said = manifest(held === undefined ? 0 : base.length > 0 ? seconds : held.merged, {
    manifest: desired.manifest,
    withoutRoom: desired.withoutRoom,
    stays: { cas: keepAll, issuers: desired.lost, later: (name) => desired.lost || older.includes(name) },
  });
  const own = new Map([
    ...denialItems(sinceWhen(desired.denials, denialsIn(items), now)),
    ...desired.crlItems,
    ...newer,
    ...said,
  ]);
  const refusing =
    held === undefined || !planned.some(({ dropped }) => dropped)
      ? []
      : [
          ...manifest(held.merged, {
            manifest: { ends: endsOf(desired), cas: noSerials, lookUpCas: held.lookUpCas },
            withoutRoom: desired.withoutRoom,
            stays: { cas: true, issuers: true, later: () => false },
          }),
        ].filter(([key, value]) => items.get(key) !== value);
  return {
    ...(refusing.length === 0 ? {} : { first: refusing }),
    puts: [
      ...base,
      ...groups.flatMap(({ delta }) => delta),
      ...[...own].filter(([key, value]) => (new Map(refusing).get(key) ?? items.get(key)) !== value),
    ],
    deletes: [...items.keys()].filter(
      (key) => !own.has(key) && !isBucket(key, layout) && !(keepAll && isCrlKey(key)),
    ),
    added: groups.reduce((sum, { missing }) => sum + missing.length, 0),
    removed: groups.reduce((sum, { surplus }) => sum + surplus, 0),
    firstAdded: groups
      .flatMap(({ missing }) => missing.slice(0, 3))
      .slice(0, 3)
      .flatMap(([bucket, entry]) => packed.find(bucket, entry) ?? [])
      .map((index) => serialHex(desired.set, index)),
    withoutRoom: [],
    overflowing: groups.flatMap(({ overflowing }) => overflowing),
    older: [...newer.keys()].flatMap((key) => shaOf(desired.crlItems.get(key)) ?? []),
  };
}

const noSerials = collectSerials([]);

/** The issuers without room, as all that a manifest is to say anew. */
const endsOf = ({ manifest, withoutRoom }: DesiredEntries) =>
  new Map([...manifest.ends].filter(([name]) => withoutRoom.has(name)));

function spareIn(values: readonly string[], { form, buckets, groups }: Layout, index: number) {
  const size = buckets / groups;
  return values.slice(index * size, (index + 1) * size).flatMap((value) => splitEntries(form, value));
}

function isBucket(key: string, { buckets, groups }: Layout): boolean {
  const [, delta, digits] = /^(d?)(0|[1-9]\d*)$/.exec(key) ?? [];
  return delta !== undefined && Number(digits) < (delta === '' ? buckets : groups);
}
