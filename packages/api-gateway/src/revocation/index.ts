import { X509Certificate } from 'node:crypto';
import {
  type Certificate,
  type CheckedKey,
  caName,
  checkedKeys,
  defined,
  isIssuedBy,
  isoTime,
  sha256Hex,
  type Trust,
} from '@trustloom/core/adapter';
import type { ManifestCrl, ManifestKey } from './manifest.ts';

/** What the authorizer of a target should know of one CA key. */
export interface DesiredKey {
  /** The CA for people. */
  readonly name: string;
  /** As it will stand in the manifest, but for the set, which is made only when it has to be. */
  readonly row: Omit<ManifestKey, 'set'>;
  /** The CRL in force could not be read: what is published of this key stays. */
  readonly unread: boolean;
  /**
   * SHA-256 of its CRLs of which enforcement was withdrawn: they go by the consent that names them.
   */
  readonly withdrawn: readonly string[];
  readonly source: Pick<CheckedKey, 'eachSerial'>;
}

/** What the authorizer of a target should know. */
export interface DesiredManifest {
  readonly graceMs: number;
  readonly keys: readonly DesiredKey[];
}

/**
 * What the authorizer should know, key by key. The deny list stands in the manifest itself and
 * everything else in the sets, so that an emergency moves no large file.
 */
export function desiredManifest({ known, revocation }: Trust): DesiredManifest {
  const checked = checkedKeys({ known, revocation: { ...revocation, denied: [] } });
  const revoked = revokedKeys(checked);
  const keys = checked.map((key): DesiredKey => {
    const { keySha256, cas, nextUpdate } = key;
    const unread = key.state === 'unread';
    const retained = revocation.retained.get(keySha256) ?? [];
    const denied = revocation.denied.filter(({ caKey }) => caKey === keySha256).map(({ serial }) => serial);
    const crls = revocation.crls.filter(({ issuer }) => issuer.keySha256 === keySha256);
    const [ca] = crls.length > 0 ? crls.map(({ issuer }) => issuer) : cas;
    return {
      name: ca === undefined ? keySha256 : caName(ca),
      unread,
      withdrawn: revocation.withdrawn
        .filter((crl) => crl.keySha256 === keySha256)
        .map(({ sha256 }) => sha256),
      source: key,
      row: {
        key: keySha256,
        names: sorted(cas.map(({ subject }) => subject.der)),
        keyIds: sorted(cas.flatMap(({ subjectKeyId }) => subjectKeyId ?? [])),
        ...defined({ publicKey: publicKeyOf(cas[0]) }),
        state: revoked.has(keySha256)
          ? 'revoked'
          : unread
            ? 'missing'
            : crls.length > 0
              ? 'listed'
              : 'unlisted',
        ...(nextUpdate === undefined ? {} : { nextUpdate: isoTime(nextUpdate) }),
        also: sorted(unread ? [...retained, ...denied] : denied),
        crls: crls.map(
          ({ issuer, crl }): ManifestCrl => ({
            sha256: crl.sha256,
            issuer: issuer.subject.text,
            entries: crl.entryCount,
            thisUpdate: isoTime(crl.thisUpdate),
            ...(crl.nextUpdate === undefined ? {} : { nextUpdate: isoTime(crl.nextUpdate) }),
          }),
        ),
        from: sha256Hex(JSON.stringify([sorted(key.crls), sorted(retained)])),
      },
    };
  });
  return { graceMs: revocation.graceMs, keys };
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
    return undefined; // A kind of key that this Node cannot use: its leaves are found by name and identifier.
  }
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
