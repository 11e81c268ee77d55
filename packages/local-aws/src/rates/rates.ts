import { ServiceError } from '../services/service.ts';
import type { Clock } from '../types.ts';
import { RATES, type RateRow } from './table.ts';

/** Who asks for what. */
export interface RateCall {
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
}

/** Token buckets on the emulator's clock. */
export interface Rates {
  /**
   * Takes a token of every bucket that the call draws on. @throws ServiceError the service's own
   * throttling error
   */
  take(call: RateCall): void;
  clear(): void;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A limiter over the table of rates. */
export function createRates(clock: Clock, rows: readonly RateRow[] = RATES): Rates {
  const buckets = new Map<string, Bucket>();
  const filled = (row: RateRow, index: number, { account, region }: RateCall): Bucket => {
    const key = `${index} ${account} ${region}`;
    const now = clock.now();
    const bucket = buckets.get(key) ?? { tokens: row.burst, at: now };
    bucket.tokens = Math.min(row.burst, bucket.tokens + ((now - bucket.at) / 1000) * row.perSecond);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  };
  return Object.freeze({
    take(call: RateCall) {
      const mine = rows.flatMap((row, index) => {
        const draws =
          row.service === call.service && (row.actions === 'all' || row.actions.includes(call.action));
        return draws ? [filled(row, index, call)] : [];
      });
      // A sum of many small parts falls short of the whole by a hair.
      if (mine.some(({ tokens }) => tokens < 1 - 1e-9)) throw throttled(call.service);
      for (const bucket of mine) bucket.tokens -= 1;
    },
    clear: () => buckets.clear(),
  });
}

/** By service: what its SDK retries on. */
function throttled(service: string): ServiceError {
  if (service === 'elasticloadbalancing') return new ServiceError('Throttling', 400, 'Rate exceeded');
  if (service === 'apigateway')
    return new ServiceError(
      'TooManyRequestsException',
      429,
      'Too Many Requests',
      {},
      { 'retry-after': '30' },
    );
  return new ServiceError('ThrottlingException', 429, 'Rate exceeded');
}
