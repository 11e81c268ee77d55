/**
 * `exact`: whole serials, each issuer's apart. `compact`: 48 bits of a keyed hash of the issuer's
 * name and the serial stand for each.
 */
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
  /** The issuer of each, as an index into `names`. */
  readonly owners: Uint16Array;
  /** Names of issuers as `nameText` writes them. */
  readonly names: readonly string[];
  readonly count: number;
}

/** Serials of one issuer. */
export interface IssuedSerials {
  /** Name of the issuer as `nameText` writes it. */
  readonly issuer: string;
  readonly count: number;
  eachSerial(visit: (bytes: Uint8Array, start: number, end: number) => void): void;
}

/** All serials of some issuers, in the order in which they come; one may come twice. */
export function collectSerials(parts: readonly IssuedSerials[]): SerialSet {
  const most = parts.reduce((sum, { count }) => sum + count, 0);
  const names = [...new Set(parts.map(({ issuer }) => issuer))];
  let bytes = new Uint8Array(Math.max(64, most * 20));
  let ends = new Uint32Array(Math.max(4, most));
  let owners = new Uint16Array(ends.length);
  let owner = 0;
  let count = 0;
  let used = 0;
  const visit = (from: Uint8Array, start: number, end: number) => {
    let first = start;
    while (first < end && from[first] === 0) first += 1;
    const length = end - first;
    if (used + length > bytes.length) bytes = grown(bytes, new Uint8Array((used + length) * 2));
    if (count === ends.length) {
      ends = grown(ends, new Uint32Array(count * 2));
      owners = grown(owners, new Uint16Array(count * 2));
    }
    // Byte by byte: for twenty bytes a loop is faster than making a view to copy from.
    for (let i = 0; i < length; i += 1) bytes[used + i] = from[first + i] ?? 0;
    used += length;
    ends[count] = used;
    owners[count] = owner;
    count += 1;
  };
  for (const { issuer, eachSerial } of parts) {
    owner = names.indexOf(issuer);
    eachSerial(visit);
  }
  return {
    bytes: bytes.subarray(0, used),
    ends: ends.subarray(0, count),
    owners: owners.subarray(0, count),
    names,
    count,
  };
}

function grown<T extends Uint8Array | Uint32Array | Uint16Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** The serials of a set as a part of another. */
export function partsOf(set: SerialSet): readonly IssuedSerials[] {
  return set.names.map((issuer, owner) => ({
    issuer,
    count: countOf(set, owner),
    eachSerial(visit) {
      for (let index = 0; index < set.count; index += 1)
        if (set.owners[index] === owner) visit(set.bytes, startOf(set, index), set.ends[index] ?? 0);
    },
  }));
}

/** Where a serial of a set begins. */
export const startOf = ({ ends }: SerialSet, index: number): number =>
  index === 0 ? 0 : (ends[index - 1] ?? 0);

function countOf({ owners }: SerialSet, owner: number): number {
  let count = 0;
  for (const one of owners) if (one === owner) count += 1;
  return count;
}

/** Serials in hex as those of an issuer. */
export function issuedBy(issuer: string, serials: readonly string[]): IssuedSerials {
  return {
    issuer,
    count: serials.length,
    eachSerial(visit) {
      for (const bytes of serials.map(serialBytes)) visit(bytes, 0, bytes.length);
    },
  };
}

/** What the size of a store is reckoned by. */
export interface SetSize {
  readonly count: number;
  /** Bytes of text that the serials take. */
  readonly textBytes: number;
}

/** The size of a set in a store, before it is known how the store is laid out. */
export function sizeOf(sets: readonly Pick<SerialSet, 'bytes' | 'count'>[], form: EntryForm): SetSize {
  const count = sets.reduce((sum, one) => sum + one.count, 0);
  if (form === 'compact') return { count, textBytes: count * 8 };
  // One separator each, and a third of a character lost to rounding.
  const plain = sets.reduce((sum, one) => sum + (one.bytes.length * 4) / 3 + one.count * 1.4, 0);
  // In each bucket the entries of an issuer stand behind its prefix; a bucket has about 560 bytes.
  const prefixes = sets.reduce((sum, one) => sum + Math.min(one.count, plain / 560) * issuerPrefixLength, 0);
  return { count, textBytes: Math.ceil(plain + prefixes) };
}

/** Characters of `:AbCd.`, which begins the entries of one issuer in a bucket. */
const issuerPrefixLength = 6;

/** A serial of a set as lower-case hex, for people. */
export function serialHex(set: SerialSet, index: number): string {
  const hex = Buffer.from(set.bytes.subarray(startOf(set, index), set.ends[index])).toString('hex');
  return hex.replace(/^0(?=.)/, '') || '0';
}

/** Two words of 32 bits that a hash begins with: the seed of a store, or the hash of a name in it. */
export type Seed = readonly [number, number];

/**
 * The keyed 64-bit hash that says where a serial lies and what stands for it: it goes on from the
 * hash of its issuer's name, so that equal serials of two issuers are two things. It is that of the
 * connection function, which cannot share this code: 32-bit multiplications, cheap in an old
 * interpreter, each word of the serial a permutation of the state, mixed at the end.
 *
 * @param bytes holds the magnitude from `start` to `end`, big-endian, without leading zeros
 * @param from the hash of the issuer's name
 * @param out takes the two words: the caller's own, so that half a million hashes make no garbage
 */
export function hashSerial(bytes: Uint8Array, start: number, end: number, from: Seed, out: Int32Array): void {
  let a = from[0];
  let b = from[1];
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
 * The name of an issuer as it is compared: the same for all orders, spacings and names of attribute
 * types in which AWS's pages and libraries print it.
 */
export function nameText(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\\"\s]/g, '')
    .split(/[,+/]/)
    .map((part) => part.slice(part.indexOf('=') + 1))
    .sort()
    .join();
}

/**
 * The keyed hash of an issuer's name, as the connection function makes it: two words of 24 bits, so
 * that `nameKey` says it all.
 */
export function hashName(text: string, [first, second]: Seed): Seed {
  const out = new Int32Array(2);
  let a = first;
  let b = second;
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x85ebca6b);
    a ^= a >>> 13;
    b = Math.imul(b + a, 0xc2b2ae35);
    b ^= b >>> 16;
  }
  finish(a, b, out);
  return [(out[0] ?? 0) & 0xffffff, (out[1] ?? 0) & 0xffffff];
}

/**
 * What stands for an issuer in a store: 48 bits of the hash of its name, under which the manifest
 * says until when its clients are admitted. The first half prefixes its entries in `exact` form.
 */
export function nameKey(text: string, seed: Seed): string {
  const [first, second] = hashName(text, seed);
  const key = Buffer.alloc(8);
  writeFour(first, key, 0);
  writeFour(second, key, 4);
  return key.toString('latin1');
}

/** The prefix of an issuer's entries in `exact` form. */
export const issuerPrefix = (text: string, seed: Seed): string => nameKey(text, seed).slice(0, 4);

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
