import type { Trust } from '../adapter/target.ts';
import { mergeCrls } from '../crl/merged.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/**
 * All that a checker of ours has to know of one CA key: whom to refuse, and until when it may say
 * yes.
 */
export interface CheckedKey {
  /** SHA-256 of the key, lower-case hex. */
  readonly keySha256: string;
  /**
   * Known certificates with this key, sorted by SHA-256: renewed and cross-signed certificates. Never
   * empty.
   */
  readonly cas: readonly Certificate[];
  /** The CA itself is revoked by its issuer: nobody is admitted through this key. */
  readonly revoked: boolean;
  /**
   * `listed`: the CRLs are available. `kept`: one is in force and not available, so nothing that a
   * checker holds of this key may go. `unlisted`: the definition names no CRL of it.
   */
  readonly state: 'listed' | 'unread' | 'unlisted';
  /** SHA-256 of the CRLs that went in. */
  readonly crls: readonly string[];
  /**
   * End of the first CRL to end (a delta CRL's own end does not count), grace not counted; absent
   * when nothing goes stale.
   */
  readonly nextUpdate?: Instant;
  /** Serials that `eachSerial` visits. */
  readonly count: number;
  /**
   * Visits every serial to be refused: listed, retained, or on the deny list. Given are the
   * magnitude's bytes, without leading zeros; a serial may come twice. Negative serials are left
   * out: no service admits such a certificate.
   */
  eachSerial(visit: (bytes: Uint8Array, start: number, end: number) => void): void;
}

/**
 * The revocation set of a target as a checker of ours needs it, key by key, sorted by key: for
 * connection functions and authorizers. A key that is not here belongs to no known CA, and a
 * checker refuses it.
 *
 * @example
 * for (const key of checkedKeys(trust)) key.eachSerial((bytes, start, end) => add(bytes.subarray(start, end)))
 */
export function checkedKeys({
  known,
  revocation,
}: Pick<Trust, 'known' | 'revocation'>): readonly CheckedKey[] {
  const byKey = new Map<string, Certificate[]>();
  for (const ca of known) byKey.set(ca.keySha256, [...(byKey.get(ca.keySha256) ?? []), ca]);
  const revoked = new Set(revocation.revokedCas.map(({ keySha256 }) => keySha256));
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([keySha256, cas]) => {
      const crls = revocation.crls.filter(({ issuer }) => issuer.keySha256 === keySha256);
      const added = [
        ...(revocation.retained.get(keySha256) ?? []),
        ...revocation.denied.filter(({ caKey }) => caKey === keySha256).map(({ serial }) => serial),
      ];
      const { nextUpdate, count, ...merged } = mergeCrls(crls);
      const kept = revocation.unread.has(keySha256);
      return {
        keySha256,
        cas: [...cas].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)),
        revoked: revoked.has(keySha256),
        state: kept ? 'unread' : crls.length > 0 ? 'listed' : 'unlisted',
        crls: crls.map(({ crl }) => crl.sha256),
        ...defined({ nextUpdate }),
        count: count + added.length,
        eachSerial(visit) {
          merged.eachSerial(visit);
          for (const serial of added) visitHex(serial, visit);
        },
      };
    });
}

function visitHex(serial: string, visit: (bytes: Uint8Array, start: number, end: number) => void): void {
  if (serial.startsWith('-')) return;
  const digits = serial.replace(/^0+/, '');
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  visit(bytes, 0, bytes.length);
}
