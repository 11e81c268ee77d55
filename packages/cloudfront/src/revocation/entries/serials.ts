import type { CheckedKey } from '@trustloom/core/adapter';

/** `exact`: whole serials. `compact`: 48 bits of a keyed hash stand for each. */
export type EntryForm = 'exact' | 'compact';

/**
 * Serials to be refused, as bytes one after the other: no string and no object for each of half a
 * million.
 */
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
export function textBytesOf({ bytes, count }: SerialSet, form: EntryForm): number {
  // One separator each, and a third of a character lost to rounding.
  return form === 'compact' ? count * 8 : Math.ceil((bytes.length * 4) / 3 + count * 1.4);
}

/** A serial of a set as lower-case hex, for people. */
export function serialHex({ bytes, ends }: SerialSet, index: number): string {
  const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
  const hex = Buffer.from(bytes.subarray(start, ends[index])).toString('hex');
  return hex.replace(/^0(?=.)/, '') || '0';
}

/** Two words of 32 bits that key the hash of serials. */
export type Seed = readonly [number, number];

/**
 * The keyed 64-bit hash that says where a serial lies and what stands for it. It is that of the
 * connection function, which cannot share this code: 32-bit multiplications, cheap in an old
 * interpreter, each word of the serial a permutation of the state, mixed at the end.
 *
 * @param bytes holds the magnitude from `start` to `end`, big-endian, without leading zeros
 * @param out takes the two words: the caller's own, so that half a million hashes make no garbage
 */
export function hashSerial(bytes: Uint8Array, start: number, end: number, seed: Seed, out: Int32Array): void {
  let a = seed[0];
  let b = seed[1];
  for (let i = end; i > start; i -= 4) {
    a = Math.imul(a ^ wordBefore(bytes, start, i), 0x85ebca6b);
    a ^= a >>> 13;
    b = Math.imul(b + a, 0xc2b2ae35);
    b ^= b >>> 16;
  }
  finish(a, b, out);
}

/** Up to four bytes that end at `end`, big-endian. */
function wordBefore(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) {
    let word = 0;
    for (let i = start; i < end; i += 1) word = (word << 8) | (bytes[i] ?? 0);
    return word;
  }
  return (
    ((bytes[end - 4] ?? 0) << 24) |
    ((bytes[end - 3] ?? 0) << 16) |
    ((bytes[end - 2] ?? 0) << 8) |
    (bytes[end - 1] ?? 0)
  );
}

function finish(a: number, b: number, out: Int32Array): void {
  const first = mix(a ^ b);
  out[0] = first;
  out[1] = mix(b ^ first);
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/**
 * The key under which the manifest says until when clients of an issuer are admitted: the same for
 * all orders and spacings in which AWS's pages print a name.
 */
export function nameKey(name: string): string {
  const parts = name
    .toLowerCase()
    .replace(/[\\"\s]/g, '')
    .split(/[,+/]/)
    .sort()
    .join();
  const out = new Int32Array(2);
  let a = 0;
  let b = 0;
  for (let i = 0; i < parts.length; i += 1) {
    a = Math.imul(a ^ parts.charCodeAt(i), 0x85ebca6b);
    a ^= a >>> 13;
    b = Math.imul(b + a, 0xc2b2ae35);
    b ^= b >>> 16;
  }
  finish(a, b, out);
  return String(out[0]);
}

const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Writes 24 bits as four characters of base64url. */
export function writeFour(value: number, text: Uint8Array, at: number): void {
  text[at] = alphabet[(value >> 18) & 63] ?? 0;
  text[at + 1] = alphabet[(value >> 12) & 63] ?? 0;
  text[at + 2] = alphabet[(value >> 6) & 63] ?? 0;
  text[at + 3] = alphabet[value & 63] ?? 0;
}

/** Magnitude of a serial in hex, big-endian, without leading zero bytes. */
export function serialBytes(hex: string): Buffer {
  const digits = hex.replace(/^0+/, '');
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

/**
 * A serial as a number in base 64 with the digits of base64url, without leading zeros: its exact
 * form.
 */
export function exactText(bytes: Uint8Array, start: number, end: number): string {
  const groups = Math.ceil((end - start) / 3);
  const text = Buffer.alloc(groups * 4);
  for (let group = 0, i = end; group < groups; group += 1, i -= 3) {
    let value = 0;
    for (let at = Math.max(start, i - 3); at < i; at += 1) value = (value << 8) | (bytes[at] ?? 0);
    writeFour(value, text, (groups - 1 - group) * 4);
  }
  let first = 0;
  while (first < text.length && text[first] === 65) first += 1;
  return text.toString('latin1', first);
}
