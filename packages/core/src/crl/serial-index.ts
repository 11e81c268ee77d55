import { createHash } from 'node:crypto';

/** Finds entries of a list by the value of their serials. */
export interface SerialIndex {
  /** Takes an entry up, by its offset; one whose serial is there already takes no second place. */
  add(entry: number): void;
  /**
   * Offset of the entry with this serial, its big-endian bytes without leading zeros; 0 when there is none. Allocates nothing.
   *
   * @param negative the bytes are the two's complement of a negative number
   */
  find(bytes: Uint8Array, start: number, end: number, negative: boolean): number;
  /** Slots looked at so far: near two for each question, for any serials. */
  probes(): number;
}

/** Offset of the INTEGER that is the serial, from the start of its entry. */
export function serialAt(der: Uint8Array, entry: number): number {
  const length = der[entry + 1] as number;
  return length < 0x80 ? entry + 2 : entry + 2 + (length & 0x7f);
}

/** Offset of a serial's first byte that is no sign, from the start of its entry. */
export function serialStart(der: Uint8Array, entry: number): number {
  const integer = serialAt(der, entry);
  // In its shortest form an INTEGER has one sign byte at most.
  return (der[integer + 1] as number) > 1 && der[integer + 2] === 0 ? integer + 3 : integer + 2;
}

/** Offset behind a serial, from the start of its entry. */
export function serialEnd(der: Uint8Array, entry: number): number {
  const integer = serialAt(der, entry);
  return integer + 2 + (der[integer + 1] as number);
}

/** A serial of two's complement with its highest bit set and no sign byte before it. */
export function isNegative(der: Uint8Array, entry: number): boolean {
  return (der[serialAt(der, entry) + 2] as number) >= 0x80;
}

/**
 * An index that stays linear for any serials: its hash is universal with keys that nobody knows before the list is signed. A slot holds
 * the offset of an entry and, in the bits above, part of the hash.
 *
 * @param capacity as many entries may be added
 */
export function serialIndex(der: Uint8Array, capacity: number): SerialIndex {
  const last = 2 ** Math.max(4, Math.ceil(Math.log2(Math.max(1, capacity) * 1.45))) - 1;
  // No entry begins at offset 0, so 0 is an empty slot.
  const slots = new Int32Array(last + 1);
  const offsetMask = 2 ** Math.ceil(Math.log2(der.length + 1)) - 1;
  const keys = hashKeys(der);
  const view = viewOf(der);
  const asked = new Uint8Array(maxSerial);
  const askedView = viewOf(asked);
  let probes = 0;

  /** The slot that holds this serial, or the empty one where it would go. Slots go by the low bits of the hash, its high bits are kept. */
  const slotOf = (hash: number, bytes: Uint8Array, start: number, end: number, negative: boolean): number => {
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      probes += 1;
      const held = slots[slot] as number;
      if (held === 0) return slot;
      const entry = held & offsetMask;
      if (((held ^ hash) & ~offsetMask) === 0 && isSerial(der, entry, bytes, start, end, negative))
        return slot;
    }
  };

  return {
    add(entry) {
      const start = serialStart(der, entry);
      const end = serialEnd(der, entry);
      const hash = hashOf(view, start, end, keys);
      const slot = slotOf(hash, der, start, end, isNegative(der, entry));
      if (slots[slot] === 0) slots[slot] = entry | (hash & ~offsetMask);
    },
    find(bytes, start, end, negative) {
      const length = end - start;
      if (length > maxSerial) return 0;
      for (let index = 0; index < length; index += 1) asked[index] = bytes[start + index] as number;
      const slot = slotOf(hashOf(askedView, 0, length, keys), asked, 0, length, negative);
      return (slots[slot] as number) & offsetMask;
    },
    probes: () => probes,
  };
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

function isSerial(
  der: Uint8Array,
  entry: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  negative: boolean,
): boolean {
  const at = serialStart(der, entry);
  if (serialEnd(der, entry) - at !== end - start) return false;
  for (let index = end - start - 1; index >= 0; index -= 1)
    if (der[at + index] !== bytes[start + index]) return false;
  return isNegative(der, entry) === negative;
}

/** Bytes of the longest serial that a list may have here. */
const maxSerial = 127;
/** Two keys for each pair of bytes, or for a byte at the end, and two for the length. */
const keyCount = 136;

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

/**
 * Two sums of key times pair of bytes modulo 2^32, each strongly universal in its upper 17 bits (multilinear hashing); of each 16 are
 * taken, and stirred, so that serials in a row do not stand in a row.
 *
 * @see Lemire and Kaser, Strongly universal string hashing is fast (2014)
 */
function hashOf(bytes: DataView, start: number, end: number, keys: Int32Array): number {
  let high = Math.imul(keys[0] as number, end - start);
  let low = Math.imul(keys[1] as number, end - start);
  let key = 2;
  let at = start;
  for (; at + 4 <= end; at += 4, key += 4) {
    const word = bytes.getInt32(at);
    const left = word >>> 16;
    const right = word & 0xffff;
    high = (high + Math.imul(keys[key] as number, left) + Math.imul(keys[key + 1] as number, right)) | 0;
    low = (low + Math.imul(keys[key + 2] as number, left) + Math.imul(keys[key + 3] as number, right)) | 0;
  }
  for (; at < end; at += 1, key += 2) {
    const byte = bytes.getUint8(at);
    high = (high + Math.imul(keys[key] as number, byte)) | 0;
    low = (low + Math.imul(keys[key + 1] as number, byte)) | 0;
  }
  let hash = (high & 0xffff0000) | (low >>> 16);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
