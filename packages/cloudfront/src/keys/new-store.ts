import type { Artifact } from '@trustloom/core';
import { sha256Hex } from '@trustloom/core';
import { contentDigest, type DesiredKeys } from './desired.ts';
import { chooseLayout, type Layout } from './layout.ts';
import { storeLimits } from './limits.ts';
import { reconcile } from './reconcile.ts';

/** A store that is to be made. */
export interface NewStore {
  readonly layout: Layout;
  /** Eight digits that tell its content apart from that of another store of the target. */
  readonly digits: string;
  /** The file that it imports. */
  readonly file: Artifact;
  /** Items that the file has no room for: its quotes count. To be written afterwards. */
  readonly rest: readonly (readonly [key: string, value: string])[];
}

/** So often another seed is tried when a bucket overflows; each attempt has a few more buckets. */
const attempts = 20;
/** So many seeds that refuse a valid serial of an inventory are passed over: one in ten thousand does so at most, so a second is rare. */
const passedOver = 3;
const openFile = '{"data":[';
const closeFile = ']}';

/** Lays out a new store that refuses no valid serial of an inventory. The same desire gives the same store, unless the name is taken. */
export function newStore(desired: DesiredKeys, taken: (digits: string) => boolean): NewStore | undefined {
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

function fileOf(items: readonly (readonly [key: string, value: string])[]): Pick<NewStore, 'file' | 'rest'> {
  const lines: string[] = [];
  let bytes = openFile.length + closeFile.length;
  // The head comes first: without its buckets it lets nobody in, so a store that is not complete is safe.
  const ordered = [...items].reverse();
  let imported = 0;
  for (const [key, value] of ordered) {
    const line = JSON.stringify({ key, value });
    if (bytes + line.length + 1 > storeLimits.importBytes.max) break;
    bytes += Buffer.byteLength(line) + 1;
    lines.push(line);
    imported += 1;
  }
  const body = `${openFile}${lines.join(',')}${closeFile}`;
  return { file: { sha256: sha256Hex(body), kind: 'keys', body }, rest: ordered.slice(imported) };
}
