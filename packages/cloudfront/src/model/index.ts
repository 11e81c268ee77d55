import type { Certificate, FileVersion, Step, Tags, Value } from '@trustloom/core/adapter';
import type { Copies } from '../revocation/copies.ts';
import type { ItemChanges, Items } from '../revocation/entries/items.ts';
import type { Layout } from '../revocation/entries/layout.ts';
import type { DesiredRevocation } from '../revocation/index.ts';

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  /** SHA-256 of the file of the bundle; stands in a tag of the trust store. */
  readonly bundle: string;
  readonly managed: boolean;
  /** What refuses the revoked; absent in `passthrough`, where nothing can. */
  readonly revocation?: DesiredRevocation;
}

/** A trust store with our name, or the one to adopt. */
export interface ObservedTrustStore {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly etag: string;
  readonly owned: boolean;
  /** Whose it is by its tags, in words, where it is another target's. */
  readonly other?: string;
  /** SHA-256 of the bundle, as its tag says. */
  readonly taggedBundle: string | undefined;
  readonly ocsp: boolean | undefined;
  /** What it holds: known only while tag, ETag and count are those of our own last write. */
  readonly cas: readonly Certificate[] | undefined;
  /** Why it is not known, in words. */
  readonly doubt: string | undefined;
  /** The state knows nothing of the store: only its tag and its count speak. */
  readonly unnoted: boolean;
  readonly count: number;
}

/** How a distribution asks for client certificates, and which function looks at them. */
export interface Mtls<Id = string> {
  readonly mode: 'off' | 'passthrough' | 'optional' | 'required';
  /** Id of the trust store. */
  readonly store?: Id | undefined;
  /** Id of the connection function. */
  readonly fn?: Id | undefined;
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
}

/** A distribution of the target. */
export interface ObservedDistribution extends Mtls {
  readonly id: string;
}

/** What runs at the edge: its code, and the ARN of its KeyValueStore. */
export interface LiveFunction {
  readonly code: string;
  readonly store: string | undefined;
}

/** A connection function with our name. */
export interface ObservedFunction {
  readonly id: string;
  readonly name: string;
  readonly owned: boolean;
  readonly live?: LiveFunction;
}

/** A KeyValueStore with our ownership tag. */
export interface ObservedKeyValueStore {
  readonly name: string;
  readonly arn: string;
  /** As its tag says; absent when the tag is none of ours. */
  readonly layout?: Layout;
  /** Absent while it is not ready. */
  readonly held?: StoredItems;
}

/** What a KeyValueStore holds, with the ETag that a write of it needs. */
export interface StoredItems {
  readonly etag: string;
  readonly items: Items;
}

/** What a target holds now. */
export interface Observed {
  readonly store?: ObservedTrustStore;
  readonly fn?: ObservedFunction;
  readonly keyValueStores: readonly ObservedKeyValueStore[];
  readonly distributions: readonly ObservedDistribution[];
  /** Copies of what the KeyValueStore held after our own writes. */
  readonly copies: Copies;
}

/** The KeyValueStore that the live function reads. */
export function storeInUse({ fn, keyValueStores }: Observed): ObservedKeyValueStore | undefined {
  return fn?.owned === true ? keyValueStores.find(({ arn }) => arn === fn.live?.store) : undefined;
}

/** What a write of the trust store puts into it: the file of the bundle, by its SHA-256. */
interface TrustStoreContent {
  readonly bundle: string;
  readonly ocsp: boolean;
}

interface FunctionContent {
  readonly code: string;
  /** ARN of the KeyValueStore that it reads. */
  readonly store: Value<string>;
}

/** The writes of this adapter: what each needs, and what it gives to later ones. */
export interface CloudfrontSteps {
  'create-store': {
    readonly input: TrustStoreContent & { readonly name: string; readonly tags: Tags };
    readonly output: { readonly id: string; readonly etag: string };
  };
  'update-store': {
    readonly input: TrustStoreContent & { readonly id: string; readonly etag: Value<string> };
    readonly output: { readonly etag: string };
  };
  'tag-store': {
    readonly input: { readonly arn: string; readonly tags: Tags };
    readonly output: object;
  };
  'delete-store': { readonly input: { readonly id: string }; readonly output: object };
  'set-mtls': {
    readonly input: Mtls<Value<string>> & { readonly distribution: string };
    readonly output: object;
  };
  'create-key-value-store': {
    /** `file`: SHA-256 of what it imports. */
    readonly input: {
      readonly name: string;
      readonly file: string;
      readonly layout: string;
      readonly tags: Tags;
    };
    readonly output: { readonly arn: string };
  };
  'update-entries': {
    readonly input: ItemChanges & {
      readonly arn: Value<string>;
      /** Absent for a store that was just made: nobody could plan with its ETag. */
      readonly etag?: Value<string>;
      /** SHA-256 of the copy of what the store then holds, and the copies that it replaces. */
      readonly copy?: { readonly sha256: string; readonly before: readonly FileVersion[] };
    };
    readonly output: { readonly etag: string };
  };
  'delete-key-value-store': {
    readonly input: { readonly name: string; readonly arn: string };
    readonly output: object;
  };
  'delete-copies': {
    /** `noted`: all that the state is to know as deleted. */
    readonly input: { readonly files: readonly FileVersion[]; readonly noted: readonly FileVersion[] };
    readonly output: object;
  };
  'create-function': {
    readonly input: FunctionContent & { readonly name: string; readonly tags: Tags };
    readonly output: { readonly id: string; readonly etag: string };
  };
  'update-function': {
    readonly input: FunctionContent & { readonly id: string };
    readonly output: { readonly etag: string };
  };
  'publish-function': {
    readonly input: { readonly id: Value<string>; readonly etag: Value<string> };
    readonly output: object;
  };
  'delete-function': { readonly input: { readonly id: string }; readonly output: object };
}

/** A write of this adapter; of one kind, where that is named. */
export type CloudfrontStep<K extends keyof CloudfrontSteps = keyof CloudfrontSteps> = Step<
  CloudfrontSteps,
  K
>;
