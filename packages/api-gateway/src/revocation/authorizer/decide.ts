import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Manifest, ManifestKey } from '../manifest.ts';
import { type Leaf, readLeaf } from './leaf.ts';
import type { SerialSet } from './serial-set.ts';

/** Why a client is refused. */
export type Reason =
  /** The event carries no certificate: mutual TLS is off, or the request came by another way. */
  | 'no-certificate'
  | 'unreadable-certificate'
  /** No revocation set could be read since the function started. */
  | 'no-set'
  | 'unknown-issuer'
  | 'ca-revoked'
  /** A CRL of the issuer is in force, and its entries were never published here. */
  | 'no-crl'
  /** The CRL is past its nextUpdate and the grace. */
  | 'stale-crl'
  | 'revoked';

/**
 * Admitted (`ok`), or refused. `who` names the client in logs: the beginning of the issuer's key,
 * and the serial.
 */
export interface Verdict {
  readonly reason: Reason | 'ok';
  readonly who?: string;
}

/** Decides about certificates against one moment of revocation. */
export type Decide = (pem: string | undefined, now: number) => Verdict;

/**
 * Prepares the look-ups in one moment of revocation; pure. Everything that is not known to be good
 * is refused.
 *
 * @param sets by the SHA-256 of their files
 */
export function createDecide({ keys, graceMs }: Manifest, sets: ReadonlyMap<string, SerialSet>): Decide {
  const issuers = keys.map(createIssuer);
  const byName = new Map<string, Issuer[]>();
  for (const one of issuers)
    for (const name of one.row.names) byName.set(name, [...(byName.get(name) ?? []), one]);
  return (pem, now) => {
    if (!pem) return { reason: 'no-certificate' };
    let leaf: Leaf;
    try {
      leaf = readLeaf(pem);
    } catch {
      return { reason: 'unreadable-certificate' };
    }
    const issuer = issuerOf(leaf, byName.get(leaf.issuer) ?? [], issuers);
    if (!issuer) return { reason: 'unknown-issuer' };
    const serial = leaf.serial.toString('hex').replace(/^0(?=.)/, '');
    const { denied, row } = issuer;
    const { key, state, nextUpdate } = row;
    const listed = () =>
      // A set that the manifest names is loaded with it; one that is not there must never admit
      // anybody.
      denied.has(serial) || row.sets.some(({ sha256 }) => sets.get(sha256)?.(leaf.serial) !== false);
    const stale = () => nextUpdate && !(now <= Date.parse(nextUpdate) + graceMs);
    const reason =
      state === 'revoked'
        ? 'ca-revoked'
        : state === 'missing'
          ? 'no-crl'
          : listed()
            ? 'revoked'
            : stale()
              ? 'stale-crl'
              : 'ok';
    return { reason, who: `${key.slice(0, 12)}:${serial}` };
  };
}

/** A CA key, ready for look-ups. */
interface Issuer {
  readonly row: ManifestKey;
  readonly denied: ReadonlySet<string>;
  /** Undefined when this Node cannot use such a key. Made when it is first needed. */
  publicKey(): KeyObject | undefined;
}

function createIssuer(row: ManifestKey): Issuer {
  let made: [KeyObject?] | undefined;
  return {
    row,
    denied: new Set(row.denied.map(({ serial }) => serial)),
    publicKey() {
      if (made) return made[0];
      made = [];
      try {
        const key = Buffer.from(row.publicKey ?? '', 'base64');
        made[0] = createPublicKey({ key, format: 'der', type: 'spki' });
      } catch {}
      return made[0];
    },
  };
}

/**
 * The key that verifies the signature: what a certificate says of its issuer, whoever holds any CA
 * key may choose. Keys of the issuer's name first, then all others, for a name has more than one
 * encoding. A key that this Node cannot use is taken unproven only where no other has its name.
 */
function issuerOf({ der }: Leaf, named: readonly Issuer[], all: readonly Issuer[]): Issuer | undefined {
  let certificate: X509Certificate;
  const signed = (issuer: Issuer) => {
    const key = issuer.publicKey();
    try {
      certificate ??= new X509Certificate(der);
      return key && certificate.verify(key);
    } catch {
      return false;
    }
  };
  const [only, ...others] = named;
  return named.find(signed) ?? all.find(signed) ?? (others.length || only?.publicKey() ? undefined : only);
}
