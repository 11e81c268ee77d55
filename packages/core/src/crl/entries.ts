import { dataViewOf } from '../util/bytes.ts';
import { DerError, readTlv, type Tlv, tags } from '../util/der.ts';
import { entryExtensions, entrySays } from './entry-extensions.ts';

/**
 * Where the entries of a CRL stand, and what they say together. Nothing is made or kept for any of
 * them.
 */
export interface Entries {
  readonly count: number;
  readonly start: number;
  readonly end: number;
  /** An entry names another issuer. */
  readonly indirect: boolean;
  /** An entry says removeFromCRL, which only a delta CRL may. */
  readonly removes: boolean;
  /** A serial is negative. */
  readonly negative: boolean;
}

/**
 * What stands before the entries of a CRL, what stands behind them, and a single entry are no
 * larger than this, in bytes: whatever a hostile CRL holds there, reading it costs little. A name
 * of 64 KiB is no name, and the longest signatures have 50,000 bytes.
 */
export const mostHeld = 2 ** 16;

/**
 * From its first byte, an entry of short lengths and all that is read of it together take no more.
 */
const longest = 160;

/** All of revokedCertificates; see `walkEntries`. */
export function readEntries(der: Uint8Array, sequence: Tlv | undefined): Entries {
  const entries = walkEntries(der, sequence?.content ?? 0, sequence?.end ?? 0);
  if (sequence !== undefined && entries.end !== sequence.end)
    throw new DerError(`entry at byte ${entries.end} goes beyond the CRL`);
  return entries;
}

/**
 * Walks entries once, strictly, up to the first that does not end before `stop`: every length,
 * serial, time and extension is checked. Entries as nearly every CA writes them (short lengths,
 * UTCTime, at most a reason code) are read in words, and judged by one branch: what is wrong in any
 * of them sets a bit of `odd`, and whatever is odd goes the slower way, which knows every form and
 * tells by name.
 *
 * @throws DerError
 * @see RFC 5280, 5.1.2.6
 */
export function walkEntries(der: Uint8Array, start: number, stop: number): Entries {
  const data = dataViewOf(der);
  let count = 0;
  let indirect = false;
  let removes = false;
  let negative = false;
  let at = start;
  while (at < stop) {
    if (at + longest <= stop) {
      // SEQUENCE and INTEGER, both of less than 128 bytes; the serial's first bytes.
      const firstBytes = data.getInt32(at);
      const size = (firstBytes >>> 16) & 0x7f;
      const length = firstBytes & 0x7f;
      const first = data.getInt16(at + 4);
      const time = at + 4 + length;
      const behind = size - length - 2;
      // All ones when more than the time stands behind the serial: it must be a reason code then,
      // and nothing else.
      const more = (timeSize - behind) >> 31;
      const reason = data.getInt16(time + timeSize + 12);
      const odd =
        ((firstBytes & 0xff80ff80) ^ 0x30000200) |
        Math.imul(behind - timeSize, behind - timeSize - reasonSize) |
        oddTime(data, time) |
        (more & (oddReason(data, time + timeSize) | ((reason & 0xff00) ^ 0x0100)));
      // A serial of no bytes, and one that may have a needless sign byte.
      const doubtful = length === 0 || ((first >> 7) + 1) >>> 0 < 2;
      if (odd === 0 && !doubtful) {
        if (first < 0) negative = true;
        if ((reason & more & 0xff) === removeFromCrl) removes = true;
        count += 1;
        at += 2 + size;
        continue;
      }
    }
    const entry = readEntry(der, at, stop);
    if (entry === undefined) break;
    indirect ||= entry.indirect;
    removes ||= entry.removes;
    negative ||= entry.negative;
    count += 1;
    at = entry.end;
  }
  return { count, start, end: at, indirect, removes, negative };
}

/** Offset behind an entry that was walked over before. */
export function entryEnd(der: Uint8Array, entry: number): number {
  const length = der[entry + 1] as number;
  return length < 0x80 ? entry + 2 + length : readTlv(der, entry, der.length).end;
}

const removeFromCrl = 8;
/** UTCTime with its header. */
const timeSize = 15;
/** SEQUENCE { SEQUENCE { OID 2.5.29.21, OCTET STRING { ENUMERATED of one byte } } } */
const reasonSize = 14;

/** 0 for this much of the reason code: all but its ENUMERATED's length and value. */
function oddReason(data: DataView, at: number): number {
  return (
    (data.getInt32(at) ^ 0x300c300a) |
    (data.getInt32(at + 4) ^ 0x0603551d) |
    (data.getInt32(at + 8) ^ 0x1504030a)
  );
}

/**
 * 0 for a UTCTime `YYMMDDhhmmssZ` in range; the 29th of February is left to the slower way. The
 * digits lie in half bytes when 0x30 is taken off them, two of them packed in a byte compare as
 * their numbers do, and a half byte above 9 carries when 6 is added.
 */
