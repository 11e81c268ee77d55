import type { Rate } from '../adapter/facts.ts';
import type { Clock, Instant } from '../base/time.ts';

/** Waits until one more call of a family is allowed. */
export type Pacer = (family: string, signal?: AbortSignal) => Promise<void>;

/** Paces the calls of some services, one scope for each service and place. */
export type Pacers = (scope: string, rates: Readonly<Record<string, Rate>>) => Pacer;

/**
 * Our buckets are filled a little more slowly than the service's: a call that was long on its way and one that was not are closer
 * together there than here.
 */
const margin = 0.95;

interface Bucket {
  tokens: number;
  at: Instant;
}

/**
 * Token buckets on our side, one per scope (service, account, region) and family, filled at nearly the service's own rate: the service then
 * never has to say "slow down". Families without a rate pass at once. Keep them as long as the process: the service remembers, too.
 */
export function createPacers(clock: Clock): Pacers {
  const buckets = new Map<string, Bucket>();
  return (scope, rates) => async (family, signal) => {
    const rate = rates[family];
    if (rate === undefined) return;
    const key = `${scope} ${family}`;
    const now = clock.now();
    const perSecond = rate.perSecond * margin;
    const bucket = buckets.get(key) ?? { tokens: rate.burst, at: now };
    buckets.set(key, bucket);
    bucket.tokens = Math.min(rate.burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = Math.max(bucket.at, now);
    // Taken at once, so that callers who wait do not all wait for the same token.
    bucket.tokens -= 1;
    if (bucket.tokens < 0) await clock.sleep(Math.ceil((-bucket.tokens / perSecond) * 1000), signal);
  };
}

/** Seconds that `calls` calls of one family take when the bucket is full at the start. */
export function paceSeconds(calls: number, rate: Rate | undefined): number {
  if (rate === undefined) return 0;
  return Math.max(0, calls - rate.burst) / rate.perSecond;
}
