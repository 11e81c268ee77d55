import { defined, type Inventory, type TrustedGroup } from '@trustloom/core/adapter';
import { type Layout, layoutTag } from './layout.ts';
import { type EntryForm, hashSerial, type SerialSet } from './serials.ts';

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

/** The check of stores in `compact` form; in `exact` form nothing looks like anything else. */
export function inventoryCheck(
  set: SerialSet,
  form: EntryForm,
  groups: readonly TrustedGroup[],
): InventoryCheck {
  const inventories = form === 'exact' ? [] : groups.flatMap(({ inventory }) => inventory ?? []);
  const seen = new Map<string, WrongDenials>();
  return {
    issued: inventories.reduce((sum, { count }) => sum + count, 0),
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

/**
 * Checks every issued serial against a compact store of this layout: which of the valid ones look
 * like a revoked one. It is stricter than the function by a hair: an entry counts wherever its
 * delta bucket reaches, so that it may move between delta and base. Serials are read as CloudFront
 * documents to show them, in hex with colons.
 */
function wrongDenials(set: SerialSet, layout: Layout, inventories: readonly Inventory[]): WrongDenials {
  const table = tableOf(set, layout);
  const out = new Int32Array(2);
  let count = 0;
  let first: string | undefined;
  for (const inventory of inventories)
    inventory.eachSerial((bytes, start, end) => {
      hashSerial(bytes, start, end, layout.seed, out);
      if (!table.refusesWrongly(bytes, start, end, out[0] ?? 0, out[1] ?? 0)) return;
      count += 1;
      first ??= Buffer.from(bytes.subarray(start, end))
        .toString('hex')
        .replace(/^0(?=.)/, '');
    });
  return { count, ...defined({ first }) };
}

/**
 * Half a million revoked serials by what stands for them, in typed arrays: no object for any of
 * them.
 */
function tableOf({ bytes: held, ends, count }: SerialSet, layout: Layout) {
  const { seed, groups } = layout;
  const mask = 2 ** Math.ceil(Math.log2(count * 2 + 2)) - 1;
  /** Index into the set, plus one; 0 is an empty slot. */
  const slots = new Int32Array(mask + 1);
  const highs = new Int32Array(count);
  const lows = new Int32Array(count);
  const out = new Int32Array(2);
  for (let index = 0, start = 0; index < count; index += 1) {
    const end = ends[index] ?? 0;
    hashSerial(held, start, end, seed, out);
    start = end;
    highs[index] = out[0] ?? 0;
    lows[index] = out[1] ?? 0;
    let slot = (out[1] ?? 0) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = index + 1;
  }
  const groupOf = (high: number) => Math.floor(((high >>> 0) / 4294967296) * groups);
  const isHeld = (index: number, bytes: Uint8Array, start: number, end: number) => {
    const from = index === 0 ? 0 : (ends[index - 1] ?? 0);
    if ((ends[index] ?? 0) - from !== end - start) return false;
    for (let at = end - start - 1; at >= 0; at -= 1) if (held[from + at] !== bytes[start + at]) return false;
    return true;
  };
  return {
    refusesWrongly(bytes: Uint8Array, start: number, end: number, high: number, low: number): boolean {
      let alike = false;
      for (let slot = low & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const index = (slots[slot] ?? 0) - 1;
        const other = highs[index] ?? 0;
        // 48 bits stand for a serial, and the bits above them choose its bucket.
        if (lows[index] !== low || ((other ^ high) & 0xffff) !== 0 || groupOf(other) !== groupOf(high))
          continue;
        if (isHeld(index, bytes, start, end)) return false;
        alike = true;
      }
      return alike;
    },
  };
}
