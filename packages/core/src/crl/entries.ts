import { DerError, hexOf, readTlv, type Tlv, tags } from '../base/der.ts';
import { extensionsOf } from '../bundle/extensions.ts';
import { type SerialIndex, serialIndex } from './serial-index.ts';

/** The entries of a list as offsets of their serials; no object is made for any of them. */
export interface Entries extends SerialIndex {
  readonly count: number;
  readonly indirect: boolean;
  /** An entry says removeFromCRL, which only a delta list may. */
  readonly removes: boolean;
  /** A serial is negative. */
  readonly negative: boolean;
}

const none: Entries = {
  count: 0,
  has: () => false,
  *serials() {},
  eachSerial() {},
  indirect: false,
  removes: false,
  negative: false,
};

/**
 * Walks revokedCertificates once, strictly: every length, serial and time is checked, and what is kept is one offset per entry. The loop
 * calls nothing for an entry as nearly every CA writes it: short lengths, UTCTime, at most a reason code.
 *
 * @throws DerError
 * @see RFC 5280, 5.1.2.6
 */
export function readEntries(der: Uint8Array, list: Tlv | undefined): Entries {
  if (list === undefined) return none;
  const stop = list.end;
  let offsets = new Uint32Array(Math.max(16, Math.ceil((stop - list.content) / 36)));
  let count = 0;
  let indirect = false;
  let removes = false;
  let negative = false;
  let at = list.content;
  while (at < stop) {
    if (der[at] !== tags.sequence) throw new DerError(`no entry at byte ${at}`);
    let content = at + 2;
    let end = content + (der[at + 1] as number);
    if ((der[at + 1] as number) >= 0x80) {
      const long = readTlv(der, at, stop);
      content = long.content;
      end = long.end;
    }
    if (!(end <= stop)) throw new DerError(`entry at byte ${at} goes beyond the list`);
    // The serial: INTEGER of at most 127 bytes, in its shortest form.
    const length = der[content + 1] as number;
    const afterSerial = content + 2 + length;
    if (der[content] !== tags.integer || length === 0 || length > 0x7f || afterSerial > end)
      throw new DerError(`no serial at byte ${content}`);
    const first = der[content + 2] as number;
    if (first >= 0x80) negative = true;
    if ((first === 0 || first === 0xff) && length > 1 && first >>> 7 === (der[content + 3] as number) >>> 7)
      throw new DerError(`serial not in its shortest form at byte ${content}`);
    const afterTime = timeEnd(der, afterSerial, end);
    if (afterTime < end) {
      if (!isPlainReason(der, afterTime, end)) {
        const seen = entryExtensions(der, readTlv(der, afterTime, end, tags.sequence), end);
        indirect = indirect || seen.indirect;
        removes = removes || seen.removes;
      } else if (der[end - 1] === removeFromCrl) removes = true;
    }
    if (count === offsets.length) offsets = grown(offsets);
    offsets[count] = content;
    count += 1;
    at = end;
  }
  return { count, indirect, removes, negative, ...serialIndex(der, offsets.subarray(0, count)) };
}

function grown(offsets: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(offsets.length * 2);
  larger.set(offsets);
  return larger;
}

/** UTCTime `YYMMDDHHMMSSZ` or GeneralizedTime `YYYYMMDDHHMMSSZ`, in range; gives the offset after it. */
function timeEnd(der: Uint8Array, at: number, limit: number): number {
  const length = der[at + 1] as number;
  const end = at + 2 + length;
  const digits = end - 11;
  if (
    !(end <= limit) ||
    (der[at] === tags.utcTime ? length !== 13 : der[at] !== tags.generalizedTime || length !== 15) ||
    der[end - 1] !== 0x5a
  )
    throw new DerError(`no time of RFC 5280 at byte ${at}`);
  // A byte that is no digit makes its difference negative or more than 9, and so sets the sign of `bad`.
  let bad = 0;
  for (let index = at + 2; index < digits; index += 1) {
    const digit = (der[index] as number) - 0x30;
    bad |= digit | (9 - digit);
  }
  const m1 = (der[digits] as number) - 0x30;
  const m0 = (der[digits + 1] as number) - 0x30;
  const d1 = (der[digits + 2] as number) - 0x30;
  const d0 = (der[digits + 3] as number) - 0x30;
  const h1 = (der[digits + 4] as number) - 0x30;
  const h0 = (der[digits + 5] as number) - 0x30;
  const i1 = (der[digits + 6] as number) - 0x30;
  const i0 = (der[digits + 7] as number) - 0x30;
  const s1 = (der[digits + 8] as number) - 0x30;
  const s0 = (der[digits + 9] as number) - 0x30;
  bad |= m1 | m0 | d1 | d0 | h1 | h0 | i1 | i0 | s1 | s0;
  bad |= (9 - m0) | (9 - d0) | (9 - h0) | (9 - i0) | (9 - s0) | (5 - i1) | (5 - s1);
  const month = 10 * m1 + m0;
  const day = 10 * d1 + d0;
  bad |= (month - 1) | (12 - month) | (day - 1) | (31 - day) | (23 - 10 * h1 - h0);
  if (bad < 0) throw new DerError(`no such time at byte ${at}`);
  return end;
}

const removeFromCrl = 8;
/** SEQUENCE { SEQUENCE { OID 2.5.29.21, OCTET STRING { ENUMERATED } } }: the reason code, as nearly every CA writes it. */
const plainReason = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01] as const;

function isPlainReason(der: Uint8Array, at: number, end: number): boolean {
  if (end - at !== plainReason.length + 1) return false;
  for (let index = 0; index < plainReason.length; index += 1)
    if (der[at + index] !== plainReason[index]) return false;
  return true;
}

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
