import type { Layout } from '../../src/revocation/entries/layout.ts';
import { hashName, hashSerial, nameText } from '../../src/revocation/entries/serials.ts';

/**
 * Another serial of an issuer, of up to 64 bits, with the same hash under this layout: for two words the hash is
 * a bijection, so it is run backwards. By chance such a pair comes once in 2^48.
 */
export function decodedOf(serial: string, layout: Layout, issuer: string): string {
  const seed = hashName(nameText(issuer), layout.seed);
  const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
  const out = new Int32Array(2);
  hashSerial(bytes, 0, bytes.length, seed, out);
  const [first = 0, second = 0] = out;
  const b2 = unmix(second) ^ first;
  const a2 = unmix(first) ^ b2;
  const b1 = Math.imul(unshift(b2, 16), inverse(0xc2b2ae35)) - a2;
  const a1 = Math.imul(unshift(b1, 16), inverse(0xc2b2ae35)) - seed[1];
  const high = a1 ^ Math.imul(unshift(a2, 13), inverse(0x85ebca6b));
  const low = seed[0] ^ Math.imul(unshift(a1, 13), inverse(0x85ebca6b));
  const hex = [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return hex.replace(/^0+/, '');
}

/** Undoes `x ^ x >>> by`. */
function unshift(value: number, by: number): number {
  let x = value;
  for (let known = by; known < 32; known += by) x = value ^ (x >>> by);
  return x;
}

function unmix(value: number): number {
  let x = unshift(value, 16);
  x = unshift(Math.imul(x, inverse(0x846ca68b)), 15);
  return unshift(Math.imul(x, inverse(0x7feb352d)), 16);
}

/** The number that undoes a multiplication modulo 2^32, by Newton. */
function inverse(odd: number): number {
  let x = odd;
  for (let round = 0; round < 5; round += 1) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}
