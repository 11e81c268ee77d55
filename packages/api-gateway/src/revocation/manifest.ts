import type { HeldDenial, TargetContext } from '@trustloom/core/adapter';
import type { ApiGatewayTarget } from '../target.ts';

/**
 * What an authorizer polls: all it has to know of each CA key, and where the sets of serials lie.
 */
export interface Manifest {
  readonly formatVersion: 2;
  /** ARN of the function that reads it, as the target named it last; absent: it never did. */
  readonly authorizer?: string;
  /** How long a CRL is used past its nextUpdate, in milliseconds. */
  readonly graceMs: number;
  /** Sorted by key. A key that is not here belongs to no known CA. */
  readonly keys: readonly ManifestKey[];
}

/** One CA key. */
export interface ManifestKey {
  /** SHA-256 of the key, lower-case hex. */
  readonly key: string;
  /** The CA for people: `Acme Issuing CA [308be4eb]`. */
  readonly ca: string;
  /** Subjects of its certificates as encoded, hex: what a leaf has as issuer. */
  readonly names: readonly string[];
  /** SubjectPublicKeyInfo, base64; absent when Node cannot use such a key. */
  readonly publicKey?: string;
  /**
   * `listed`: its CRLs are in the sets. `unlisted`: the definition names no CRL. `revoked`: nobody
   * is admitted through this key. `missing`: a CRL is in force and was never published here, so
   * nobody can be.
   */
  readonly state: 'listed' | 'unlisted' | 'revoked' | 'missing';
  /** ISO time of the end of the first CRL to end; absent when nothing goes stale. */
  readonly nextUpdate?: string;
  /**
   * The set of serials that its CRLs list; none when they list nobody. A second one stays beside it
   * where nothing explains that it goes and it cannot be read.
   */
  readonly sets: readonly ManifestSet[];
  /**
   * Serials that are refused besides, each by an entry of its own: exact and readable, so that they
   * survive the state.
   */
  readonly denied: readonly ManifestDenial[];
  /** The CRLs that are in here. */
  readonly crls: readonly ManifestCrl[];
}

/** An entry of the deny list, or a serial that left its CRL. */
export type ManifestDenial = Omit<HeldDenial, 'caKey'>;

/** A set of serials, in the version that was written. */
export interface ManifestSet {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  readonly sha256: string;
  readonly count: number;
  /** Digest of the CRLs that it was made from: the same digest, the same set. */
  readonly from: string;
}

/** A CRL that went into a set. */
export interface ManifestCrl {
  readonly sha256: string;
  readonly issuer: string;
  readonly entries: number;
  readonly thisUpdate: string;
  readonly nextUpdate?: string;
  /** CRLNumber as a decimal string. */
  readonly number?: string;
  /** Which of the CRLs of its CA: a partition, a delta CRL; absent for the complete one. */
  readonly slot?: string;
}

/**
 * Reads a manifest. It is written by Trustloom alone and read whole or not at all, so its version
 * is looked at and no more.
 *
 * @throws RangeError or SyntaxError when it is none
 */
export function readManifest(text: string): Manifest {
  const found = JSON.parse(text);
  if (found?.formatVersion === 2 && Array.isArray(found.keys) && typeof found.graceMs === 'number')
    return found;
  throw new RangeError('no manifest of version 2');
}

/**
 * Name of the manifest below the folder of the definition; the authorizer is given it whole. It
 * says region and domain, which stay, and not the name of the target, which people change.
 */
export function manifestFile(
  { domain }: Pick<ApiGatewayTarget, 'domain'>,
  { accountRegion }: Pick<TargetContext, 'accountRegion'>,
): string {
  return `authorizers/${accountRegion.region}/${domain.toLowerCase()}.json`;
}
