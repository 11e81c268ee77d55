import type { Random } from '../../src/index.ts';
import { encode } from '../../src/persist/codec.ts';

/**
 * Ids that carry a prefix and a count, so that two runs which did the same can be compared: each id
 * is replaced by the place at which it is first seen.
 */
export function countingRandom(): Random {
  let count = 0;
  const padded = (prefix: string, radix: number, length: number) => {
    count += 1;
    return `${prefix}${count.toString(radix).padStart(length - prefix.length, '0')}`;
  };
  return {
    bytes: (length) => new Uint8Array(Buffer.from(padded('facade', 16, 2 * length), 'hex')),
    hex: (digits) => padded('facade', 16, digits),
    text: (length, alphabet = 'A') => {
      const text = padded('qz', 36, length);
      return alphabet.includes('a') ? text : text.toUpperCase();
    },
    uuid: () => `facade00-0000-4000-8000-${padded('', 16, 12)}`,
  };
}

const IDS = /facade[0-9a-f-]*|qz[0-9a-z]*/gi;

/**
 * State as text that is the same after two runs that did the same: maps and regions in an order
 * that does not depend on who came first, without regions that were only read, and each such id
 * as `#N`, counted by first appearance.
 */
export function comparable(state: object): string {
  const seen = new Map<string, string>();
  const number = (id: string) => {
    const known = seen.get(id) ?? `#${seen.size}`;
    seen.set(id, known);
    return known;
  };
  // First by what is known without ids; then once more, since a map may have nothing but ids, which
  // others have told apart by then.
  const ordered = inOrder(JSON.parse(encode(state)), { known: () => '#', met: (text) => text });
  return JSON.stringify(
    inOrder(ordered, {
      known: (id) => seen.get(id) ?? '#',
      met: (text) => text.replace(IDS, number),
    }),
  );
}

/**
 * How ids are written while maps are sorted, and what becomes of a text once its place is found.
 */
interface Ids {
  known(id: string): string;
  met(text: string): string;
}

function inOrder(value: unknown, ids: Ids): unknown {
  const sorted = (items: readonly unknown[]) =>
    items
      .map((item) => ({ item, by: JSON.stringify(item).replace(IDS, ids.known) }))
      .sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0))
      .map(({ item }) => inOrder(item, ids));
  if (typeof value === 'string') return ids.met(value);
  if (Array.isArray(value)) {
    const held = value.filter((item) => !isRegion(item) || JSON.stringify(item).includes('"$map":[['));
    return value.some(isRegion) ? sorted(held) : held.map((item) => inOrder(item, ids));
  }
  if (typeof value !== 'object' || value === null) return value;
  // Ports and server certificates of data planes are the machine's business.
  const entries = Object.entries(value).filter(([name]) => name !== 'edge');
  return Object.fromEntries(
    entries.map(([name, one]) => [
      name,
      name === '$map' && Array.isArray(one) ? sorted(one) : inOrder(one, ids),
    ]),
  );
}

const isRegion = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'account' in value && 'state' in value;

/** Numbers in [0, 1) from a seed (mulberry32, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
