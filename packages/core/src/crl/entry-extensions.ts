import { DerError, readTlv, strictOid, tags } from '../util/der.ts';

/**
 * What the extensions of one entry say: bits, so that nothing is made for the millions of entries
 * that a CRL may have.
 */
export const entrySays = { nothing: 0, otherIssuer: 1, removeFromCrl: 2 } as const;

/** RFC 5280 knows four extensions of an entry, and no CA writes more than a few. */
const most = 16;

/**
 * Reads the extensions of an entry, as strictly as `extensionsOf` reads those of a list. Reason
 * code, invalidity date, hold instruction and certificate issuer are known; a critical one beside
 * them refuses the list.
 *
 * @param at offset of their SEQUENCE, which has to fill the entry
 * @returns bits of `entrySays`
 * @throws DerError
 * @see RFC 5280, 5.3
 */
export function entryExtensions(der: Uint8Array, at: number, end: number): number {
  if (endOf(der, at, end, tags.sequence) !== end) throw new DerError(`bytes after the entry at byte ${at}`);
  const first = contentOf(der, at);
  let said: number = entrySays.nothing;
  let count = 0;
  for (let next = first; next < end; count += 1) {
    if (count === most) throw new DerError(`more than ${most} extensions of an entry at byte ${next}`);
    const extension = next;
    next = endOf(der, extension, end, tags.sequence);
    const oid = contentOf(der, extension);
    const afterOid = endOf(der, oid, next, tags.oid);
    const critical = der[afterOid] === tags.boolean && afterOid < next;
    const value = critical ? endOf(der, afterOid, next, tags.boolean) : afterOid;
    const flag = der[afterOid + 2];
    if (
      endOf(der, value, next, tags.octetString) !== next ||
      (critical && (value !== afterOid + 3 || (flag !== 0 && flag !== 0xff)))
    )
      throw new DerError(`no extension at byte ${extension}`);
    checkOid(der, oid, afterOid);
    for (let other = first; other < extension; other = endOf(der, other, end, tags.sequence))
      if (sameOid(der, contentOf(der, other), oid, afterOid))
        throw new DerError(`an extension stands twice at byte ${extension}`);
    said |= meaning(der, oid, afterOid, value, next, critical && flag === 0xff);
  }
  return said;
}

/** Offset behind an element, which is checked as `readTlv` checks it. */
function endOf(der: Uint8Array, at: number, limit: number, tag: number): number {
  const length = der[at + 1] as number;
  const end = at + 2 + length;
  return der[at] === tag && length < 0x80 && end <= limit ? end : readTlv(der, at, limit, tag).end;
}

/** Offset of the content of an element that was checked. */
function contentOf(der: Uint8Array, at: number): number {
  const length = der[at + 1] as number;
  return length < 0x80 ? at + 2 : at + 2 + (length & 0x7f);
}

/** That it ends, and that no number in it begins with padding (X.690, 8.19.2). */
function checkOid(der: Uint8Array, at: number, end: number): void {
  let before = 0;
  for (let index = contentOf(der, at); index < end; index += 1) {
    const byte = der[index] as number;
    if (byte === 0x80 && before < 0x80) throw new DerError(`object identifier with padding at byte ${at}`);
    before = byte;
  }
  if (before >= 0x80 || contentOf(der, at) === end) throw new DerError(`no object identifier at byte ${at}`);
}

function sameOid(der: Uint8Array, one: number, other: number, otherEnd: number): boolean {
  for (let index = 0; other + index < otherEnd; index += 1)
    if (der[one + index] !== der[other + index]) return false;
  return true;
}

/**
 * 2.5.29.29 is the certificate issuer, 21 the reason code, 23 the hold instruction, 24 the
 * invalidity date.
 */
function meaning(
  der: Uint8Array,
  oid: number,
  afterOid: number,
  value: number,
  end: number,
  critical: boolean,
): number {
  const isKnown = afterOid === oid + 5 && der[oid + 2] === 0x55 && der[oid + 3] === 0x1d;
  const last = isKnown ? der[oid + 4] : undefined;
  if (last === 29) return entrySays.otherIssuer;
  if (last === 21) {
    const reason = contentOf(der, value);
    const removes =
      end === reason + 3 && der[reason] === 0x0a && der[reason + 1] === 1 && der[reason + 2] === 8;
    return removes ? entrySays.removeFromCrl : entrySays.nothing;
  }
  if (critical && last !== 23 && last !== 24)
    throw new DerError(
      `critical entry extension ${strictOid(der, readTlv(der, oid, end))} is not understood`,
    );
  return entrySays.nothing;
}
