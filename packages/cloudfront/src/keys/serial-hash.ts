/** Two words of 32 bits that key the hash of serials. */
export type Seed = readonly [number, number];

/** Where `hashSerial` leaves its two words: the caller's own, so that half a million hashes make no garbage. */
export type HashOut = Int32Array;

/**
 * The keyed 64-bit hash that says where a serial lies and what stands for it. It is that of the connection function, which cannot share
 * this code: 32-bit multiplications, cheap in an old interpreter, each word of the serial a permutation of the state, mixed at the end.
 *
 * @param bytes holds the magnitude from `start` to `end`, big-endian, without leading zeros
 */
export function hashSerial(bytes: Uint8Array, start: number, end: number, seed: Seed, out: HashOut): void {
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

function finish(a: number, b: number, out: HashOut): void {
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
 * The key under which the store tells until when clients of an issuer may come in: the same for all orders and spacings in which AWS's
 * pages print a name.
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

/** A serial as a number in base 64 with the digits of base64url, without leading zeros: its exact form. */
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
