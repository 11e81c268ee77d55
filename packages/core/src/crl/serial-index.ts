import { createHash } from 'node:crypto';
import { integerHex } from '../base/der.ts';
import type { SerialVisitor } from './crl.ts';

/** How a list answers for serials. */
export interface SerialIndex {
  has(serial: string): boolean;
  serials(): Iterable<string>;
  eachSerial(visit: SerialVisitor): void;
}

/**
 * Serials by value, over the offsets of their INTEGERs. The table is made at the first question, in linear time for any serials: its hash
 * is strongly universal with keys that nobody knows before the list is signed, and a serial that stands there again takes no second slot.
 */
export function serialIndex(der: Uint8Array, offsets: Uint32Array): SerialIndex {
  let table: Table | undefined;
  return {
    has(serial) {
      const wanted = integerBytes(serial);
      if (wanted === undefined || offsets.length === 0) return false;
      table ??= build(der, offsets);
      return table.entries[slotFor(table, der, offsets, wanted, 0, wanted.length)] !== empty;
    },
    *serials() {
      for (const at of offsets) yield integerHex(der, at + 2, at + 2 + (der[at + 1] as number));
    },
    eachSerial(visit) {
      for (let entry = 0; entry < offsets.length; entry += 1) {
        const at = offsets[entry] as number;
        const length = der[at + 1] as number;
        // In its shortest form an INTEGER has one sign byte at most.
        const start = length > 1 && der[at + 2] === 0 ? at + 3 : at + 2;
        visit(der, start, at + 2 + length);
      }
    },
  };
}

/** Open addressing: per slot an entry and the whole hash of its serial, which tells most strangers apart without a look at the list. */
interface Table {
  readonly entries: Int32Array;
  readonly hashes: Int32Array;
  readonly keys: Int32Array;
}

const empty = -1;

function build(der: Uint8Array, offsets: Uint32Array): Table {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, offsets.length * 2)));
  const table = {
    entries: new Int32Array(size).fill(empty),
    hashes: new Int32Array(size),
    keys: hashKeys(der),
  };
  for (let entry = 0; entry < offsets.length; entry += 1) {
    const at = offsets[entry] as number;
    const length = der[at + 1] as number;
    const slot = slotFor(table, der, offsets, der, at + 2, length);
    if (table.entries[slot] !== empty) continue;
    table.entries[slot] = entry;
    table.hashes[slot] = hashOf(der, at + 2, length, table.keys);
  }
  return table;
}

/** The slot that holds this serial, or the empty one where it would go. */
function slotFor(
  { entries, hashes, keys }: Table,
  der: Uint8Array,
  offsets: Uint32Array,
  bytes: Uint8Array,
  from: number,
  length: number,
): number {
  const hash = hashOf(bytes, from, length, keys);
  const last = entries.length - 1;
  for (let slot = hash >>> (Math.clz32(entries.length) + 1); ; slot = (slot + 1) & last) {
    const entry = entries[slot] as number;
    if (entry === empty) return slot;
    if (hashes[slot] === hash && sameSerial(der, offsets[entry] as number, bytes, from, length)) return slot;
  }
}

/** One key a byte of a serial (at most 127), one for its length. */
const keyCount = 128;

/** Keys from the end of the list, where its signature stands. */
function hashKeys(der: Uint8Array): Int32Array {
  const end = der.subarray(Math.max(0, der.length - 64));
  const keys = new Int32Array(keyCount);
  for (let block = 0; block < keyCount / 8; block += 1) {
    const digest = createHash('sha256').update(end).update(Uint8Array.of(block)).digest();
    for (let word = 0; word < 8; word += 1) keys[8 * block + word] = digest.readInt32LE(4 * word);
  }
  return keys;
}

/** The sum of key times byte, modulo 2^32: strongly universal in its upper 25 bits (multilinear hashing), so slots go by its top. */
function hashOf(bytes: Uint8Array, from: number, length: number, keys: Int32Array): number {
  let sum = Math.imul(keys[keyCount - 1] as number, length);
  for (let index = 0; index < length; index += 1)
    sum = (sum + Math.imul(keys[index] as number, bytes[from + index] as number)) | 0;
  return sum;
}

function sameSerial(der: Uint8Array, at: number, wanted: Uint8Array, from: number, length: number): boolean {
  if (der[at + 1] !== length) return false;
  for (let index = 0; index < length; index += 1)
    if (der[at + 2 + index] !== wanted[from + index]) return false;
  return true;
}

/** The DER content of an INTEGER with this value; undefined for what is no integer in hex, or longer than any serial here. */
function integerBytes(serial: string): Uint8Array | undefined {
  if (serial.length > 512 || !/^-?[0-9a-f]+$/.test(serial)) return undefined;
  const bytes = serial.startsWith('-')
    ? negativeBytes(BigInt(`0x${serial.slice(1)}`))
    : positiveBytes(serial);
  return bytes.length > 0x7f ? undefined : bytes;
}

function positiveBytes(serial: string): Uint8Array {
  const digits = serial.replace(/^0+(?=.)/, '');
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Buffer.from(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even, 'hex');
}

function negativeBytes(magnitude: bigint): Uint8Array {
  if (magnitude === 0n) return Uint8Array.of(0);
  let length = 1;
  while (magnitude > 1n << BigInt(8 * length - 1)) length += 1;
  return Buffer.from(((1n << BigInt(8 * length)) - magnitude).toString(16).padStart(2 * length, '0'), 'hex');
}
