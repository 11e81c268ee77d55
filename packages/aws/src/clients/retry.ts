import { type Clock, serviceError, type TrustloomError } from '@trustloom/core';

/** How often a read is sent at most, the first time included. */
const readAttempts = 5;

/** First wait after a failure, in ms; doubled each time, then scaled by a random share of it. */
const firstWaitMs = { throttled: 1000, other: 100 } as const;
const longestWaitMs = 20_000;

/**
 * The retry strategy given to every SDK client: never again. A Create whose answer is lost would be
 * done twice; the engine looks at the target and plans anew instead. It replaces the SDK's own,
 * because one client in use sends two calls with `maxAttempts: 1`.
 */
export const never = Object.freeze({
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (): Promise<never> => {
    throw new Error('no second attempt');
  },
  recordSuccess: () => undefined,
});

/**
 * True for commands that may be sent twice, by their name: `GetObjectCommand`,
 * `DescribeTrustStoresCommand`; and AssumeRole, which leaves nothing behind.
 */
function isRepeatable(commandName: string): boolean {
  return /^(?:Get|List|Describe|Head)(?=[A-Z])|^AssumeRoleCommand$/.test(commandName);
}

/** What retrying needs of the world. */
export interface RetryWorld {
  readonly clock: Clock;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

type Next<Args, Output> = (args: Args) => Promise<Output>;

/**
 * SDK middleware that sends reads again when the service is busy or out of reach. Writes go through
 * once.
 */
export function retryReads(world: RetryWorld) {
  return <Args, Output>(next: Next<Args, Output>, context: object): Next<Args, Output> => {
    const name: unknown = Reflect.get(context, 'commandName');
    if (typeof name !== 'string' || !isRepeatable(name)) return next;
    return async (args) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await next(args);
        } catch (error) {
          const seen = serviceError(error, name);
          if (seen.kind !== 'transient' || attempt === readAttempts) throw error;
          await world.clock.sleep(waitMs(seen, attempt, world.random()));
        }
      }
    };
  };
}

function waitMs(error: TrustloomError, attempt: number, random: number): number {
  const first = error.code === 'throttled' ? firstWaitMs.throttled : firstWaitMs.other;
  return Math.min(longestWaitMs, first * 2 ** (attempt - 1)) * (0.5 + random / 2);
}
