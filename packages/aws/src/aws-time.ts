import type { Clock, Instant } from '@trustloom/core';

/** Time as AWS tells it. */
export interface AwsTime {
  /** "Now" is the latest `Date` that AWS answered with, moved on by the machine's clock. */
  readonly clock: Clock;
  /** Takes the `Date` header of an answer of AWS. */
  see(date: string | undefined): void;
}

/** A `Date` has whole seconds, and an answer takes a while: below this nobody's clock is wrong. */
const toleranceMs = 5_000;

/**
 * A clock that follows AWS. A machine whose clock is wrong would refuse valid CRLs as not begun yet,
 * take expired ones, or hold leases that end in another day; everything that runs against AWS has
 * AWS's own time in every answer. Before the first answer the machine's time is all there is.
 *
 * Source: RFC 9110, 6.6.1 (the Date header).
 *
 * @param machine the machine's clock: waits go by it
 * @example
 * const time = createAwsTime(systemClock)
 * const aws = openAws({ env: process.env, accounts, version, clock: time.clock, onDate: time.see })
 */
export function createAwsTime(machine: Clock): AwsTime {
  let offsetMs = 0;
  return Object.freeze({
    clock: Object.freeze({
      now: (): Instant => machine.now() + offsetMs,
      sleep: (ms: number, signal?: AbortSignal) => machine.sleep(ms, signal),
      skewMs: () => -offsetMs,
    }),
    see(date: string | undefined) {
      const at = Date.parse(date ?? '');
      if (Number.isNaN(at)) return;
      const differenceMs = at - machine.now();
      offsetMs = Math.abs(differenceMs) < toleranceMs ? 0 : differenceMs;
    },
  });
}
