import { type Artifact, type CheckedKey, sha256Hex } from '@trustloom/core/adapter';
import { openSerialSet, setMagic } from './authorizer/serial-set.ts';

/** Bytes of the header, and of a row of the table behind it. */
const headerBytes = 8;
const groupBytes = 8;

/** Serials of one length, last byte first, one after the other, as they come. */
interface Pile {
  bytes: Uint8Array;
  count: number;
}

/** The set of one CA key as a file for the authorizer; undefined when there is nothing in it. */
export function setFile(
  key: Pick<CheckedKey, 'eachSerial'>,
): (Artifact & { readonly count: number }) | undefined {
  const groups = [...pilesOf(key)]
    .sort(([a], [b]) => a - b)
    .map(([length, pile]) => ({ length, ...sortedOnce(pile, length) }));
  if (groups.length === 0) return undefined;
  const size = groups.reduce(
    (sum, { bytes }) => sum + bytes.length,
    headerBytes + groupBytes * groups.length,
  );
  const body = new Uint8Array(size);
  const data = new DataView(body.buffer);
  body.set(Buffer.from(setMagic, 'latin1'));
  data.setUint32(4, groups.length);
  let at = headerBytes + groupBytes * groups.length;
  for (const [index, { length, count, bytes }] of groups.entries()) {
    data.setUint32(headerBytes + groupBytes * index, length);
    data.setUint32(headerBytes + groupBytes * index + 4, count);
    body.set(bytes, at);
    at += bytes.length;
  }
  return {
    sha256: sha256Hex(body),
    kind: 'set',
    body,
    count: groups.reduce((sum, { count }) => sum + count, 0),
  };
}

function pilesOf(key: Pick<CheckedKey, 'eachSerial'>): ReadonlyMap<number, Pile> {
  const piles = new Map<number, Pile>();
  key.eachSerial((bytes, start, end) => {
    // Zero is one byte, as a certificate has it.
    const length = Math.max(1, end - start);
    let pile = piles.get(length);
    if (pile === undefined) {
      pile = { bytes: new Uint8Array(64 * length), count: 0 };
      piles.set(length, pile);
    }
    const at = pile.count * length;
    if (at === pile.bytes.length) {
      const larger = new Uint8Array(pile.bytes.length * 2);
      larger.set(pile.bytes);
      pile.bytes = larger;
    }
    for (let index = 0; index < end - start; index += 1)
      pile.bytes[at + index] = bytes[end - 1 - index] as number;
    pile.count += 1;
  });
  return piles;
}

/**
 * Sorted, each once. Numbers are sorted instead of serials: the first bits of a serial, and behind
 * them where it stands, together at most the 53 bits that a number holds exactly.
 */
function sortedOnce(
  { bytes, count }: Pile,
  length: number,
): { readonly bytes: Uint8Array; readonly count: number } {
  const positions = 2 ** Math.ceil(Math.log2(count + 1));
  const drop = Math.max(1, positions / 2 ** 21);
  const sortKeys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const at = index * length;
    let first = 0;
    for (let byte = 0; byte < 4; byte += 1)
      first = first * 256 + (byte < length ? (bytes[at + byte] as number) : 0);
    sortKeys[index] = Math.floor(first / drop) * positions + index;
  }
  sortKeys.sort();
  const order = Uint32Array.from(sortKeys, (sortKey) => sortKey % positions);
  sortTies(order, sortKeys, positions, (a, b) => compare(bytes, a * length, bytes, b * length, length));
  const sorted = new Uint8Array(count * length);
  let kept = 0;
  for (const index of order) {
    const from = index * length;
    if (kept > 0 && compare(sorted, (kept - 1) * length, bytes, from, length) === 0) continue;
    sorted.set(bytes.subarray(from, from + length), kept * length);
    kept += 1;
  }
  return { bytes: sorted.subarray(0, kept * length), count: kept };
}

/** Serials with the same first bits are few, but for those that somebody made so. */
function sortTies(
  order: Uint32Array,
  sortKeys: Float64Array,
  positions: number,
  compareSerials: (a: number, b: number) => number,
): void {
  let start = 0;
  for (let end = 1; end <= order.length; end += 1) {
    const first = Math.floor((sortKeys[start] as number) / positions);
    if (end < order.length && Math.floor((sortKeys[end] as number) / positions) === first) continue;
    if (end - start > 1) order.subarray(start, end).sort(compareSerials);
    start = end;
  }
}

function compare(a: Uint8Array, at: number, b: Uint8Array, from: number, length: number): number {
  let order = 0;
  for (let index = 0; index < length && order === 0; index += 1)
    order = (a[at + index] as number) - (b[from + index] as number);
  return order;
}

/**
 * The serials of a set, as lower-case hex without leading zeros.
 *
 * @throws RangeError when the bytes are no such file
 */
export function* serialsIn(body: Uint8Array): Iterable<string> {
  openSerialSet(body);
  const file = Buffer.from(body.buffer, body.byteOffset, body.length);
  const groups = file.readUInt32BE(4);
  let at = headerBytes + groupBytes * groups;
  for (let group = 0; group < groups; group += 1) {
    const length = file.readUInt32BE(headerBytes + groupBytes * group);
    const count = file.readUInt32BE(headerBytes + groupBytes * group + 4);
    for (let index = 0; index < count; index += 1, at += length)
      yield Buffer.from(file.subarray(at, at + length))
        .reverse()
        .toString('hex')
        .replace(/^0(?=.)/, '');
  }
}
