import { isTrustloomError, TrustloomError } from '../errors/error.ts';
import type { Clock } from '../util/time.ts';
import { type HeldLease, leaseMs, type SeenLease, type StateObject, type TrustloomState } from './state.ts';

/** A lease was waited for, taken or given back. */
export interface LeaseEvent {
  readonly type: 'lease';
  readonly what: 'waiting' | 'taken' | 'released';
  readonly holder?: string;
  readonly until?: string;
}

/** What taking a lease needs. */
export interface LeaseParts {
  readonly clock: Clock;
  /** Who holds the leases, for people. */
  readonly holder: string;
  readonly onEvent: (event: LeaseEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * How often a lease that another run holds is asked for again, and for how long: a run that was
 * killed leaves one behind.
 */
const askEveryMs = 500;
const waitLimitMs = 2 * leaseMs + 1_000;

/**
 * Takes a lease; while another run holds it, asks again and again. One that is not renewed for as
 * long as a lease lasts is taken over: measured by our own waiting, since the clock of whoever holds
 * it may be wrong.
 */
async function acquireLease<T>(object: StateObject<T>, parts: LeaseParts): Promise<HeldLease<T>> {
  const giveUp = parts.clock.now() + waitLimitMs;
  let reported: unknown;
  let seen: (SeenLease & { readonly at: number }) | undefined;
  for (;;) {
    try {
      const isOver = seen !== undefined && parts.clock.now() - seen.at >= leaseMs;
      const lease = await object.acquire(parts.holder, isOver ? seen : undefined);
      parts.onEvent({ type: 'lease', what: 'taken' });
      return lease;
    } catch (error) {
      if (!isHeld(error) || parts.clock.now() >= giveUp) throw error;
      const { holder, until, generation } = error.context;
      if (seen?.until !== until || seen?.generation !== generation)
        seen = { until: String(until), generation: Number(generation), at: parts.clock.now() };
      if (holder !== reported)
        parts.onEvent({
          type: 'lease',
          what: 'waiting',
          ...(typeof holder === 'string' ? { holder } : {}),
          ...(typeof until === 'string' ? { until } : {}),
        });
      reported = holder;
      await parts.clock.sleep(askEveryMs, parts.signal);
    }
  }
}

function isHeld(error: unknown): error is TrustloomError {
  return isTrustloomError(error) && error.code === 'lease-held';
}

/** Does some work under a lease and gives it back. */
export async function withLease<T, R>(
  object: StateObject<T>,
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
 * A lane for revoking steps: one at a time, each under the revocation lease, which is held no
 * longer than that, so that a refresh never waits for a long apply. A step of a run that knows less
 * than another by now is not done: `object-changed`, plan again.
 *
 * An emergency does not wait for the lease: each write names the version that it replaces, so two at
 * once cannot undo each other, and the slower one plans again.
 */
export function revocationLane(
  parts: LeaseParts & {
    readonly state: Pick<TrustloomState, 'revocation'>;
    readonly isOutdated: () => Promise<boolean>;
    readonly urgent?: boolean;
  },
): <R>(work: () => Promise<R>) => Promise<R> {
  const current = async <R>(work: () => Promise<R>): Promise<R> => {
    if (await parts.isOutdated())
      throw new TrustloomError('object-changed', 'another run knows of more revocations by now');
    return work();
  };
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = before.then(() =>
      parts.urgent === true
        ? withLeaseIfFree(parts.state.revocation, parts, () => current(work))
        : withLease(parts.state.revocation, parts, () => current(work)),
    );
    before = mine.catch(() => undefined);
    return mine;
  };
}

async function withLeaseIfFree<T, R>(
  object: StateObject<T>,
  parts: LeaseParts,
  work: () => Promise<R>,
): Promise<R> {
  let lease: HeldLease<T>;
  try {
    lease = await object.acquire(parts.holder);
  } catch (error) {
    if (!isHeld(error)) throw error;
    return work();
  }
  try {
    return await work();
  } finally {
    await releaseLease(lease, () => undefined);
  }
}

async function releaseLease<T>(lease: HeldLease<T>, onEvent: (event: LeaseEvent) => void): Promise<void> {
  try {
    await lease.release();
    onEvent({ type: 'lease', what: 'released' });
  } catch (error) {
    // Somebody took it over meanwhile: nothing of ours is left to release.
    if (!isTrustloomError(error) || error.code !== 'lease-lost') throw error;
  }
}
