import { dataViewOf } from '../util/bytes.ts';
import type { Crl } from './crl.ts';
import { entryEnd } from './entries.ts';
import { type RevokedEntry, revokedEntry } from './revoked-entry.ts';
import { serialIndex } from './serial-index.ts';

/** What changes from one issue of a CRL to the next. */
export interface CrlDiff {
  readonly added: number;
  readonly removed: number;
  /** The first few serials added, in the newer CRL's order. */
  readonly addedSerials: readonly string[];
  readonly removedSerials: readonly string[];
  /** The same entries in full, with date and reason: of the newer CRL, and of the older. */
  readonly addedEntries: readonly RevokedEntry[];
  readonly removedEntries: readonly RevokedEntry[];
}

/**
 * Compares two issues of one CRL by serial, in linear time. Issues that keep their order, as
 * nearly every CA writes them, are compared side by side and cost hardly more than reading them.
 * `older` undefined counts everything as added; a serial that one CRL names twice counts each
 * time.
 *
 * @param show how many entries are read in full on each side
 */
export function diffCrls(older: Crl | undefined, newer: Crl, show = 10): CrlDiff {
  const { added, removed } =
    older === undefined ? { added: offsetsOf(newer), removed: [] } : changedEntries(older, newer);
  const addedEntries = added.slice(0, show).map((at) => revokedEntry(newer.der, at));
  const removedEntries =
    older === undefined ? [] : removed.slice(0, show).map((at) => revokedEntry(older.der, at));
  return {
    added: added.length,
    removed: removed.length,
    addedSerials: addedEntries.map(({ serial }) => serial),
    removedSerials: removedEntries.map(({ serial }) => serial),
    addedEntries,
    removedEntries,
  };
}

/** Entries of the older issue that the newer one has not, with what the older said of them. */
export function lostEntries(older: Crl, newer: Crl): readonly RevokedEntry[] {
  const lost = changedEntries(older, newer).removed.map((at) => revokedEntry(older.der, at));
  return lost.filter(({ serial }) => !newer.has(serial));
}

