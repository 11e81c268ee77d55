import type { Certificate } from '@trustloom/core';

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  readonly known: readonly Certificate[];
  /** SHA-256 of the artifact of the bundle; stands in a tag of the store. */
  readonly artifact: string;
  readonly managed: boolean;
}

/** A trust store with our mark, or the one to adopt. */
export interface StoredStore {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly etag: string;
  readonly ours: boolean;
  /** SHA-256 of the bundle, as its tag says. */
  readonly taggedBundle: string | undefined;
  readonly ocsp: boolean | undefined;
  /** What it holds: known only while tag, ETag and count are those of our own last write. */
  readonly cas: readonly Certificate[] | undefined;
  /** Why it is not known, in words. */
  readonly doubt: string | undefined;
  /** The record knows nothing of the store: only its tag and its count speak. */
  readonly unrecorded: boolean;
  readonly count: number;
}

/** How a distribution asks for client certificates. */
export interface Mtls {
  readonly mode: 'off' | 'passthrough' | 'optional' | 'required';
  readonly store?: string | undefined;
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
}

/** A distribution of the target. */
export interface StoredDistribution extends Mtls {
  readonly id: string;
}

/** What a target holds now. */
export interface Observed {
  readonly store?: StoredStore;
  readonly distributions: readonly StoredDistribution[];
}

/** How steps name the store: its id, or the step that will make it. */
export type StoreRef = string | { readonly $ref: string; readonly get: string };
