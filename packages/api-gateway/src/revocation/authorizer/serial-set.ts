/** True when a serial is in a set. Given is its magnitude: big-endian, without leading zeros, zero as one byte. */
export type SerialSet = (serial: Uint8Array) => boolean;

/** First four bytes of a file: what it is, and the version of its form. */
export const setMagic = 'TSS1';

/**
 * Opens a set where it lies: nothing is copied and nothing is made for an entry. Serials stand in groups
 * of one length, last byte first, sorted, one after the other: so nothing is padded, serials of any
 * length are exact, and crafted ones cannot make the search slow.
 *
 * Form: `TSS1`, number of groups; for each group length and count (32 bits, big-endian); then the
 * groups' serials.
 *
 * @throws RangeError when the bytes are no such file
 */
export function openSerialSet(bytes: Uint8Array): SerialSet {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const groups = new Map<number, { readonly start: number; readonly count: number }>();
  const tableEnd = 8 + 8 * file.readUInt32BE(4);
  let end = tableEnd;
  for (let at = 8; at < tableEnd; at += 8) {
    const length = file.readUInt32BE(at);
    const count = file.readUInt32BE(at + 4);
    groups.set(length, { start: end, count });
    end += length * count;
  }
  if (file.toString('latin1', 0, 4) !== setMagic || end !== file.length)
    throw new RangeError('no set of serials');
  return (serial) => {
    const { length } = serial;
    const { start, count } = groups.get(length) ?? { start: 0, count: 0 };
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = start + middle * length;
      let order = 0;
      for (let index = 0; index < length && order === 0; index += 1)
        order = (bytes[at + index] as number) - (serial[length - 1 - index] as number);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  };
}
