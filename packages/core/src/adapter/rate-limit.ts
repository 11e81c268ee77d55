import type { Clock, Instant } from '../util/time.ts';
import type { Rate } from './service-info.ts';

/** Sends a call of a family as soon as its rate allows. */
export type RateLimiter = <T>(family: string, send: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Paces the calls of some services, one scope for each service and place. */
export type RateLimiters = (scope: string, rates: Readonly<Record<string, Rate>>) => RateLimiter;

interface Bucket {
  tokens: number;
  at: Instant;
  /** Calls that have no answer yet. */
  inFlight: number;
  /** Resolves when the caller before may go on. */
  turn: Promise<void>;
  /** Tells who is next that an answer came. */
  answered: () => void;
}

/**
 * Token buckets on our side, one per scope (service, account, region) and family, filled at the
 * service's own rate: the service then never has to say "slow down". When a call reaches the
 * service is not known, only that it has by the time of its answer. So a call takes its token when
 * it is sent and again keeps the bucket from being full until its answer: however long calls are on
 * their way, the service's bucket has never less than ours. Families without a rate pass at once.
 * Keep the rate limits as long as the process: the service remembers, too.
 */
export function createRateLimiters(clock: Clock): RateLimiters {
  const buckets = new Map<string, Bucket>();
  return (scope, rates) => async (family, send, signal) => {
    const rate = rates[family];
    if (rate === undefined) return send();
    const key = `${scope} ${family}`;
    const bucket = buckets.get(key) ?? newBucket(rate, clock.now());
    buckets.set(key, bucket);
    // One after the other, so that callers who wait do not all wait for the same token.
    const mine = bucket.turn.then(() => take(bucket, rate, clock, signal));
    bucket.turn = mine.catch(() => undefined);
    await mine;
    try {
      return await send();
    } finally {
      fill(bucket, rate, clock.now());
      bucket.inFlight -= 1;
      bucket.answered();
    }
  };
}

function newBucket({ burst }: Rate, at: Instant): Bucket {
  return { tokens: burst, at, inFlight: 0, turn: Promise.resolve(), answered: () => undefined };
}

function fill(bucket: Bucket, { burst, perSecond }: Rate, now: Instant): void {
  const more = (Math.max(0, now - bucket.at) / 1000) * perSecond;
  bucket.tokens = Math.min(burst - bucket.inFlight, bucket.tokens + more);
  bucket.at = Math.max(bucket.at, now);
}

async function take(
  bucket: Bucket,
  rate: Rate,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    fill(bucket, rate, clock.now());
    if (bucket.tokens >= 1) break;
    // No time fills a bucket whose tokens are all on their way.
    if (rate.burst - bucket.inFlight < 1)
      await new Promise<void>((answered) => {
        bucket.answered = answered;
      });
    else await clock.sleep(Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1000), signal);
  }
  bucket.tokens -= 1;
  bucket.inFlight += 1;
}

/** Seconds that `calls` calls of one family take when the bucket is full at the start. */
export function rateLimitSeconds(calls: number, rate: Rate | undefined): number {
  if (rate === undefined) return 0;
  return Math.max(0, calls - rate.burst) / rate.perSecond;
}
