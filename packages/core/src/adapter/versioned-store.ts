/**
 * Where the state's objects lie: a versioned bucket, or anything with conditional writes. Keys are
 * relative to the definition's folder.
 */
export interface VersionedStore {
  /** The newest version; undefined when there is none. */
  get(key: string): Promise<{ readonly body: string; readonly etag: string } | undefined>;
  /** Writes only if the object is still what `condition` says; `conflict` when it is not. */
  put(
    key: string,
    body: string,
    condition: { readonly ifMatch: string } | { readonly ifNoneMatch: '*' },
  ): Promise<{ readonly etag: string } | 'conflict'>;
  /**
   * Bytes that are named by their digest and so never change: CRLs as they were accepted.
   * Undefined when there are none.
   */
  getBlob(key: string): Promise<Uint8Array | undefined>;
  /** Writes them; the same bytes again are no harm. */
  putBlob(key: string, bytes: Uint8Array): Promise<void>;
}
