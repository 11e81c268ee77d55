import type { ObservedTarget } from '../adapter/contract.ts';
import type { ServiceInfo } from '../adapter/service-info.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Clock } from '../util/time.ts';

/**
 * The first look comes this soon; each wait is twice the one before, up to what is usual for the
 * service.
 */
const firstWaitMs = 1_000;

/**
 * Looks again until the service is no longer busy: soon at first, since most things are ready at
 * once, then as often as it makes sense.
 *
 * @throws TrustloomError `settle-timeout` when `facts.settle.limitMs` has passed
 */
export async function settle(options: {
  readonly observe: () => Promise<ObservedTarget>;
  readonly info: ServiceInfo;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onWait: (pending: readonly string[], sinceMs: number) => void;
}): Promise<ObservedTarget> {
  const { observe, info, clock, signal, onWait } = options;
  const start = clock.now();
  for (let waitMs = firstWaitMs; ; waitMs *= 2) {
    const observed = await observe();
    if (observed.pending.length === 0) return observed;
    const since = clock.now() - start;
    if (since >= info.settle.limitMs) {
      throw new TrustloomError(
        'settle-timeout',
        `${info.title}: ${observed.pending.join(', ')} for ${Math.round(since / 1000)} s`,
      );
    }
    onWait(observed.pending, since);
    await clock.sleep(Math.min(waitMs, info.settle.everyMs), signal);
  }
}
