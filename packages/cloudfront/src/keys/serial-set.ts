import type { CheckedKey } from '@trustloom/core';

/** Serials to be refused, as bytes one after the other: no string and no object for each of half a million. */
export interface SerialSet {
  /** Magnitudes, big-endian, without leading zeros. */
  readonly bytes: Uint8Array;
  /** Where each one ends; the first begins at 0. */
  readonly ends: Uint32Array;
  readonly count: number;
}

/** All serials that some CA keys refuse, in the order in which they come; one may come twice. */
export function collectSerials(keys: readonly CheckedKey[]): SerialSet {
  const most = keys.reduce((sum, { count }) => sum + count, 0);
  let bytes = new Uint8Array(Math.max(64, most * 20));
  let ends = new Uint32Array(Math.max(4, most));
  let count = 0;
  let used = 0;
  const visit = (from: Uint8Array, start: number, end: number) => {
    let first = start;
    while (first < end && from[first] === 0) first += 1;
    const length = end - first;
    if (used + length > bytes.length) bytes = grown(bytes, new Uint8Array((used + length) * 2));
    if (count === ends.length) ends = grown(ends, new Uint32Array(count * 2));
    // Byte by byte: for twenty bytes a loop is faster than making a view to copy from.
    for (let i = 0; i < length; i += 1) bytes[used + i] = from[first + i] ?? 0;
    used += length;
    ends[count] = used;
    count += 1;
  };
  for (const key of keys) key.eachSerial(visit);
  return { bytes: bytes.subarray(0, used), ends: ends.subarray(0, count), count };
}

function grown<T extends Uint8Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** Bytes of text that the serials take in a store: what the number of buckets is chosen by. */
export function textBytesOf({ bytes, count }: SerialSet, form: 'exact' | 'compact'): number {
  // One separator each, and a third of a character lost to rounding.
  return form === 'compact' ? count * 8 : Math.ceil((bytes.length * 4) / 3 + count * 1.4);
}

/** A serial of a set as lower-case hex, for people. */
export function serialHex({ bytes, ends }: SerialSet, index: number): string {
  const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
  const hex = Buffer.from(bytes.subarray(start, ends[index])).toString('hex');
  return hex.replace(/^0(?=.)/, '') || '0';
}
