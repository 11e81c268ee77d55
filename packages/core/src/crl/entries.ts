import { DerError, hexOf, readTlv, type Tlv, tags } from '../base/der.ts';
import { extensionsOf } from '../bundle/extensions.ts';

/** Where the entries of a list stand, and what they say together. Nothing is made or kept for any of them. */
export interface Entries {
  readonly count: number;
  readonly start: number;
  readonly end: number;
  /** An entry names another issuer. */
  readonly indirect: boolean;
  /** An entry says removeFromCRL, which only a delta list may. */
  readonly removes: boolean;
  /** A serial is negative. */
  readonly negative: boolean;
}

/** No entry is shorter: a serial of one byte and a UTCTime. */
const shortest = 20;

/** All of revokedCertificates; see `walkEntries`. */
export function readEntries(der: Uint8Array, list: Tlv | undefined): Entries {
  const entries = walkEntries(der, list?.content ?? 0, list?.end ?? 0);
  if (list !== undefined && entries.end !== list.end)
    throw new DerError(`entry at byte ${entries.end} goes beyond the list`);
  return entries;
}

/**
 * Walks entries once, strictly, up to the first that does not end before `stop`: every length, serial, time and extension is checked.
 * Entries as nearly every CA writes them (short lengths, UTCTime, at most a reason code) are read in words of four bytes.
 *
 * @throws DerError
 * @see RFC 5280, 5.1.2.6
 */
export function walkEntries(der: Uint8Array, start: number, stop: number): Entries {
  const view = new DataView(der.buffer, der.byteOffset, der.byteLength);
  let count = 0;
  let indirect = false;
  let removes = false;
  let negative = false;
  let at = start;
  while (at < stop) {
    let end = plainEntryEnd(view, at, stop);
    if (end !== 0) {
      if (view.getInt8(at + 4) < 0) negative = true;
      // A plain entry ends with its reason, or with the Z of its time.
      if (view.getUint8(end - 1) === removeFromCrl) removes = true;
    } else {
      const entry = readEntry(der, at, stop);
      if (entry === undefined) break;
      indirect ||= entry.indirect;
      removes ||= entry.removes;
      negative ||= entry.negative;
      end = entry.end;
    }
    count += 1;
    at = end;
  }
  return { count, start, end: at, indirect, removes, negative };
}

/** Offset behind an entry that was walked over before. */
export function entryEnd(der: Uint8Array, entry: number): number {
  const length = der[entry + 1] as number;
  return length < 0x80 ? entry + 2 + length : readTlv(der, entry, der.length).end;
}

const removeFromCrl = 8;

/**
 * Where an entry of the plain form ends: SEQUENCE { INTEGER, UTCTime, nothing or the reason code }. 0 for any other, and for one with
 * anything wrong, which `readEntry` then tells by name.
 */
function plainEntryEnd(view: DataView, at: number, stop: number): number {
  if (at + shortest > stop) return 0;
  const head = view.getUint32(at);
  const length = head & 0x7f;
  const time = at + 4 + length;
  const end = at + 2 + ((head >>> 16) & 0x7f);
  const behind = end - time - 15;
  // SEQUENCE and INTEGER, both of less than 128 bytes.
  if ((head & 0xff80ff80) !== 0x30000200 || length === 0 || end > stop) return 0;
  if (behind !== 0 && behind !== 14) return 0;
  const sign = view.getUint16(at + 4) >>> 7;
  if (length > 1 && (sign === 0 || sign === 0x1ff)) return 0;
  if (view.getUint16(time) !== 0x170d || view.getUint8(time + 14) !== 0x5a) return 0;
  if (!isPlainTime(view.getInt32(time + 2), view.getInt32(time + 6), view.getInt32(time + 10))) return 0;
  if (behind === 0) return end;
  // SEQUENCE { SEQUENCE { OID 2.5.29.21, OCTET STRING { ENUMERATED of one byte } } }
  return view.getInt32(time + 15) === 0x300c300a &&
    view.getInt32(time + 19) === 0x0603551d &&
    view.getInt32(time + 23) === 0x1504030a &&
    view.getUint8(time + 27) === 1
    ? end
    : 0;
}

