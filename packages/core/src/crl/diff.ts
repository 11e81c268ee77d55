import type { Crl } from './crl.ts';

/** What changes from one issue of a list to the next. */
export interface CrlDiff {
  readonly added: number;
  readonly removed: number;
  /** The first few serials added, in the newer list's order. */
  readonly addedSerials: readonly string[];
  readonly removedSerials: readonly string[];
}

/** Compares two issues of one list by serial. Linear in both; `older` undefined counts everything as added. */
export function diffCrls(older: Crl | undefined, newer: Crl, show = 10): CrlDiff {
  if (older?.sha256 === newer.sha256) return { added: 0, removed: 0, addedSerials: [], removedSerials: [] };
  const added = missing(newer, older, show);
  const removed = older === undefined ? { count: 0, first: [] } : missing(older, newer, show);
  return {
    added: added.count,
    removed: removed.count,
    addedSerials: added.first,
    removedSerials: removed.first,
  };
}

function missing(
  from: Crl,
  other: Crl | undefined,
  show: number,
): { readonly count: number; readonly first: readonly string[] } {
  const first: string[] = [];
  let count = 0;
  for (const serial of from.serials()) {
    if (other?.has(serial)) continue;
    count += 1;
    if (first.length < show) first.push(serial);
  }
  return { count, first };
}
