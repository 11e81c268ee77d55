import type { Certificate } from '@trustloom/core';
import type { DesiredKeys } from './keys/desired.ts';
import type { Layout } from './keys/layout.ts';
import type { LetGo } from './keys/let-go.ts';
import type { Copies } from './keys-copy.ts';

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  readonly known: readonly Certificate[];
  /** SHA-256 of the artifact of the bundle; stands in a tag of the store. */
  readonly artifact: string;
  readonly managed: boolean;
  /** What refuses the revoked; absent in `passthrough`, where nothing can. */
  readonly check?: DesiredCheck;
}

/** The connection function and what its key value store says. */
export interface DesiredCheck {
  readonly code: string;
  readonly keys: DesiredKeys;
  /** Absent when no list was let go. */
  readonly letGo?: LetGo;
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

/** How a distribution asks for client certificates, and which function looks at them. */
export interface Mtls {
  readonly mode: 'off' | 'passthrough' | 'optional' | 'required';
  readonly store?: string | undefined;
  /** Id of the connection function. */
  readonly fn?: string | undefined;
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
}

/** A distribution of the target. */
export interface StoredDistribution extends Mtls {
  readonly id: string;
}

/** A connection function with our name. */
export interface StoredFunction {
  readonly id: string;
  readonly name: string;
  readonly ours: boolean;
  /** What runs at the edge: its code, and the ARN of its key value store. */
  readonly live?: { readonly code: string; readonly store: string | undefined };
}

/** A key value store with our mark. */
export interface StoredKeys {
  readonly name: string;
  readonly arn: string;
  /** It will never be ready: its import failed. */
  readonly broken: boolean;
  /** As its tag tells; absent when the tag is none of ours. */
  readonly layout?: Layout;
  /** Absent while it is not ready. */
  readonly held?: { readonly etag: string; readonly items: ReadonlyMap<string, string> };
}

/** What a target holds now. */
export interface Observed {
  readonly store?: StoredStore;
  readonly fn?: StoredFunction;
  readonly keys: readonly StoredKeys[];
  readonly distributions: readonly StoredDistribution[];
  /** Copies of what the key value store held after our own writes. */
  readonly copies: Copies;
}

/** How steps name an object: its id, or the step that will make it. */
export type Ref = string | { readonly $ref: string; readonly get: string };

/** The key value store that the live function reads. */
export function keysInUse({ fn, keys }: Observed): StoredKeys | undefined {
  return fn?.ours === true ? keys.find(({ arn }) => arn === fn.live?.store) : undefined;
}
