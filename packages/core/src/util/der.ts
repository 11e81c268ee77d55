import { bufferOf } from './bytes.ts';

/** One element of a DER encoding, as offsets into the bytes it was read from. */
export interface Tlv {
  readonly tag: number;
  /** Offset of the tag. */
  readonly start: number;
  /** Offset of the first content byte. */
  readonly content: number;
  /** Offset after the last content byte. */
  readonly end: number;
}

/**
 * Thrown by the reader; callers turn it into their own code. Says what and where, never the bytes.
 */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * Reads the element at an offset strictly (X.690, 10): definite and shortest length, one-byte tags,
 * inside the limit.
 *
 * @throws DerError
 */
export function readTlv(der: Uint8Array, at: number, limit: number, expected?: number): Tlv {
  if (at + 2 > limit) throw new DerError(`cut at byte ${at}`);
  const tag = der[at] as number;
  if ((tag & 0x1f) === 0x1f) throw new DerError(`tag of several bytes at ${at}`);
  if (expected !== undefined && tag !== expected)
    throw new DerError(`expected tag ${expected} at byte ${at}, found ${tag}`);
  const first = der[at + 1] as number;
  if (first < 0x80) return ended(tag, at, at + 2, first, limit);
  const count = first & 0x7f;
  if (count === 0) throw new DerError(`indefinite length at byte ${at}`);
  if (count > 4 || at + 2 + count > limit) throw new DerError(`length of ${count} bytes at byte ${at}`);
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (der[at + 2 + index] as number);
  if (length < 0x80 || (count > 1 && length < 256 ** (count - 1)))
    throw new DerError(`length not in its shortest form at byte ${at}`);
  return ended(tag, at, at + 2 + count, length, limit);
}

function ended(tag: number, start: number, content: number, length: number, limit: number): Tlv {
  const end = content + length;
  if (end > limit) throw new DerError(`element at byte ${start} goes beyond its end`);
  return { tag, start, content, end };
}

/** The elements inside a constructed one, in order. */
export function childrenOf(der: Uint8Array, parent: Tlv): readonly Tlv[] {
  const children: Tlv[] = [];
  for (let at = parent.content; at < parent.end; ) {
    const child = readTlv(der, at, parent.end);
    children.push(child);
    at = child.end;
  }
  return children;
}

/** Checks an INTEGER's form: at least one byte, no needless sign byte. */
export function checkInteger(der: Uint8Array, { tag, content, end, start }: Tlv): void {
  if (tag !== tags.integer || end === content) throw new DerError(`no integer at byte ${start}`);
  const first = der[content] as number;
  const second = der[content + 1] ?? 0;
  if (end - content > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError(`integer not in its shortest form at byte ${start}`);
  }
}

/**
 * An INTEGER as lower-case hex without leading zeros, `-` in front when negative: how serials are
 * written everywhere here.
 */
export function integerHex(der: Uint8Array, content: number, end: number): string {
  if (((der[content] ?? 0) & 0x80) !== 0) {
    return `-${((1n << BigInt(8 * (end - content))) - BigInt(`0x${hexOf(der, content, end)}`)).toString(16)}`;
  }
  return hexOf(der, content, end).replace(/^0+(?=.)/, '');
}

/** Bytes as lower-case hex; of a Buffer without making a view first. */
export function hexOf(der: Uint8Array, from: number, to: number): string {
  return bufferOf(der).toString('hex', from, to);
}

const fourCenturiesMs = 146_097 * 86_400_000;

/**
 * UTCTime or GeneralizedTime in the only forms that RFC 5280 (4.1.2.5) allows: with seconds, in
 * Zulu, without fractions.
 */
export function timeOf(der: Uint8Array, { tag, content, end, start }: Tlv): number {
  const isUtc = tag === tags.utcTime && end - content === 13;
  if ((!isUtc && (tag !== tags.generalizedTime || end - content !== 15)) || der[end - 1] !== 0x5a)
    throw new DerError(`no time of RFC 5280 at byte ${start}`);
  for (let at = content; at < end - 1; at += 1)
    if ((der[at] as number) < 0x30 || (der[at] as number) > 0x39)
      throw new DerError(`no time of RFC 5280 at byte ${start}`);
  const two = (at: number) => 10 * (der[at] as number) + (der[at + 1] as number) - 528;
  const short = two(content);
  const year = isUtc ? short + (short < 50 ? 2000 : 1900) : 100 * short + two(content + 2);
  const [month, day, hour] = [two(end - 11), two(end - 9), two(end - 7)];
  const [minute, second] = [two(end - 5), two(end - 3)];
  // Years below 100 would be taken for those of the last century; the calendar repeats itself after
  // 400 years.
  const instant = Date.UTC(year + 400, month - 1, day, hour, minute, second) - fourCenturiesMs;
  const back = new Date(instant);
  if (
    back.getUTCMonth() !== month - 1 ||
    back.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw new DerError(`no such time at byte ${start}`);
  }
  return instant;
}

/**
 * An OBJECT IDENTIFIER in dotted form, its encoding checked: no number begins with padding, and the
 * last one ends. Without that two encodings would mean one name, and an extension could stand there
 * twice or pass for another.
 *
 * @throws DerError
 * @see X.690, 8.19.2
 */
export function strictOid(der: Uint8Array, { tag, content, end, start }: Tlv): string {
  if (tag !== tags.oid || end === content) throw new DerError(`no object identifier at byte ${start}`);
  if ((der[end - 1] as number) >= 0x80) throw new DerError(`object identifier without end at byte ${start}`);
  let text = '';
  let value = 0;
  for (let at = content; at < end; at += 1) {
    const byte = der[at] as number;
    if (byte === 0x80 && value === 0) throw new DerError(`object identifier with padding at byte ${start}`);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      // The first number holds two.
      const top = Math.min(2, Math.floor(value / 40));
      text = text === '' ? `${top}.${value - 40 * top}` : `${text}.${value}`;
      value = 0;
    }
  }
  return text;
}
