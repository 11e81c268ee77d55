import type { Certificate, Crl } from '@trustloom/core';

/** One anchor that should be: all certificates of one CA key, and the lists of every CA whose clients reach it. */
export interface DesiredAnchor {
  /** SHA-256 of the CA's key: what the anchor stands for, for life. */
  readonly key: string;
  readonly cas: readonly Certificate[];
  readonly lists: readonly { readonly issuer: Certificate; readonly crl: Crl }[];
}

/** What a target should hold. */
export interface Desired {
  readonly anchors: readonly DesiredAnchor[];
  readonly known: readonly Certificate[];
}

/** A list as it stands on an anchor. */
export interface StoredList {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly anchorArn: string;
  /** Undefined when its content could not be read as a list. */
  readonly crl: Crl | undefined;
}

/** An anchor with our mark. */
export interface StoredAnchor {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  /** From its tag: SHA-256 of the key that it stands for. */
  readonly key: string;
  readonly cas: readonly Certificate[];
  readonly createdAt: number;
  readonly lists: readonly StoredList[];
}

/** What a target holds now. */
export interface Observed {
  /** The oldest enabled first, so that a duplicate is never kept in its place. */
  readonly anchors: readonly StoredAnchor[];
}

/** How steps name an anchor: its ARN, or the step that will make it. */
export type AnchorRef = string | { readonly $ref: string; readonly get: string };