/** Offsets of entries: in the newer CRL and not in the older, and the other way round. */
interface Changed {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** So many entries ahead the two CRLs are searched for where they meet again. */
const reach = 64;
/** So many places in a row without a meeting: the order was not kept. */
const maxDistance = 64;

/**
 * Walks both CRLs side by side; what does not pair up is looked for on the other side by its
 * value.
 */
function changedEntries(older: Crl, newer: Crl): Changed {
  const added: number[] = [];
  const removed: number[] = [];
  const [first, other] = [walkOf(older), walkOf(newer)];
  for (let outOfOrder = 0; outOfOrder < maxDistance; ) {
    if (skipSame(first, other)) outOfOrder = 0;
    if (first.at === first.end || other.at === other.end) break;
    const ahead = meeting(first, other);
    if (ahead === undefined) outOfOrder += 1;
    const { skip, skipOther } = ahead ?? { skip: 1, skipOther: 1 };
    for (let left = skip; left > 0; left -= 1, first.at = entryEnd(first.der, first.at))
      removed.push(first.at);
    for (let left = skipOther; left > 0; left -= 1, other.at = entryEnd(other.der, other.at))
      added.push(other.at);
  }
  return withoutMoved(
    { crl: older, entries: removed, from: first.at },
    { crl: newer, entries: added, from: other.at },
  );
}

/** A CRL and the offset of the entry where the walk stands. */
interface Walk {
  readonly der: Uint8Array;
  readonly data: DataView;
  readonly end: number;
  at: number;
}

function walkOf({ der, entries: { start, end } }: Crl): Walk {
  return { der, data: dataViewOf(der), end, at: start };
}

function offsetsOf({ der, entries }: Crl): readonly number[] {
  const offsets: number[] = [];
  for (let at = entries.start; at < entries.end; at = entryEnd(der, at)) offsets.push(at);
  return offsets;
}

/** Moves on over entries that name the same serials; true when there were any. */
function skipSame(first: Walk, otherWalk: Walk): boolean {
  let { at } = first;
  let { at: other } = otherWalk;
  while (at < first.end && other < otherWalk.end && sameSerial(first.data, at, otherWalk.data, other)) {
    at = entryEnd(first.der, at);
    other = entryEnd(otherWalk.der, other);
  }
  const moved = at > first.at;
  first.at = at;
  otherWalk.at = other;
  return moved;
}

/** Serials of as many bytes, compared in words. */
function sameSerial(first: DataView, entry: number, otherWalk: DataView, other: number): boolean {
  let at = entry + 4;
  let against = other + 4;
  // Nearly always both entries begin with the same four bytes: their own length and that of the
  // serial, both below 128.
  const firstBytes = first.getInt32(entry);
  if (((firstBytes & 0xff80ff80) ^ 0x30000200) !== 0 || otherWalk.getInt32(other) !== firstBytes) {
    at = serialContent(first, entry);
    against = serialContent(otherWalk, other);
    if (first.getUint8(at - 1) !== otherWalk.getUint8(against - 1)) return false;
  }
  const end = at + first.getUint8(at - 1);
  for (; at + 4 <= end; at += 4, against += 4)
    if (first.getInt32(at) !== otherWalk.getInt32(against)) return false;
  for (; at < end; at += 1, against += 1)
    if (first.getUint8(at) !== otherWalk.getUint8(against)) return false;
  return true;
}

/** Offset of the bytes of a serial, from the start of its entry. */
function serialContent(der: DataView, entry: number): number {
  const length = der.getUint8(entry + 1);
  return length < 0x80 ? entry + 4 : entry + 4 + (length & 0x7f);
}

/** How many entries are to be skipped on one side so that both name the same serial again. */
function meeting(
  first: Walk,
  otherWalk: Walk,
): { readonly skip: number; readonly skipOther: number } | undefined {
  let { at } = first;
  let { at: other } = otherWalk;
  for (let ahead = 1; ahead <= reach; ahead += 1) {
    if (at < first.end) at = entryEnd(first.der, at);
    if (other < otherWalk.end) other = entryEnd(otherWalk.der, other);
    if (at < first.end && sameSerial(first.data, at, otherWalk.data, otherWalk.at))
      return { skip: ahead, skipOther: 0 };
    if (other < otherWalk.end && sameSerial(first.data, first.at, otherWalk.data, other))
      return { skip: 0, skipOther: ahead };
  }
  return undefined;
}

/** Entries of one CRL that did not pair up: those passed on the way, and all from an offset on. */
interface Unpaired {
  readonly crl: Crl;
  readonly entries: readonly number[];
  readonly from: number;
}

function eachUnpaired(
  { crl: { der, entries: all }, entries, from }: Unpaired,
  visit: (at: number) => void,
): void {
  for (const entry of entries) visit(entry);
  for (let at = from; at < all.end; at = entryEnd(der, at)) visit(at);
}

/** What stands on both sides only moved. */
function withoutMoved(older: Unpaired, newer: Unpaired): Changed {
  const { der } = older.crl;
  const { entries, entryCount } = older.crl;
  const index = serialIndex(der, older.from === entries.end ? older.entries.length : entryCount);
  eachUnpaired(older, index.add);
  // One bit an entry: no two of them begin within sixteen bytes.
  const moved = new Uint8Array((der.length >>> 7) + 1);
  const added: number[] = [];
  index.findEach(
    newer.crl.der,
    (visit) => eachUnpaired(newer, visit),
    (at, was) => {
      if (was === 0) added.push(at);
      else moved[was >>> 7] = (moved[was >>> 7] as number) | (1 << ((was >>> 4) & 7));
    },
  );
  const removed: number[] = [];
  eachUnpaired(older, (at) => {
    if (((moved[at >>> 7] as number) & (1 << ((at >>> 4) & 7))) === 0) removed.push(at);
  });
  return { added, removed };
}
