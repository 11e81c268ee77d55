import type { AccountRegion } from '../util/account-region.ts';
import type { VersionedStore } from './versioned-store.ts';

/**
 * A file that a service, or a checker of ours, fetches from S3; uploaded before any step that
 * refers to it. Named by its digest.
 */
export interface Artifact {
  /** SHA-256 of `body`, lower-case hex. */
  readonly sha256: string;
  /**
   * `set`: a revocation set as a checker of ours reads it. `keys`: items of a KeyValueStore, as
   * it imports them.
   */
  readonly kind: 'bundle' | 'crl' | 'set' | 'entries';
  readonly body: string | Uint8Array;
}

/** Where an object of ours lies in S3. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
}

/** What a source gave. */
export interface Fetched {
  readonly bytes: Uint8Array;
  /** Address for people, with the version where there is one. */
  readonly from: string;
  readonly version?: string;
}

/**
 * An address of a definition: a path, `s3://bucket/key`, `https://...`, or for CRLs `http://...`.
 */
export interface Address {
  readonly text: string;
  readonly kind: 'file' | 's3' | 'https' | 'http';
}

/** What a source is fetched for: it decides how much is read, and over what. */
export type SourceKind = 'bundle' | 'crl' | 'inventory';

/** Fetches what groups name. A source says where to fetch, not whom to trust. */
export interface Sources {
  /**
   * @throws TrustloomError `file-not-found`, `source-unreachable`, `source-denied`,
   * `source-too-large`
   */
  fetch(address: Address, what: SourceKind, accountName?: string, signal?: AbortSignal): Promise<Fetched>;
}

/** Puts artifacts where services fetch them, and reads objects in a target's account. */
export interface Uploads {
  /** Idempotent by digest; gives the pinned version. */
  put(
    accountRegion: AccountRegion,
    accountName: string,
    artifact: Artifact,
  ): Promise<Required<ObjectLocation>>;
  read(
    accountRegion: AccountRegion,
    accountName: string,
    location: ObjectLocation,
  ): Promise<Uint8Array | undefined>;
  /**
   * Files of ours beside the artifacts, and the artifacts as files. Nothing is called before the
   * first use.
   */
  files(accountRegion: AccountRegion, accountName: string): OwnFiles;
}

/** A file that was uploaded: its whole name in the bucket, and the version that was put there. */
export interface FileVersion {
  readonly key: string;
  readonly version: string;
}

/**
 * Files of ours in one bucket: small ones at names that stay, each written and deleted only if it
 * is still what was read (what a checker of ours polls), and versions of artifacts. Nothing without
 * a name that we give is ever touched.
 */
export interface OwnFiles extends Pick<VersionedStore, 'get' | 'put'> {
  /**
   * False when that version of an artifact is not there any more, or may not be read: S3 tells the
   * two apart only for those who may list.
   */
  has(file: FileVersion): Promise<boolean>;
  /**
   * Deletes a file at a name that stays; `conflict` when it is not what `ifMatch` says any more.
   * One that is gone already is deleted.
   */
  remove(key: string, condition: { readonly ifMatch: string }): Promise<'removed' | 'conflict'>;
  /**
   * Deletes versions of artifacts in one call, a thousand at most; what is gone already is no harm.
   */
  removeVersions(files: readonly FileVersion[]): Promise<void>;
}
