import { X509Certificate } from 'node:crypto';
import {
  type Certificate,
  type CheckedKey,
  caName,
  checkedKeys,
  type DenyEntry,
  defined,
  type IssuerCrl,
  isIssuedBy,
  isoTime,
  type RevocationSet,
  sha256Hex,
  slotOf,
  type Trust,
} from '@trustloom/core/adapter';
import type { ManifestCrl, ManifestKey } from './manifest.ts';

/** What the authorizer of a target should know of one CA key. */
export interface DesiredKey {
  /**
   * As it will stand in the manifest, but for the sets, which are made only when they have to be,
   * and for what is denied besides.
   */
  readonly row: Omit<ManifestKey, 'sets' | 'denied'>;
  /** Digest of the CRLs that make the set. */
  readonly from: string;
  readonly denied: readonly DenyEntry[];
  readonly retained: readonly string[];
  /** The CRL in force could not be read: what is published of this key stays. */
  readonly unread: boolean;
  /**
   * SHA-256 of its CRLs of which enforcement was withdrawn: they go by the consent that names them.
   */
  readonly withdrawn: readonly string[];
  readonly source: Pick<CheckedKey, 'cas' | 'eachSerial'>;
}

/** What the authorizer of a target should know. */
export interface DesiredManifest {
  readonly graceMs: number;
  readonly keys: readonly DesiredKey[];
  /** What explains that an entry goes. */
  readonly revocation: RevocationSet;
}

/**
 * What the authorizer should know, key by key. The sets have what the CRLs list; everything else
 * stands in the manifest itself, where it can be read, and so that an emergency moves no large
 * file.
 */
export function desiredManifest({ known, revocation }: Trust): DesiredManifest {
  const checked = checkedKeys({ known, revocation: { ...revocation, denied: [], retained: new Map() } });
  const revoked = revokedKeys(checked);
  const keys = checked.map((key): DesiredKey => {
    const { keySha256, cas, nextUpdate } = key;
    const unread = key.state === 'unread';
    const crls = revocation.crls.filter(({ issuer }) => issuer.keySha256 === keySha256);
    const [ca] = crls.length > 0 ? crls.map(({ issuer }) => issuer) : cas;
    return {
      from: crlsDigest(key.crls),
      denied: revocation.denied.filter(({ caKey }) => caKey === keySha256),
      retained: revocation.retained.get(keySha256) ?? [],
      unread,
      withdrawn: revocation.withdrawn
        .filter((crl) => crl.keySha256 === keySha256)
        .map(({ sha256 }) => sha256),
      source: key,
      row: {
        key: keySha256,
        ca: ca === undefined ? keySha256 : caName(ca),
        names: sorted(cas.map(({ subject }) => subject.der)),
        ...defined({ publicKey: publicKeyOf(cas[0]) }),
        state: revoked.has(keySha256)
          ? 'revoked'
          : unread
            ? 'missing'
            : crls.length > 0
              ? 'listed'
              : 'unlisted',
        ...defined({ nextUpdate: nextUpdate === undefined ? undefined : isoTime(nextUpdate) }),
        crls: crls.map(manifestCrl),
      },
    };
  });
  return { graceMs: revocation.graceMs, keys, revocation };
}

/** Digest of the CRLs that a set is made from, by their SHA-256. */
export function crlsDigest(crls: readonly string[]): string {
  return sha256Hex(JSON.stringify(sorted(crls)));
}

function manifestCrl({ issuer, crl }: IssuerCrl): ManifestCrl {
  const { sha256, entryCount, thisUpdate, nextUpdate, number } = crl;
  const slot = slotOf(crl);
  return {
    sha256,
    issuer: issuer.subject.text,
    entries: entryCount,
    thisUpdate: isoTime(thisUpdate),
    ...defined({
      nextUpdate: nextUpdate === undefined ? undefined : isoTime(nextUpdate),
      number,
      slot: slot === '' ? undefined : slot,
    }),
  };
}

/**
 * Keys through which nobody is admitted: one of their certificates is revoked, or every chain above
 * goes through such a key.
 */
function revokedKeys(keys: readonly CheckedKey[]): ReadonlySet<string> {
  const revoked = new Set(keys.filter((key) => key.revoked).map(({ keySha256 }) => keySha256));
  if (revoked.size === 0) return revoked;
  const all = keys.flatMap(({ cas }) => cas);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { keySha256, cas } of keys) {
      if (revoked.has(keySha256) || !cas.every((ca) => isBelow(ca, all, revoked))) continue;
      revoked.add(keySha256);
      grown = true;
    }
  }
  return revoked;
}

/** Its issuers are known, and all of them are revoked. */
function isBelow(ca: Certificate, all: readonly Certificate[], revoked: ReadonlySet<string>): boolean {
  if (ca.selfSigned) return false;
  const issuers = all.filter((issuer) => isIssuedBy(ca, issuer));
  return issuers.length > 0 && issuers.every(({ keySha256 }) => revoked.has(keySha256));
}

function publicKeyOf(ca: Certificate | undefined): string | undefined {
  if (ca === undefined) return undefined;
  try {
    return new X509Certificate(ca.der).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined; // A kind of key that this Node cannot use: its leaves are found by name alone.
  }
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
