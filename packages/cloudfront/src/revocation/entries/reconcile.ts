import { type Artifact, type Instant, sha256Hex } from '@trustloom/core/adapter';
import { cloudfrontInfo } from '../../service.ts';
import { packSerials } from './buckets.ts';
import { planGroup } from './group.ts';
import type { DesiredEntries } from './index.ts';
import { chooseLayout, type Layout } from './layout.ts';
import { isCrlKey, manifestKey, manifestValue, readManifest } from './manifest.ts';

/** Items of a KeyValueStore. */
export type Items = ReadonlyMap<string, string>;
type Item = readonly [key: string, value: string];

/** What one UpdateKeys does. */
export interface ItemChanges {
  readonly puts: readonly Item[];
  readonly deletes: readonly string[];
}

/** What has to be written so that a store says what it should. */
export interface EntryChanges extends ItemChanges {
  /**
   * In the order in which they are written: what refuses more comes before the manifest, which
   * vouches for it.
   */
  readonly puts: readonly Item[];
  readonly added: number;
  readonly removed: number;
  /** Indexes into the set of the first few that are new. */
  readonly firstAdded: readonly number[];
  /** Base buckets that have no room left: the store has to be made anew. */
  readonly overflowing: readonly number[];
}

/**
 * Base buckets written this long ago are at every edge ("within seconds", says AWS), so the delta
 * above them may be cleared.
 */
const propagatedSeconds = 60;

/**
 * The writes from what a store holds to what it should say, bucket by bucket. Pure. Whatever prefix
 * of them is done, all that the store refused before and should refuse is refused.
 */
export function reconcile(desired: DesiredEntries, layout: Layout, items: Items, now: Instant): EntryChanges {
  const packed = packSerials(desired.set, layout);
  const held = readManifest(items);
  const seconds = Math.floor(now / 1000);
  const settled = held !== undefined && seconds - held.merged >= propagatedSeconds;
  const groups = Array.from({ length: layout.groups }, (_, index) =>
    planGroup({ layout, index, wanted: packed.values, items, unread: desired.unread, settled }),
  );
  const base = groups.flatMap((group) => group.base);
  // In a new store nothing has to reach an edge before something else may go.
  const merged = held === undefined ? 0 : base.length > 0 ? seconds : held.merged;
  const own = new Map([
    ...desired.crlItems,
    [manifestKey, manifestValue(layout, desired.manifest, held, merged)],
  ]);
  return {
    puts: [
      ...base,
      ...groups.flatMap(({ delta }) => delta),
      ...[...own].filter(([key, value]) => items.get(key) !== value),
    ],
    deletes: [...items.keys()].filter(
      (key) => !own.has(key) && !isBucket(key, layout) && !(desired.unread && isCrlKey(key)),
    ),
    added: groups.reduce((sum, { missing }) => sum + missing.length, 0),
    removed: groups.reduce((sum, { surplus }) => sum + surplus, 0),
    firstAdded: groups
      .flatMap(({ missing }) => missing.slice(0, 3))
      .slice(0, 3)
      .flatMap(([bucket, entry]) => packed.find(bucket, entry) ?? []),
    overflowing: groups.flatMap(({ overflowing }) => overflowing),
  };
}

function isBucket(key: string, { buckets, groups }: Layout): boolean {
  const [, delta, digits] = /^(d?)(0|[1-9]\d*)$/.exec(key) ?? [];
  return delta !== undefined && Number(digits) < (delta === '' ? buckets : groups);
}

/** What a store holds after some changes. */
export function changed(items: Items, { puts, deletes }: ItemChanges): Items {
  const next = new Map([...items, ...puts]);
  for (const key of deletes) next.delete(key);
  return next;
}

/** Changes cut into updates: what is put first, what is deleted last. */
export function batchesOf({ puts, deletes }: ItemChanges): readonly ItemChanges[] {
  const size = cloudfrontInfo.limits.entriesPerUpdate.max;
  return Array.from({ length: Math.ceil((puts.length + deletes.length) / size) }, (_, at) => {
    const from = at * size;
    const deleting = Math.max(0, from - puts.length);
    return {
      puts: puts.slice(from, from + size),
      deletes: deletes.slice(deleting, Math.max(0, from + size - puts.length)),
    };
  });
}

/** The items of a new store, in the order in which they may be written. */
export function freshItems(desired: DesiredEntries, layout: Layout): Items {
  return new Map(reconcile(desired, layout, new Map(), 0).puts);
}

/** A store that is to be made. */
export interface NewStore {
  readonly layout: Layout;
  /** Eight digits that tell its content apart from that of another store of the target. */
  readonly digits: string;
  /** The file that it imports. */
  readonly file: Artifact;
  /** Items that the file has no room for: its quotes count. To be written afterwards. */
  readonly rest: readonly Item[];
}

/** So often another seed is tried when a bucket overflows; each attempt has a few more buckets. */
const attempts = 20;
/**
 * So many seeds that refuse a valid serial of an inventory are passed over: one in ten thousand
 * does so at most.
 */
const passedOver = 3;
const openFile = '{"data":[';
const closeFile = ']}';

/**
 * Lays out a new store that refuses no valid serial of an inventory. The same desire gives the same
 * store, unless the name is taken.
 */
export function newStore(desired: DesiredEntries, taken: (digits: string) => boolean): NewStore | undefined {
  const content = contentDigest(desired);
  let passed = 0;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const salt = `${content} ${attempt}`;
    const digits = sha256Hex(salt).slice(0, 8);
    const room = desired.textBytes * (1 + attempt / 50);
    const layout = chooseLayout(desired.form, { count: desired.set.count, textBytes: room }, salt);
    const { puts, overflowing } = reconcile(desired, layout, new Map(), 0);
    if (overflowing.length > 0 || taken(digits)) continue;
    if (desired.inventory.wrongDenials(layout).count === 0 || passed === passedOver)
      return { layout, digits, ...fileOf(puts) };
    passed += 1;
  }
  return undefined;
}

/** A name for the content as a whole: it salts the layout of a new store and stands in its name. */
function contentDigest({ form, set, crlItems }: DesiredEntries): string {
  return sha256Hex(`${form} ${sha256Hex(set.bytes)} ${[...crlItems.values()].join(' ')}`);
}

function fileOf(items: readonly Item[]): Pick<NewStore, 'file' | 'rest'> {
  const lines: string[] = [];
  let bytes = openFile.length + closeFile.length;
  // The manifest comes first: without its buckets it admits nobody, so a store that is not complete
  // is safe.
  const ordered = [...items].reverse();
  for (const [key, value] of ordered) {
    const line = JSON.stringify({ key, value });
    if (bytes + line.length + 1 > cloudfrontInfo.limits.importBytes.max) break;
    bytes += Buffer.byteLength(line) + 1;
    lines.push(line);
  }
  const body = `${openFile}${lines.join(',')}${closeFile}`;
  return { file: { sha256: sha256Hex(body), kind: 'entries', body }, rest: ordered.slice(lines.length) };
}