/** YYMM, DDhh and mmss in digits, in range; the 29th of February is left to the slower way. */
function isPlainTime(yearMonth: number, dayHour: number, minuteSecond: number): boolean {
  const high = (yearMonth ^ 0x30303030) | (dayHour ^ 0x30303030) | (minuteSecond ^ 0x30303030);
  if ((high & 0xf0f0f0f0) !== 0) return false;
  // A half byte above 9 carries when 6 is added.
  const carry =
    ((yearMonth & 0x0f0f0f0f) + 0x06060606) |
    ((dayHour & 0x0f0f0f0f) + 0x06060606) |
    ((minuteSecond & 0x0f0f0f0f) + 0x06060606);
  if ((carry & 0x10101010) !== 0) return false;
  const month = 10 * ((yearMonth >>> 8) & 15) + (yearMonth & 15);
  const day = 10 * ((dayHour >>> 24) & 15) + ((dayHour >>> 16) & 15);
  const hour = 10 * ((dayHour >>> 8) & 15) + (dayHour & 15);
  const minutes = (minuteSecond >>> 24) & 15;
  const seconds = (minuteSecond >>> 8) & 15;
  const days = month === 2 ? 28 : 30 + ((longMonths >>> month) & 1);
  const within =
    (month - 1) | (12 - month) | (day - 1) | (days - day) | (23 - hour) | (5 - minutes) | (5 - seconds);
  return within >= 0;
}

/** Bit 1 for January, and so on: months of 31 days. */
const longMonths = 0b1_0101_1010_1010;

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
  const said =
    afterTime === end ? nothingSaid : entryExtensions(der, readTlv(der, afterTime, end, tags.sequence), end);
  return { end, negative: first >= 0x80, indirect: said.indirect, removes: said.removes };
}

/** Content and end of an entry, whatever its length; undefined when its header is cut. */
function readHeader(der: Uint8Array, at: number, stop: number): Pick<Tlv, 'content' | 'end'> | undefined {
  const first = at + 1 < stop ? (der[at + 1] as number) : undefined;
  if (first === undefined) return undefined;
  if (first < 0x80) return { content: at + 2, end: at + 2 + first };
  if (first > 0x80 && first <= 0x84 && at + 2 + (first & 0x7f) > stop) return undefined;
  return readTlv(der, at, Number.POSITIVE_INFINITY);
}

/** UTCTime `YYMMDDHHMMSSZ` or GeneralizedTime `YYYYMMDDHHMMSSZ`, in range; gives the offset after it. */
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
  const two = (from: number) => 10 * (der[from] as number) + (der[from + 1] as number) - 528;
  const month = two(end - 11);
  const day = two(end - 9);
  // Only whether the year is a leap year matters, and 2000 was one.
  const year = length === 15 ? 100 * two(at + 2) + two(at + 4) : 2000 + two(at + 2);
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(month, year) ||
    two(end - 7) > 23 ||
    two(end - 5) > 59 ||
    two(end - 3) > 59
  )
    throw new DerError(`no such time at byte ${at}`);
  return end;
}

function daysIn(month: number, year: number): number {
  if (month !== 2) return 30 + ((longMonths >>> month) & 1);
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

const nothingSaid = { indirect: false, removes: false } as const;

/** RFC 5280, 5.3: reason code, invalidity date and certificate issuer are known; a critical one beside them refuses the list. */
function entryExtensions(
  der: Uint8Array,
  extensions: Tlv,
  end: number,
): { readonly indirect: boolean; readonly removes: boolean } {
  if (extensions.end !== end) throw new DerError(`bytes after the entry at ${extensions.end}`);
  let indirect = false;
  let removes = false;
  for (const { oid, critical, value } of extensionsOf(der, extensions)) {
    if (oid === '2.5.29.29') indirect = true;
    else if (oid === '2.5.29.21') removes ||= hexOf(der, value.content, value.end) === '0a0108';
    else if (oid !== '2.5.29.24' && oid !== '2.5.29.23' && critical)
      throw new DerError(`critical entry extension ${oid} is not understood`);
  }
  return { indirect, removes };
}
