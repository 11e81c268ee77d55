import type { Clock } from '../base/time.ts';
import { isTrustloomError } from '../errors/error.ts';
import type { HeldLease, RecordObject, RevocationRecord } from '../record/record.ts';
import type { OnEvent } from './events.ts';

/** What taking a lease needs. */
export interface LeaseParts {
  readonly clock: Clock;
  /** Who holds the leases, for people. */
  readonly holder: string;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
}

/** Takes a lease; waits for another run's lease to end: a run that was killed leaves one behind, for half a minute at most. */
async function acquireLease<T>(object: RecordObject<T>, parts: LeaseParts): Promise<HeldLease<T>> {
  for (let waits = 0; ; waits += 1) {
    try {
      const lease = await object.acquire(parts.holder);
      parts.onEvent({ type: 'lease', what: 'taken' });
      return lease;
    } catch (error) {
      if (!isTrustloomError(error) || error.code !== 'lease-held' || waits >= 2) throw error;
      const { holder, until } = error.context;
      parts.onEvent({
        type: 'lease',
        what: 'waiting',
        ...(typeof holder === 'string' ? { holder } : {}),
        ...(typeof until === 'string' ? { until } : {}),
      });
      const end = (typeof until === 'string' ? Date.parse(until) : parts.clock.now()) + 1_000;
      while (parts.clock.now() < end) await parts.clock.sleep(1_000, parts.signal);
    }
  }
}

/** Does some work under a lease and gives it back. */
export async function withLease<T, R>(
  object: RecordObject<T>,
  parts: LeaseParts,
  work: (lease: HeldLease<T>) => Promise<R>,
): Promise<R> {
  const lease = await acquireLease(object, parts);
  try {
    return await work(lease);
  } finally {
    await releaseLease(lease, parts.onEvent);
  }
}

/**
 * A lane for revoking steps: one at a time, each under the revocation lease, which is held no longer than that, so that a refresh never
 * waits for a long apply.
 */
export function revocationLane(
  object: RecordObject<RevocationRecord>,
  parts: LeaseParts,
): <R>(work: () => Promise<R>) => Promise<R> {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = before.then(() => withLease(object, parts, work));
    before = mine.catch(() => undefined);
    return mine;
  };
}

async function releaseLease<T>(lease: HeldLease<T>, onEvent: OnEvent): Promise<void> {
  try {
    await lease.release();
    onEvent({ type: 'lease', what: 'released' });
  } catch (error) {
    // Somebody took it over meanwhile: nothing of ours is left to release.
    if (!isTrustloomError(error) || error.code !== 'lease-lost') throw error;
  }
}
