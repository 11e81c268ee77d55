import { integerHex } from '../util/der.ts';
import type { Crl } from './crl.ts';
import { type Entries, entryEnd } from './entries.ts';
import { type SerialIndex, serialAt, serialEnd, serialIndex, serialStart } from './serial-index.ts';

/** How a CRL answers for its serials. */
export type Serials = Pick<Crl, 'has' | 'hasInteger' | 'serials' | 'eachSerial'>;

/** Serials by value. The index is made at the first question. */
export function serialsOf(der: Uint8Array, entries: Entries): Serials {
  let index: SerialIndex | undefined;
  const hasInteger = (bytes: Uint8Array, start = 0, end = bytes.length) => {
    if (entries.count === 0 || start >= end) return false;
    const negative = (bytes[start] as number) >= 0x80;
    let from = start;
    while (from < end - 1 && bytes[from] === 0) from += 1;
    index ??= indexed(der, entries);
    return index.find(bytes, from, end, negative) !== 0;
  };
  return {
    hasInteger,
    has(serial) {
      const content = integerContent(serial);
      return content !== undefined && hasInteger(content);
    },
    *serials() {
      for (let at = entries.start; at < entries.end; at = entryEnd(der, at)) yield serialText(der, at);
    },
    eachSerial(visit) {
      for (let at = entries.start; at < entries.end; at = entryEnd(der, at))
        visit(der, serialStart(der, at), serialEnd(der, at));
    },
  };
}

function indexed(der: Uint8Array, { start, end, count }: Entries): SerialIndex {
  const index = serialIndex(der, count);
  for (let at = start; at < end; at = entryEnd(der, at)) index.add(at);
  return index;
}

/** The serial of an entry as text: lower-case hex without leading zeros. */
export function serialText(der: Uint8Array, entry: number): string {
  return integerHex(der, serialAt(der, entry) + 2, serialEnd(der, entry));
}

/**
 * The content of an INTEGER with this value; undefined for what is no integer in hex, or longer
 * than any serial here.
 */
function integerContent(serial: string): Uint8Array | undefined {
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