function oddTime(data: DataView, at: number): number {
  const year = data.getInt32(at) ^ 0x170d3030;
  const monthDay = data.getInt32(at + 4) ^ 0x30303030;
  const hourMinute = data.getInt32(at + 8) ^ 0x30303030;
  const second = data.getInt32(at + 12) ^ 0x30305a00;
  const date = (monthDay | (monthDay >>> 4)) & 0x00ff00ff;
  const clock = (hourMinute | (hourMinute >>> 4)) & 0x00ff00ff;
  const day = date & 0xff;
  const lastDay = lastDays[date >>> 16] as number;
  return (
    (year & 0xfffff0f0) |
    ((monthDay | hourMinute) & 0xf0f0f0f0) |
    (second & 0xf0f0ff00) |
    ((year + 0x0606) & 0x1010) |
    ((monthDay + 6) & 0x10) |
    ((hourMinute + 0x00060006) & 0x00100010) |
    ((0x05090000 - (second & 0x0f0f0000)) & 0xf0f00000) |
    (((lastDay - day) | (day - 1) | (0x00230059 - clock)) & 0x80008000)
  );
}

/** The last day of each month, both as packed digits: 0x31 under 0x12. 0 for what is no month. */
const lastDays = new Uint8Array(256);
lastDays.set([0x31, 0x28, 0x31, 0x30, 0x31, 0x30, 0x31, 0x31, 0x30], 0x01);
lastDays.set([0x31, 0x30, 0x31], 0x10);

interface Entry {
  readonly end: number;
  readonly indirect: boolean;
  readonly removes: boolean;
  readonly negative: boolean;
}

/** Any entry; undefined for one that goes beyond `stop`. */
function readEntry(der: Uint8Array, at: number, stop: number): Entry | undefined {
  if (der[at] !== tags.sequence) throw new DerError(`no entry at byte ${at}`);
  const header = readHeader(der, at, stop);
  if (header !== undefined && header.end - at > mostHeld)
    throw new DerError(`entry of more than ${mostHeld} bytes at byte ${at}`);
  if (header === undefined || header.end > stop) return undefined;
  const { content, end } = header;
  // The serial: INTEGER of at most 127 bytes, in its shortest form.
  const length = der[content + 1] as number;
  const afterSerial = content + 2 + length;
  if (der[content] !== tags.integer || length === 0 || length > 0x7f || afterSerial > end)
    throw new DerError(`no serial at byte ${content}`);
  const first = der[content + 2] as number;
  if ((first === 0 || first === 0xff) && length > 1 && first >>> 7 === (der[content + 3] as number) >>> 7)
    throw new DerError(`serial not in its shortest form at byte ${content}`);
  const afterTime = timeEnd(der, afterSerial, end);
  const said = afterTime === end ? entrySays.nothing : entryExtensions(der, afterTime, end);
  return {
    end,
    negative: first >= 0x80,
    indirect: (said & entrySays.otherIssuer) !== 0,
    removes: (said & entrySays.removeFromCrl) !== 0,
  };
}

/** Content and end of an entry, whatever its length; undefined when its header is cut. */
function readHeader(der: Uint8Array, at: number, stop: number): Pick<Tlv, 'content' | 'end'> | undefined {
  const first = at + 1 < stop ? (der[at + 1] as number) : undefined;
  if (first === undefined) return undefined;
  if (first < 0x80) return { content: at + 2, end: at + 2 + first };
  if (first > 0x80 && first <= 0x84 && at + 2 + (first & 0x7f) > stop) return undefined;
  return readTlv(der, at, Number.POSITIVE_INFINITY);
}

/**
 * UTCTime `YYMMDDHHMMSSZ` or GeneralizedTime `YYYYMMDDHHMMSSZ`, in range; gives the offset after
 * it.
 */
function timeEnd(der: Uint8Array, at: number, limit: number): number {
  const length = der[at + 1] as number;
  const end = at + 2 + length;
  if (
    !(end <= limit) ||
    (der[at] === tags.utcTime ? length !== 13 : der[at] !== tags.generalizedTime || length !== 15) ||
    der[end - 1] !== 0x5a
  )
    throw new DerError(`no time of RFC 5280 at byte ${at}`);
  for (let index = at + 2; index < end - 1; index += 1)
    if ((der[index] as number) < 0x30 || (der[index] as number) > 0x39)
      throw new DerError(`no such time at byte ${at}`);
  const month = two(der, end - 11);
  const day = two(der, end - 9);
  // Only whether the year is a leap year matters, and 2000 was one.
  const year = length === 15 ? 100 * two(der, at + 2) + two(der, at + 4) : 2000 + two(der, at + 2);
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(month, year) ||
    two(der, end - 7) > 23 ||
    two(der, end - 5) > 59 ||
    two(der, end - 3) > 59
  )
    throw new DerError(`no such time at byte ${at}`);
  return end;
}

/** The number of two digits. */
function two(der: Uint8Array, at: number): number {
  return 10 * (der[at] as number) + (der[at + 1] as number) - 528;
}

/** Bit 1 for January, and so on: months of 31 days. */
const longMonths = 0b1_0101_1010_1010;

function daysIn(month: number, year: number): number {
  if (month !== 2) return 30 + ((longMonths >>> month) & 1);
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
