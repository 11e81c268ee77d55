import { TrustloomError } from '../errors/error.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { commonName } from '../x509/name.ts';

/**
 * One emergency entry of the deny list: a certificate that is refused although no CRL of its CA
 * names it yet.
 */
export interface DenyEntry {
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  /** SHA-256 of the CA's key. */
  readonly caKey: string;
  /** The CA for people: `Acme Issuing CA [308be4eb]`. */
  readonly ca: string;
  readonly by: string;
  readonly why: string;
  /** ISO time. */
  readonly since: string;
  /** End of the certificate, where the certificate itself was available. */
  readonly notAfter?: string;
}

/** A serial that a person took off the deny list. */
export interface ReleasedSerial {
  /** SHA-256 of the CA's key. */
  readonly caKey: string;
  readonly serial: string;
  /** ISO time. */
  readonly since: string;
}

/**
 * A serial in any notation in use (colons, upper case, leading zeros, `0x`), as the one that is
 * compared.
 */
export function normalSerial(text: string): string {
  const hex = text.trim().replace(/^0x/i, '').replace(/[:\s]/g, '').toLowerCase();
  if (!/^[0-9a-f]{1,80}$/.test(hex))
    throw new TrustloomError('serial-malformed', 'not a serial number in hex, with or without colons');
  return hex.replace(/^0+(?=.)/, '');
}

/** The deny list with one entry more; as it was when it has it already. */
export function withDenied(entries: readonly DenyEntry[], entry: DenyEntry): readonly DenyEntry[] {
  const there = entries.some(({ serial, caKey }) => serial === entry.serial && caKey === entry.caKey);
  return there ? entries : [...entries, entry];
}

/** @throws TrustloomError `not-denied` when no such entry is there */
export function withoutDenied(
  entries: readonly DenyEntry[],
  { serial, caKey }: Pick<DenyEntry, 'serial' | 'caKey'>,
): readonly DenyEntry[] {
  const left = entries.filter((entry) => entry.serial !== serial || entry.caKey !== caKey);
  if (left.length === entries.length)
    throw new TrustloomError(
      'not-denied',
      `the deny list has no entry for serial ${serial} of that CA; see it with \`trustloom denied\``,
    );
  return left;
}

/**
 * Entries that still matter: a certificate past its end is refused anyway, unless a target ignores
 * expiry.
 */
export function deniedNow(
  entries: readonly DenyEntry[],
  now: Instant,
  expiryIgnored: boolean,
): readonly DenyEntry[] {
  return entries.filter(
    ({ notAfter }) => expiryIgnored || notAfter === undefined || Date.parse(notAfter) > now,
  );
}

/** An entry for a serial of a CA. */
export function denyEntry(
  serial: string,
  ca: Certificate,
  said: { readonly by: string; readonly why: string; readonly now: Instant; readonly notAfter?: Instant },
): DenyEntry {
  return {
    serial: normalSerial(serial),
    caKey: ca.keySha256,
    ca: `${commonName(ca.subject)} [${ca.sha256.slice(0, 8)}]`,
    by: said.by,
    why: said.why,
    since: isoTime(said.now),
    ...(said.notAfter === undefined ? {} : { notAfter: isoTime(said.notAfter) }),
  };
}
