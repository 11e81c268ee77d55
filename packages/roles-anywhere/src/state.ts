import type { Certificate, Code, Crl, LetGoList } from '@trustloom/core';

/** A list that should be in force on an anchor, and the CA that signed it. */
export interface DesiredList {
  readonly issuer: Certificate;
  readonly crl: Crl;
}

/** A CA whose newest list cannot be put in place: what is in force stays, and without any nobody new gets in. */
export interface WithheldList {
  readonly issuer: Certificate;
  /** Why: the code of the finding about the list. */
  readonly why: Code;
}

/** The lists of every CA whose clients get in through an anchor. */
export interface ReachedLists {
  readonly lists: readonly DesiredList[];
  readonly withheld: readonly WithheldList[];
  /** Lists that are wanted no longer, by consent. */
  readonly letGo: readonly LetGoList[];
  /** SHA-256 of every CA key that gets in. */
  readonly keys: readonly string[];
}

/** One anchor that should be: all certificates of one CA key, and the lists of every CA whose clients reach it. */
export interface DesiredAnchor extends ReachedLists {
  /** SHA-256 of the CA's key: what the anchor stands for, for life. */
  readonly key: string;
  readonly cas: readonly Certificate[];
}

/** What a target should hold. */
export interface Desired {
  readonly anchors: readonly DesiredAnchor[];
  readonly known: readonly Certificate[];
  /** Everything of the revocation set: an anchor whose removal waits for a consent still has to refuse the revoked. */
  readonly revocation: Pick<ReachedLists, 'lists' | 'withheld' | 'letGo'>;
}

/** A list as it stands on an anchor. */
export interface StoredList {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** SHA-256 of the key that should have issued it, if it carries our mark; undefined for a list of somebody else. */
  readonly mark: string | undefined;
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
  /** SHA-256 of its bundle when that cannot be read as one (somebody changed its source by hand). */
  readonly unreadable?: string;
  readonly createdAt: number;
  readonly lists: readonly StoredList[];
}

/** What a target holds now. */
export interface Observed {
  /** The oldest enabled first, so that a duplicate is never kept in its place. */
  readonly anchors: readonly StoredAnchor[];
}

/** How steps name an anchor or a list: its id or ARN, or the step that will make it. */
export type Ref = string | { readonly $ref: string; readonly get: string };
