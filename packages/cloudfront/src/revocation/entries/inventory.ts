import { type Certificate, defined, type Inventory, type TrustedGroup } from '@trustloom/core/adapter';
import { type Layout, layoutTag } from './layout.ts';
import {
  type EntryForm,
  hashName,
  hashSerial,
  nameText,
  type Seed,
  type SerialSet,
  startOf,
} from './serials.ts';

/** Issued serials that a compact store would refuse though they are not revoked. */
interface WrongDenials {
  readonly count: number;
  /** The first of them, lower-case hex. */
  readonly first?: string;
}

/**
 * What the inventories of the groups say about stores of one set; each layout is looked at once.
 */
export interface InventoryCheck {
  /** Issued serials that are known. */
  readonly issued: number;
  /** Every group has an inventory, so a store that passes refuses no serial of them by mistake. */
  readonly complete: boolean;
  wrongDenials(layout: Layout): WrongDenials;
}

/** What the inventories of the groups are read with. */
interface InventoryParts {
  readonly form: EntryForm;
  readonly groups: readonly TrustedGroup[];
  readonly known: readonly Certificate[];
  /** Every issuer by name, as `nameText` writes it. */
  readonly names: readonly string[];
}

/** Serials that were issued, under the names of those who may have issued them. */
interface Issued {
  readonly inventory: Inventory;
  readonly issuers: readonly string[];
}

/** The check of stores in `compact` form; in `exact` form nothing looks like anything else. */
export function inventoryCheck(set: SerialSet, parts: InventoryParts): InventoryCheck {
  const { form, groups } = parts;
  const inventories = form === 'exact' ? [] : groups.flatMap((group) => issuedIn(group, parts));
  const seen = new Map<string, WrongDenials>();
  return {
    issued: inventories.reduce((sum, { inventory }) => sum + inventory.count, 0),
    complete: groups.length > 0 && groups.every(({ inventory }) => inventory !== undefined),
    wrongDenials(layout) {
      if (inventories.length === 0) return { count: 0 };
      const tag = layoutTag(layout);
      const found = seen.get(tag) ?? wrongDenials(set, layout, inventories);
      seen.set(tag, found);
      return found;
    },
  };
}

function issuedIn({ inventory, cas }: TrustedGroup, { known, names }: InventoryParts): readonly Issued[] {
  if (inventory === undefined) return [];
  const own = known
    .filter(({ sha256 }) => cas?.includes(sha256))
    .map(({ subject }) => nameText(subject.text));
  return [{ inventory, issuers: own.length === 0 ? names : [...new Set(own)] }];
}

/**
 * Checks every issued serial against a compact store of this layout: which of the valid ones look
 * like a revoked one. It is stricter than the function by a hair: an entry counts wherever its
 * delta bucket reaches, so that it may move between delta and base. Serials are read as CloudFront
 * documents to show them, in hex with colons.
 */
function wrongDenials(set: SerialSet, layout: Layout, inventories: readonly Issued[]): WrongDenials {
  const table = tableOf(set, layout);
  const out = new Int32Array(2);
  let count = 0;
  let first: string | undefined;
  for (const { inventory, issuers } of inventories)
    for (const issuer of issuers) {
      const from = hashName(issuer, layout.seed);
      const owner = set.names.indexOf(issuer);
      inventory.eachSerial((bytes, start, end) => {
        hashSerial(bytes, start, end, from, out);
        if (!table.refusesWrongly({ owner, bytes, start, end }, out[0] ?? 0, out[1] ?? 0)) return;
        count += 1;
        first ??= Buffer.from(bytes.subarray(start, end))
          .toString('hex')
          .replace(/^0(?=.)/, '');
      });
    }
  return { count, ...defined({ first }) };
}

/** A serial that was issued. */
interface IssuedSerial {
  readonly owner: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Half a million revoked serials by what stands for them, in typed arrays: no object for any of
 * them.
 */
function tableOf(set: SerialSet, layout: Layout) {
  const { bytes: held, ends, owners, count } = set;
  const { seed, groups } = layout;
  const froms: readonly Seed[] = set.names.map((name) => hashName(name, seed));
  const mask = 2 ** Math.ceil(Math.log2(count * 2 + 2)) - 1;
  /** Index into the set, plus one; 0 is an empty slot. */
  const slots = new Int32Array(mask + 1);
  const highs = new Int32Array(count);
  const lows = new Int32Array(count);
  const out = new Int32Array(2);
  for (let index = 0, start = 0; index < count; index += 1) {
    const end = ends[index] ?? 0;
    hashSerial(held, start, end, froms[owners[index] ?? 0] ?? seed, out);
    start = end;
    highs[index] = out[0] ?? 0;
    lows[index] = out[1] ?? 0;
    let slot = (out[1] ?? 0) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = index + 1;
  }
  const groupOf = (high: number) => Math.floor(((high >>> 0) / 4294967296) * groups);
  const isHeld = (index: number, { owner, bytes, start, end }: IssuedSerial) => {
    const from = startOf(set, index);
    if (owners[index] !== owner || (ends[index] ?? 0) - from !== end - start) return false;
    for (let at = end - start - 1; at >= 0; at -= 1) if (held[from + at] !== bytes[start + at]) return false;
    return true;
  };
  return {
    refusesWrongly(issued: IssuedSerial, high: number, low: number): boolean {
      let alike = false;
      for (let slot = low & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const index = (slots[slot] ?? 0) - 1;
        const other = highs[index] ?? 0;
        // 48 bits stand for a serial, and the bits above them choose its bucket.
        if (lows[index] !== low || ((other ^ high) & 0xffff) !== 0 || groupOf(other) !== groupOf(high))
          continue;
        if (isHeld(index, issued)) return false;
        alike = true;
      }
      return alike;
    },
  };
}
