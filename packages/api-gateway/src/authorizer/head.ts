/** What lies at the fixed name that an authorizer polls: all it has to know of each CA key, and where the sets of serials lie. */
export interface Head {
  readonly formatVersion: 1;
  /** How long a list is used past its nextUpdate, in milliseconds. */
  readonly graceMs: number;
  /** Sorted by key. A key that is not here belongs to no known CA. */
  readonly keys: readonly HeadKey[];
}

/** One CA key. */
export interface HeadKey {
  /** SHA-256 of the key, lower-case hex. */
  readonly key: string;
  /** Subjects of its certificates as encoded, hex: what a leaf has as issuer. */
  readonly names: readonly string[];
  /** Subject key identifiers of its certificates, hex. */
  readonly keyIds: readonly string[];
  /** SubjectPublicKeyInfo, base64: for leaves whose name and identifier do not single out one key. */
  readonly publicKey?: string;
  /**
   * `listed`: its lists are in the set. `unlisted`: the definition names no list. `revoked`: nobody gets in through this key.
   * `missing`: a list is in force and was never published here, so nobody can be let in.
   */
  readonly state: 'listed' | 'unlisted' | 'revoked' | 'missing';
  /** ISO time of the end of the first list to end; absent when nothing goes stale. */
  readonly nextUpdate?: string;
  /** The set of serials; absent when there are none. */
  readonly set?: HeadSet;
  /** Serials to be refused besides the set: lower-case hex without leading zeros. */
  readonly also: readonly string[];
  /** The lists that are in here, for people and for `status`. */
  readonly lists: readonly HeadList[];
  /** Digest of what the set was made from: the same digest, the same set. */
  readonly from: string;
}

/** A set of serials in the bucket of the head, in the version that was written. */
export interface HeadSet {
  readonly key: string;
  readonly version: string;
  readonly sha256: string;
  readonly count: number;
}

/** A list that went into a set. */
export interface HeadList {
  readonly sha256: string;
  readonly issuer: string;
  readonly entries: number;
  readonly thisUpdate: string;
  readonly nextUpdate?: string;
}

/**
 * Reads a head. It is written by Trustloom alone and read whole or not at all, so its version is looked at and no more.
 *
 * @throws RangeError or SyntaxError when it is none
 */
export function readHead(text: string): Head {
  const head = JSON.parse(text);
  if (head?.formatVersion === 1 && Array.isArray(head.keys) && typeof head.graceMs === 'number') return head;
  throw new RangeError('no head of version 1');
}
