import { viewOf } from '../util/bytes.ts';
import type { Crl } from './crl.ts';
import { entryEnd } from './entries.ts';
import { type ListedEntry, listedEntry } from './listed-entry.ts';
import { serialIndex } from './serial-index.ts';

/** What changes from one issue of a list to the next. */
export interface CrlDiff {
  readonly added: number;
  readonly removed: number;
  /** The first few serials added, in the newer list's order. */
  readonly addedSerials: readonly string[];
  readonly removedSerials: readonly string[];
  /** The same entries in full, with date and reason: of the newer list, and of the older. */
  readonly addedEntries: readonly ListedEntry[];
  readonly removedEntries: readonly ListedEntry[];
}

/**
 * Compares two issues of one list by serial, in linear time. Issues that keep their order, as nearly every CA writes them, are compared
 * side by side and cost hardly more than reading them. `older` undefined counts everything as added; a serial that one list names
 * twice counts each time.
 *
 * @param show how many entries are read in full on each side
 */
export function diffCrls(older: Crl | undefined, newer: Crl, show = 10): CrlDiff {
  const { added, removed } =
    older === undefined ? { added: offsetsOf(newer), removed: [] } : changedEntries(older, newer);
  const addedEntries = added.slice(0, show).map((at) => listedEntry(newer.der, at));
  const removedEntries =
    older === undefined ? [] : removed.slice(0, show).map((at) => listedEntry(older.der, at));
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
export function lostEntries(older: Crl, newer: Crl): readonly ListedEntry[] {
  const lost = changedEntries(older, newer).removed.map((at) => listedEntry(older.der, at));
  return lost.filter(({ serial }) => !newer.has(serial));
}

/** Offsets of entries: in the newer list and not in the older, and the other way round. */
interface Changed {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** So many entries ahead the two lists are searched for where they meet again. */
const reach = 64;
/** So many places in a row without a meeting: the order was not kept. */
const patience = 64;

/** Walks both lists side by side; what does not pair up is looked for on the other side by its value. */
function changedEntries(older: Crl, newer: Crl): Changed {
  const added: number[] = [];
  const removed: number[] = [];
  const [mine, theirs] = [walkOf(older), walkOf(newer)];
  for (let astray = 0; astray < patience; ) {
    if (skipSame(mine, theirs)) astray = 0;
    if (mine.at === mine.end || theirs.at === theirs.end) break;
    const ahead = meeting(mine, theirs);
    if (ahead === undefined) astray += 1;
    const { skip, skipOther } = ahead ?? { skip: 1, skipOther: 1 };
    for (let left = skip; left > 0; left -= 1, mine.at = entryEnd(mine.der, mine.at)) removed.push(mine.at);
    for (let left = skipOther; left > 0; left -= 1, theirs.at = entryEnd(theirs.der, theirs.at))
      added.push(theirs.at);
  }
  return withoutMoved(
    { crl: older, entries: removed, from: mine.at },
    { crl: newer, entries: added, from: theirs.at },
  );
}

/** A list and the offset of the entry where the walk stands. */
interface Walk {
  readonly der: Uint8Array;
  readonly view: DataView;
  readonly end: number;
  at: number;
}

function walkOf({ der, entries: { start, end } }: Crl): Walk {
  return { der, view: viewOf(der), end, at: start };
}

function offsetsOf({ der, entries }: Crl): readonly number[] {
  const offsets: number[] = [];
  for (let at = entries.start; at < entries.end; at = entryEnd(der, at)) offsets.push(at);
  return offsets;
}

/** Moves on over entries that name the same serials; true when there were any. */
function skipSame(mine: Walk, theirs: Walk): boolean {
  let { at } = mine;
  let { at: other } = theirs;
  while (at < mine.end && other < theirs.end && sameSerial(mine.view, at, theirs.view, other)) {
    at = entryEnd(mine.der, at);
    other = entryEnd(theirs.der, other);
  }
  const moved = at > mine.at;
  mine.at = at;
  theirs.at = other;
  return moved;
}

/** Serials of as many bytes, compared in words. */
function sameSerial(mine: DataView, entry: number, theirs: DataView, other: number): boolean {
  let at = entry + 4;
  let against = other + 4;
  // Nearly always both entries begin with the same four bytes: their own length and that of the serial, both below 128.
  const head = mine.getInt32(entry);
  if (((head & 0xff80ff80) ^ 0x30000200) !== 0 || theirs.getInt32(other) !== head) {
    at = serialContent(mine, entry);
    against = serialContent(theirs, other);
    if (mine.getUint8(at - 1) !== theirs.getUint8(against - 1)) return false;
  }
  const end = at + mine.getUint8(at - 1);
  for (; at + 4 <= end; at += 4, against += 4)
    if (mine.getInt32(at) !== theirs.getInt32(against)) return false;
  for (; at < end; at += 1, against += 1) if (mine.getUint8(at) !== theirs.getUint8(against)) return false;
  return true;
}

/** Offset of the bytes of a serial, from the start of its entry. */
function serialContent(der: DataView, entry: number): number {
  const length = der.getUint8(entry + 1);
  return length < 0x80 ? entry + 4 : entry + 4 + (length & 0x7f);
}

/** How many entries are to be skipped on one side so that both name the same serial again. */
function meeting(
  mine: Walk,
  theirs: Walk,
): { readonly skip: number; readonly skipOther: number } | undefined {
  let { at } = mine;
  let { at: other } = theirs;
  for (let ahead = 1; ahead <= reach; ahead += 1) {
    if (at < mine.end) at = entryEnd(mine.der, at);
    if (other < theirs.end) other = entryEnd(theirs.der, other);
    if (at < mine.end && sameSerial(mine.view, at, theirs.view, theirs.at))
      return { skip: ahead, skipOther: 0 };
    if (other < theirs.end && sameSerial(mine.view, mine.at, theirs.view, other))
      return { skip: 0, skipOther: ahead };
  }
  return undefined;
}

/** Entries of one list that did not pair up: those passed on the way, and all from an offset on. */
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
