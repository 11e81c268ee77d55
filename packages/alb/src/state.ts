import type { Certificate, Crl, LetGoList } from '@trustloom/core';

/** A list that belongs in the store as long as its CA stands there. */
export interface DesiredList {
  readonly issuer: Certificate;
  readonly crl: Crl;
  /** SHA-256 of its artifact (PEM). */
  readonly artifact: string;
}

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  /** Every CA known, to tell whose list one in the store is. */
  readonly known: readonly Certificate[];
  /** Also those of CAs that do not stand in the store: one that waits to be removed still needs its list. */
  readonly lists: readonly DesiredList[];
  /** SHA-256 of the keys whose list was refused, has expired or was let go, so that only one in force can speak for them. */
  readonly withheld: readonly string[];
  /** Lists that are wanted no longer, by consent. */
  readonly letGo: readonly LetGoList[];
  readonly managed: boolean;
}

/** A list as it stands in a store. */
export interface StoredList {
  readonly id: number;
  /** As the service counts them. */
  readonly entries: number;
  /** Undefined when its content could not be read as a list. */
  readonly crl: Crl | undefined;
}

/** A trust store with our mark, or the one to adopt. */
export interface StoredStore {
  readonly arn: string;
  readonly name: string;
  readonly active: boolean;
  /** It carries the marks of this definition and target. */
  readonly ours: boolean;
  /** False when its bundle is not one by our rules: `cas` is then empty, and says nothing. */
  readonly readable: boolean;
  readonly cas: readonly Certificate[];
  readonly lists: readonly StoredList[];
  /** Listeners that use it without being named in the target. Only looked up while there is more than one store. */
  readonly strangers: readonly string[];
}

/** A listener of the target. */
export interface StoredListener {
  readonly arn: string;
  readonly protocol: string;
  readonly port: number;
  readonly mode: 'off' | 'passthrough' | 'verify';
  readonly store: string | undefined;
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
}

/** What a target holds now. */
export interface Observed {
  /** All stores with our mark, and the one to adopt; those that listeners use first. More than one only while one replaces the other. */
  readonly stores: readonly StoredStore[];
  readonly listeners: readonly StoredListener[];
}

/** How steps name the store: its ARN, or the step that will make it. */
export type StoreRef = string | { readonly $ref: string; readonly get: string };
