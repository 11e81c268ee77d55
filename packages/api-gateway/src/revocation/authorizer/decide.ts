import { createPublicKey, X509Certificate } from 'node:crypto';
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

/** Admitted (`ok`), or refused. `who` names the client in logs: the beginning of the issuer's key, and the serial. */
export interface Verdict {
  readonly reason: Reason | 'ok';
  readonly who?: string;
}

/** Decides about certificates against one moment of revocation. */
export type Decide = (pem: string | undefined, now: number) => Verdict;

/**
 * Prepares the look-ups in one moment of revocation; pure. Everything that is not known to be good is refused.
 *
 * @param sets by the SHA-256 of their files
 */
export function createDecide({ keys, graceMs }: Manifest, sets: ReadonlyMap<string, SerialSet>): Decide {
  const byName = new Map<string, ManifestKey | undefined>();
  for (const key of keys)
    for (const name of key.names)
      for (const keyId of key.keyIds) {
        const at = `${name} ${keyId}`;
        byName.set(at, byName.has(at) ? undefined : key);
      }
  const also = new Map(keys.map(({ key, also: serials }) => [key, new Set(serials)]));
  return (pem, now) => {
    if (!pem) return { reason: 'no-certificate' };
    let leaf: Leaf;
    try {
      leaf = readLeaf(pem);
    } catch {
      return { reason: 'unreadable-certificate' };
    }
    // By name and key identifier, which the issuer put there; else, where not one key has both, by the signature.
    const issuer = byName.get(leaf.issuer) ?? keys.find((key) => signed(leaf, key));
    if (!issuer) return { reason: 'unknown-issuer' };
    const serial = leaf.serial.toString('hex').replace(/^0(?=.)/, '');
    const { key, state, set, nextUpdate } = issuer;
    const listed = () =>
      // A set that the manifest names is loaded with it; one that is not there must never admit anybody.
      also.get(key)?.has(serial) || (set && sets.get(set.sha256)?.(leaf.serial) !== false);
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

function signed({ der }: Leaf, { publicKey = '' }: ManifestKey): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return new X509Certificate(der).verify(key);
  } catch {
    return false; // A kind of key that this Node cannot use proves nothing.
  }
}
