/**
 * The two cyclic redundancy checks that Node does not have, both reflected, both started and ended
 * with all ones.
 */

/** CRC-32C (Castagnoli), polynomial 0x1EDC6F41; four bytes, big-endian. */
export function crc32c(data: Uint8Array): Uint8Array {
  let crc = 0xffffffff;
  for (const byte of data) crc = (CRC32C[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return words(~crc);
}

/**
 * CRC-64/NVME, polynomial 0xAD93D23594C93659; eight bytes, big-endian. Two halves, since BigInt
 * would be slow.
 */
export function crc64nvme(data: Uint8Array): Uint8Array {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of data) {
    const index = (low ^ byte) & 0xff;
    low = (CRC64.low[index] ?? 0) ^ ((low >>> 8) | (high << 24));
    high = (CRC64.high[index] ?? 0) ^ (high >>> 8);
  }
  return words(~high, ~low);
}

const CRC32C = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

const CRC64 = (() => {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit += 1)
      value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
    high[index] = Number(BigInt.asIntN(32, value >> 32n));
    low[index] = Number(BigInt.asIntN(32, value));
  }
  return { high, low };
})();

function words(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value | 0, index * 4);
  return bytes;
}
