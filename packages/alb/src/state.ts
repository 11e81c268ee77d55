import type { Certificate, Crl } from '@trustloom/core';

/** A list that belongs in the store. */
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
  readonly lists: readonly DesiredList[];
  readonly managed: boolean;
}

/** A list as it stands in a store. */
export interface StoredList {
  readonly id: number;
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
  readonly cas: readonly Certificate[];
  readonly lists: readonly StoredList[];
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
  /** All stores with our mark; the one that listeners use first. More than one only while one replaces the other. */
  readonly stores: readonly StoredStore[];
  readonly listeners: readonly StoredListener[];
}

/** How steps name the store: its ARN, or the step that will make it. */
export type StoreRef = string | { readonly $ref: string; readonly get: string };
