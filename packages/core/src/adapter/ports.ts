import type { Place } from '../util/account-region.ts';
import type { Artifact, ObjectLocation, OwnFiles } from './contract.ts';

/** What a source gave. */
export interface Fetched {
  readonly bytes: Uint8Array;
  /** Address for people, with the version where there is one. */
  readonly from: string;
  readonly version?: string;
}

/** An address of a definition: a path, `s3://bucket/key`, `https://...`, or for lists `http://...`. */
export interface Address {
  readonly text: string;
  readonly kind: 'file' | 's3' | 'https' | 'http';
}

/** What a source is fetched for: it decides how much is read, and over what. */
export type SourceKind = 'bundle' | 'crl' | 'inventory';

/** Fetches what groups name. A source says where to fetch, not whom to trust. */
export interface Sources {
  /** @throws TrustloomError `file-not-found`, `source-unreachable`, `source-denied`, `source-too-large` */
  fetch(address: Address, what: SourceKind, accountName?: string, signal?: AbortSignal): Promise<Fetched>;
}

/** Puts artifacts where services fetch them, and reads objects in a target's account. */
export interface Uploads {
  /** Idempotent by digest; gives the pinned version. */
  put(place: Place, accountName: string, artifact: Artifact): Promise<Required<ObjectLocation>>;
  read(place: Place, accountName: string, location: ObjectLocation): Promise<Uint8Array | undefined>;
  /** Files of ours beside the artifacts, and the artifacts as files. Nothing is called before the first use. */
  files(place: Place, accountName: string): OwnFiles;
}
