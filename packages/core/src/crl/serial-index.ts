import { createHash } from 'node:crypto';
import { dataViewOf } from '../util/bytes.ts';

/** Finds entries of a CRL by the value of their serials. */
export interface SerialIndex {
  /** Takes an entry up, by its offset; one whose serial is there already takes no second place. */
  add(entry: number): void;
  /**
   * Looks for the serial of each entry of another CRL, in their order.
   *
   * @param entries shows the offsets of those entries
   * @param found takes such an offset, and that of the entry here with the same serial, or 0
   */
  findEach(
    others: Uint8Array,
    entries: (visit: (other: number) => void) => void,
    found: (other: number, entry: number) => void,
  ): void;
  /**
   * Offset of the entry with this serial, its big-endian bytes without leading zeros; 0 when there
   * is none. Allocates nothing.
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
 * An index that stays linear for any serials: its hash is universal with keys that are secret
 * before the CRL is signed. A slot holds the offset of an entry and, in the bits above, part of
 * the hash. What is asked in numbers is asked in batches: each question waits for memory, and a
 * loop that does nothing else lets the processor wait for many at once.
 *
 * @param capacity as many entries may be added
 */
export function serialIndex(der: Uint8Array, capacity: number): SerialIndex {
  const last = 2 ** Math.max(4, Math.ceil(Math.log2(Math.max(1, capacity) * 1.45))) - 1;
  // No entry begins at offset 0, so 0 is an empty slot.
  const slots = new Int32Array(last + 1);
  const offsetMask = 2 ** Math.ceil(Math.log2(der.length + 1)) - 1;
  const keys = hashKeys(der);
  const data = dataViewOf(der);
  const asked = new Uint8Array(maxSerial);
  const askedBytes = dataViewOf(asked);
  const entries = new Int32Array(batch);
  const hashes = new Int32Array(batch);
  let waiting = 0;
  let probes = 0;

  /**
   * The slot that holds this serial, or the empty one where it would go. Slots go by the low bits
   * of the hash, its high bits are kept.
   */
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
  /**
   * The first entry whose part of the hash is this one's: nearly always the right one, or 0 when
   * there is none.
   */
  const likelyEntry = (hash: number): number => {
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const held = slots[slot] as number;
      if (held === 0 || ((held ^ hash) & ~offsetMask) === 0) return held & offsetMask;
    }
  };
  const entrySlot = (hash: number, bytes: Uint8Array, entry: number) =>
    slotOf(hash, bytes, serialStart(bytes, entry), serialEnd(bytes, entry), isNegative(bytes, entry));

  const addWaiting = () => {
    fetchSlots(slots, last, hashes, waiting);
    for (let index = 0; index < waiting; index += 1) {
      const hash = hashes[index] as number;
      const entry = entries[index] as number;
      let slot = hash & last;
      if (slots[slot] === 0) probes += 1;
      else slot = entrySlot(hash, der, entry);
      if (slots[slot] === 0) slots[slot] = entry | (hash & ~offsetMask);
    }
    waiting = 0;
  };

  return {
    add(entry) {
      entries[waiting] = entry;
      hashes[waiting] = hashOf(data, serialStart(der, entry), serialEnd(der, entry), keys);
      waiting += 1;
      if (waiting === batch) addWaiting();
    },
    find(bytes, start, end, negative) {
      if (waiting > 0) addWaiting();
      const length = end - start;
      if (length > maxSerial) return 0;
      for (let index = 0; index < length; index += 1) asked[index] = bytes[start + index] as number;
      const slot = slotOf(hashOf(askedBytes, 0, length, keys), asked, 0, length, negative);
      return (slots[slot] as number) & offsetMask;
    },
    findEach(others, visitEntries, found) {
      addWaiting();
      const otherBytes = dataViewOf(others);
      const likely = new Int32Array(batch);
      const findWaiting = () => {
        fetchSlots(slots, last, hashes, waiting);
        for (let index = 0; index < waiting; index += 1) likely[index] = likelyEntry(hashes[index] as number);
        fetchSerials(der, likely, waiting);
        for (let index = 0; index < waiting; index += 1) {
          const other = entries[index] as number;
          const entry = likely[index] as number;
          const hash = hashes[index] as number;
          found(
            other,
            entry === 0 || isSameSerial(der, entry, others, other)
              ? entry
              : (slots[entrySlot(hash, others, other)] as number) & offsetMask,
          );
        }
        waiting = 0;
      };
      visitEntries((other) => {
        entries[waiting] = other;
        hashes[waiting] = hashOf(otherBytes, serialStart(others, other), serialEnd(others, other), keys);
        waiting += 1;
        if (waiting === batch) findWaiting();
      });
      findWaiting();
    },
    probes: () => probes,
  };
}

/** So many questions wait for memory together. */
const batch = 128;

/** Reads the slots where hashes begin, for nothing but to have them in the processor's cache. */
function fetchSlots(slots: Int32Array, last: number, hashes: Int32Array, count: number): number {
  let all = 0;
  for (let index = 0; index < count; index += 1) all ^= slots[(hashes[index] as number) & last] as number;
  return all;
}

/**
 * The same for the serials of entries, which may begin in one line of the cache and end in the
 * next.
 */
function fetchSerials(der: Uint8Array, entries: Int32Array, count: number): number {
  let all = 0;
  for (let index = 0; index < count; index += 1) {
    const entry = entries[index] as number;
    all ^= (der[entry] as number) ^ (der[entry + 20] as number);
  }
  return all;
}

function isSameSerial(der: Uint8Array, entry: number, others: Uint8Array, other: number): boolean {
  return isSerial(
    der,
    entry,
    others,
    serialStart(others, other),
    serialEnd(others, other),
    isNegative(others, other),
  );
}

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

/** Bytes of the longest serial that a CRL may have here. */
const maxSerial = 127;
/**
 * Two keys for each pair of bytes, or for a byte at the end, and two for the length; in blocks of
 * eight.
 */
const keyCount = 136;

/** Keys from the end of the CRL, where its signature stands. */
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
 * Two sums of key times pair of bytes modulo 2^32, each strongly universal in its upper 17 bits
 * (multilinear hashing); of each 16 are taken, and stirred, so that serials in a row do not stand
 * in a row.
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
