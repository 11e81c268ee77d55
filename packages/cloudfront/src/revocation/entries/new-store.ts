import { type Artifact, type Instant, sha256Hex } from '@trustloom/core/adapter';
import { cloudfrontInfo } from '../../service.ts';
import type { DesiredEntries } from './index.ts';
import type { Item, Items } from './items.ts';
import { chooseLayout, type Layout } from './layout.ts';

import { reconcile } from './reconcile.ts';
import { issuerPrefix } from './serials.ts';

/** The items of a new store, in the order in which they may be written. */
export function freshItems(desired: DesiredEntries, layout: Layout, now: Instant = 0): Items {
  return new Map(reconcile(desired, layout, new Map(), now).puts);
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
export function newStore(
  desired: DesiredEntries,
  now: Instant,
  taken: (digits: string) => boolean,
): NewStore | undefined {
  const content = contentDigest(desired);
  let passed = 0;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const salt = `${content} ${attempt}`;
    const digits = sha256Hex(salt).slice(0, 8);
    const { count, textBytes } = desired.size;
    const layout = chooseLayout(desired.form, { count, textBytes: textBytes * (1 + attempt / 50) }, salt);
    if (taken(digits) || !areApart(desired, layout)) continue;
    const { puts, overflowing, withoutRoom } = reconcile(desired, layout, new Map(), now);
    if (overflowing.length > 0 || withoutRoom.length > 0) continue;
    if (desired.inventory.wrongDenials(layout).count === 0 || passed === passedOver)
      return { layout, digits, ...fileOf(puts) };
    passed += 1;
  }
  return undefined;
}

/** Every issuer has a prefix of its own in a store of this layout. */
export function areApart({ manifest, set }: DesiredEntries, { seed }: Layout): boolean {
  const names = new Set([...manifest.ends.keys(), ...set.names]);
  return new Set([...names].map((name) => issuerPrefix(name, seed))).size === names.size;
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
