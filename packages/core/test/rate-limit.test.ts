import { createTestClock } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateLimitSeconds } from '../src/adapter/rate-limit.ts';
import { type Clock, createRateLimiters, type Rate } from '../src/index.ts';

const rateOf = (burst: number, perSecond: number): Rate => ({
  burst,
  perSecond,
  actions: [],
  source: 'made up',
  checked: '2026-11',
});

/** The bucket of a service, which says when it was asked too soon. */
function serviceBucket({ burst, perSecond }: Rate, clock: Clock) {
  let [tokens, at, refused] = [burst, clock.now(), 0];
  return {
    take() {
      tokens = Math.min(burst, tokens + ((clock.now() - at) / 1000) * perSecond);
      at = clock.now();
      if (tokens < 1 - 1e-9) refused += 1;
      else tokens -= 1;
    },
    refused: () => refused,
  };
}

describe('pacing', () => {
  test('no call comes too soon, however long calls are on their way and back', async () => {
    const ms = fc.integer({ min: 0, max: 3_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          burst: fc.integer({ min: 1, max: 5 }),
          perSecond: fc.constantFrom(1 / 30, 0.2, 1, 10),
          calls: fc.array(fc.record({ begins: ms, there: ms, back: ms }), { minLength: 1, maxLength: 25 }),
        }),
        async ({ burst, perSecond, calls }) => {
          const clock = createTestClock('2026-11-24T10:00:00Z');
          const rate = rateOf(burst, perSecond);
          const service = serviceBucket(rate, clock);
          const rateLimited = createRateLimiters(clock)('service', { family: rate });
          await Promise.all(
            calls.map(async ({ begins, there, back }) => {
              await clock.sleep(begins);
              await rateLimited('family', async () => {
                await clock.sleep(there);
                service.take();
                await clock.sleep(back);
              });
            }),
          );
          expect(service.refused()).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each([
    [1, 1 / 30, 20],
    [10, 0.2, 20],
    [40, 10, 100],
  ])(
    'a burst of %i, then %f a second: %i calls take just as long as the rate asks',
    async (burst, perSecond, calls) => {
      const clock = createTestClock('2026-11-24T10:00:00Z');
      const start = clock.now();
      const rate = rateOf(burst, perSecond);
      const rateLimited = createRateLimiters(clock)('service', { family: rate });
      await Promise.all(Array.from({ length: calls }, () => rateLimited('family', async () => undefined)));
      const seconds = (clock.now() - start) / 1000;
      expect(seconds).toBeGreaterThanOrEqual(rateLimitSeconds(calls, rate));
      expect(seconds - rateLimitSeconds(calls, rate)).toBeLessThan(0.1);
    },
  );

  test('who is aborted while waiting leaves the turn to the next', async () => {
    const clock = createTestClock('2026-11-24T10:00:00Z');
    const rateLimited = createRateLimiters(clock)('service', { family: rateOf(1, 1) });
    const abort = new AbortController();
    await rateLimited('family', async () => undefined);
    const gone = rateLimited('family', async () => 'sent', abort.signal);
    const next = rateLimited('family', async () => 'sent');
    abort.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    expect(await next).toBe('sent');
  });

  test('a call that failed gives its place free, and families without a rate wait for nobody', async () => {
    const clock = createTestClock('2026-11-24T10:00:00Z');
    const start = clock.now();
    const rateLimited = createRateLimiters(clock)('service', { family: rateOf(1, 1) });
    await expect(rateLimited('family', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await rateLimited('other', async () => 'sent')).toBe('sent');
    expect(clock.now()).toBe(start);
    expect(await rateLimited('family', async () => 'sent')).toBe('sent');
    expect(clock.now()).toBe(start + 1000);
  });
});
