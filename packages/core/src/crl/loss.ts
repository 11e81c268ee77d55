import type { Instant } from '../util/time.ts';
import { certificateHold, type ListedEntry } from './listed-entry.ts';

/** What is to be said of the entries that left a list. */
export interface Loss {
  /** On hold in the older issue, so free to go: the CA has released them. */
  readonly released: readonly ListedEntry[];
  /** Of certificates that must have expired since: revoked longer ago than any certificate of the group lives. */
  readonly outlived: readonly ListedEntry[];
  /** Nothing explains why these are no longer revoked. */
  readonly unexplained: readonly ListedEntry[];
}

/** More than this many unexplained losses, of more than this share of the older list, refuse the newer one. */
export const lossLimit = { count: 10, share: 0.1 } as const;

/**
 * Sorts what left a list by whether it is explained: CAs drop entries of expired certificates, and may release what was on hold; nothing
 * else may go (after crl-monitor: every serial that leaves must belong to an expired certificate).
 *
 * @param leafLifeMs longest life of a client certificate of the group; without it no entry counts as outlived
 * @see RFC 5280, 3.3 and 5.3.1
 */
export function sortLoss(lost: readonly ListedEntry[], thisUpdate: Instant, leafLifeMs?: number): Loss {
  const released = lost.filter(({ reason }) => reason === certificateHold);
  const rest = lost.filter(({ reason }) => reason !== certificateHold);
  const hasExpired = ({ revokedAt }: ListedEntry) =>
    leafLifeMs !== undefined && revokedAt + leafLifeMs < thisUpdate;
  return {
    released,
    outlived: rest.filter(hasExpired),
    unexplained: rest.filter((entry) => !hasExpired(entry)),
  };
}

/** True when so much is gone without a reason that the newer list is not taken. */
export function isTooMuch(unexplained: number, olderEntries: number): boolean {
  return unexplained > lossLimit.count && unexplained > olderEntries * lossLimit.share;
}
