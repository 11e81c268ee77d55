/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Marker of the next page. */
  readonly next: string | undefined;
}

/**
 * Cuts a page. A marker is opaque to clients: the position at which the next page starts. Undefined
 * when it is none of ours.
 */
export function pageOf<T>(all: readonly T[], marker: string | undefined, size: number): Page<T> | undefined {
  const from =
    marker === undefined || marker === '' ? 0 : Number(Buffer.from(marker, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) return undefined;
  const next = from + size < all.length ? Buffer.from(String(from + size)).toString('base64url') : undefined;
  return { items: all.slice(from, from + size), next };
}
