import type { Clock } from './types.ts';

/** The machine's own time. */
export const realClock: Clock = Object.freeze({
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
});

/**
 * A clock for tests: nobody waits. Time jumps to the earliest sleeper as soon as nothing else runs.
 */
export interface JumpClock extends Clock {
  /** Moves time on by `ms` at once and wakes the sleepers that this passes. */
  advance(ms: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Makes a clock that starts at `start` (milliseconds since the epoch, or a date) and moves only
 * when somebody sleeps or `advance` is called. Two sleepers side by side wake in the order of their
 * times, so waits overlap as they would in real time.
 *
 * @example
 * const clock = createJumpClock('2026-11-24T00:00:00Z');
 * await clock.sleep(600_000); // returns at once; clock.now() is ten minutes later
 */
export function createJumpClock(start: number | string | Date): JumpClock {
  let now = new Date(start).getTime();
  if (Number.isNaN(now)) throw new TypeError('createJumpClock: the start is no date');
  let sleepers: readonly Sleeper[] = [];
  let due = false;

  const wakeUntil = (time: number) => {
    now = Math.max(now, time);
    const awake = sleepers.filter((sleeper) => sleeper.at <= now);
    sleepers = sleepers.filter((sleeper) => sleeper.at > now);
    for (const sleeper of [...awake].sort((a, b) => a.at - b.at)) sleeper.wake();
  };
  const jump = () => {
    due = false;
    if (sleepers.length === 0) return;
    wakeUntil(Math.min(...sleepers.map((sleeper) => sleeper.at)));
    plan();
  };
  const plan = () => {
    if (due || sleepers.length === 0) return;
    due = true;
    setImmediate(jump);
  };

  return Object.freeze({
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        const stop = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
        sleepers = [...sleepers, sleeper];
        plan();
      }),
    advance: (ms: number) => wakeUntil(now + ms),
  });
}
