import type { Instant } from '../util/time.ts';
import { certificateHold, type RevokedEntry } from './revoked-entry.ts';

/**
 * More than this many unexplained losses, of more than this share of the older CRL, refuse the
 * newer one.
 */
const lossLimit = { count: 10, share: 0.1 } as const;

/**
 * The entries that left a CRL and nothing explains it: CAs drop those of expired certificates, and
 * may release what was on hold; nothing else may go (after crl-monitor: every serial that leaves
 * must belong to an expired certificate).
 *
 * @param leafLifeMs longest life of a client certificate of the group; without it no certificate
 *   counts as expired
 * @see RFC 5280, 3.3 and 5.3.1
 */
export function unexplainedLoss(
  lost: readonly RevokedEntry[],
  thisUpdate: Instant,
  leafLifeMs?: number,
): readonly RevokedEntry[] {
  return lost.filter(
    ({ reason, revokedAt }) =>
      reason !== certificateHold && (leafLifeMs === undefined || revokedAt + leafLifeMs >= thisUpdate),
  );
}

/** True when so much is gone without a reason that the newer CRL is not taken. */
export function isTooMuch(unexplained: number, olderEntries: number): boolean {
  return unexplained > lossLimit.count && unexplained > olderEntries * lossLimit.share;
}
