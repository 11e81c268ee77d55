import type { Clock } from '@trustloom/core';
import { createJumpClock } from '@trustloom/local-aws';

/** A clock on which nobody waits. */
export interface TestClock extends Clock {
  /** Moves time on by `ms` at once. */
  advance(ms: number): void;
}

/**
 * A clock for tests: time stands still until somebody sleeps, then jumps. Give the same one to the
 * local AWS and to the code under test, so that settling, rates and validity agree.
 *
 * @param start milliseconds since 1970, or a date; default now, so that certificates are valid for
 *   real TLS clients too
 * @example
 * const clock = createTestClock()
 * await using local = await startLocalAws({ clock })
 */
export function createTestClock(start: number | string | Date = new Date()): TestClock {
  return createJumpClock(start);
}
