import type { Io, ObservedCrl, TargetContext } from '@trustloom/core/adapter';

/**
 * What an authorizer polls: all it has to know of each CA key, and where the sets of serials lie.
 */
export interface Manifest {
  readonly formatVersion: 1;
  /** How long a CRL is used past its nextUpdate, in milliseconds. */
  readonly graceMs: number;
  /** Sorted by key. A key that is not here belongs to no known CA. */
  readonly keys: readonly ManifestKey[];
}

/** One CA key. */
export interface ManifestKey {
  /** SHA-256 of the key, lower-case hex. */
  readonly key: string;
  /** Subjects of its certificates as encoded, hex: what a leaf has as issuer. */
  readonly names: readonly string[];
  /** Subject key identifiers of its certificates, hex. */
  readonly keyIds: readonly string[];
  /**
   * SubjectPublicKeyInfo, base64: for leaves whose name and identifier do not single out one key.
   */
  readonly publicKey?: string;
  /**
   * `listed`: its CRLs are in the set. `unlisted`: the definition names no CRL. `revoked`: nobody
   * is admitted through this key. `missing`: a CRL is in force and was never published here, so
   * nobody can be.
   */
  readonly state: 'listed' | 'unlisted' | 'revoked' | 'missing';
  /** ISO time of the end of the first CRL to end; absent when nothing goes stale. */
  readonly nextUpdate?: string;
  /** The set of serials; absent when there are none. */
  readonly set?: ManifestSet;
  /** Serials to be refused besides the set: lower-case hex without leading zeros. */
  readonly also: readonly string[];
  /** The CRLs that are in here, for people and for `status`. */
  readonly crls: readonly ManifestCrl[];
  /** Digest of what the set was made from: the same digest, the same set. */
  readonly from: string;
}

/** A set of serials in the bucket of the manifest, in the version that was written. */
export interface ManifestSet {
  readonly key: string;
  readonly version: string;
  readonly sha256: string;
  readonly count: number;
}

/** A CRL that went into a set. */
export interface ManifestCrl {
  readonly sha256: string;
  readonly issuer: string;
  readonly entries: number;
  readonly thisUpdate: string;
  readonly nextUpdate?: string;
}

/**
 * Reads a manifest. It is written by Trustloom alone and read whole or not at all, so its version
 * is looked at and no more.
 *
 * @throws RangeError or SyntaxError when it is none
 */
export function readManifest(text: string): Manifest {
  const found = JSON.parse(text);
  if (found?.formatVersion === 1 && Array.isArray(found.keys) && typeof found.graceMs === 'number')
    return found;
  throw new RangeError('no manifest of version 1');
}

/** Name of the manifest below the folder of the definition; the authorizer is given it whole. */
export function manifestFile({ name }: TargetContext): string {
  return `authorizers/${name}.json`;
}

/** The manifest as it was published; `manifest` absent when what lies there is none. */
export interface Published {
  readonly etag: string;
  readonly manifest?: Manifest;
  /** SHA-256 of sets that the manifest names and that are not there any more. */
  readonly lost?: readonly string[];
}

/** What is published, and which of its sets somebody deleted; undefined when nothing is. */
export async function readPublished({ files, context }: Io): Promise<Published | undefined> {
  const found = await files.get(manifestFile(context));
  if (found === undefined) return undefined;
  let manifest: Manifest;
  try {
    manifest = readManifest(found.body);
  } catch {
    return { etag: found.etag }; // No manifest of this version: it is written anew.
  }
  const sets = manifest.keys.flatMap(({ set }) => set ?? []);
  const there = await Promise.all(sets.map((set) => files.has(set)));
  return { etag: found.etag, manifest, lost: sets.filter((_, at) => !there[at]).map(({ sha256 }) => sha256) };
}

/** The CRLs that the authorizer has, as it has them. */
export function publishedCrls(published: Published | undefined): readonly ObservedCrl[] {
  return (published?.manifest?.keys ?? []).flatMap(({ crls }) =>
    crls.map(
      ({ sha256, issuer, entries, thisUpdate, nextUpdate }): ObservedCrl => ({
        sha256,
        issuer,
        entries,
        thisUpdate: Date.parse(thisUpdate),
        ...(nextUpdate === undefined ? {} : { nextUpdate: Date.parse(nextUpdate) }),
        inForce: true,
      }),
    ),
  );
}
