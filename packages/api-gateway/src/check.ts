import { X509Certificate } from 'node:crypto';
import {
  type Certificate,
  type CheckedKey,
  checkedKeys,
  defined,
  isIssuedBy,
  isoTime,
  sha256Hex,
  type Trust,
} from '@trustloom/core';
import type { HeadKey, HeadList } from './authorizer/head.ts';

/** What the authorizer of a target should know of one CA key. */
export interface DesiredKey {
  /** As it will stand in the head, but for the set, which is made only when it has to be. */
  readonly row: Omit<HeadKey, 'set'>;
  /** The list in force is not at hand: what is published of this key stays. */
  readonly kept: boolean;
  /** SHA-256 of its lists that somebody let go: what is published of them goes by the consent that names these. */
  readonly letGo: readonly string[];
  readonly source: Pick<CheckedKey, 'eachSerial'>;
}

/** What the authorizer of a target should know. */
export interface DesiredCheck {
  readonly graceMs: number;
  readonly keys: readonly DesiredKey[];
}

/**
 * What the authorizer should know, key by key. The deny list stands in the head itself and everything else in the sets, so that an
 * emergency moves no large file.
 */
export function desiredCheck({ known, revocation }: Trust): DesiredCheck {
  const listed = checkedKeys({ known, revocation: { ...revocation, denied: [] } });
  const revoked = revokedKeys(listed);
  const keys = listed.map((key): DesiredKey => {
    const { keySha256, cas, nextUpdate } = key;
    const kept = key.state === 'kept';
    const retained = revocation.retained.get(keySha256) ?? [];
    const denied = revocation.denied.filter(({ caKey }) => caKey === keySha256).map(({ serial }) => serial);
    const lists = revocation.lists.filter(({ issuer }) => issuer.keySha256 === keySha256);
    const publicKey = publicKeyOf(cas[0]);
    return {
      kept,
      letGo: revocation.letGo.filter((list) => list.keySha256 === keySha256).map(({ sha256 }) => sha256),
      source: key,
      row: {
        key: keySha256,
        names: sorted(cas.map(({ subject }) => subject.der)),
        keyIds: sorted(cas.flatMap(({ subjectKeyId }) => subjectKeyId ?? [])),
        ...defined({ publicKey }),
        state: revoked.has(keySha256)
          ? 'revoked'
          : kept
            ? 'missing'
            : lists.length > 0
              ? 'listed'
              : 'unlisted',
        ...(nextUpdate === undefined ? {} : { nextUpdate: isoTime(nextUpdate) }),
        also: sorted(kept ? [...retained, ...denied] : denied),
        lists: lists.map(
          ({ issuer, crl }): HeadList => ({
            sha256: crl.sha256,
            issuer: issuer.subject.text,
            entries: crl.entryCount,
            thisUpdate: isoTime(crl.thisUpdate),
            ...(crl.nextUpdate === undefined ? {} : { nextUpdate: isoTime(crl.nextUpdate) }),
          }),
        ),
        from: sha256Hex(JSON.stringify([sorted(key.lists), sorted(retained)])),
      },
    };
  });
  return { graceMs: revocation.graceMs, keys };
}

/** Keys through which nobody gets in: a certificate of theirs is revoked, or every chain above them goes through such a key. */
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
    return undefined; // A kind of key that this Node cannot use: its leaves are found by name and identifier alone.
  }
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
