import type { Clock } from './types.ts';

/**
 * `auto`: a change is ready `ms` on the clock after it was asked for. `manual`: not before
 * `settle()` is called.
 */
export type SettleMode = { readonly mode: 'auto'; readonly ms: number } | { readonly mode: 'manual' };

/**
 * What is asked for but not there yet: a trust store that is CREATING, a distribution that is
 * InProgress.
 */
export interface Settle {
  /** Runs `ready` once the change has settled. `what` (an ARN) only names it. */
  later(what: string, ready: () => void): void;
  /**
   * Runs what has become due. Called before every request and every handshake, so no timer is
   * needed.
   */
  catchUp(): void;
  /** Runs everything that is pending, and what that makes pending in turn. */
  all(): void;
  pending(): readonly string[];
  clear(): void;
}

interface Pending {
  readonly what: string;
  readonly due: number;
  readonly ready: () => void;
}

export function createSettle(clock: Clock, mode: SettleMode): Settle {
  let waiting: readonly Pending[] = [];
  const run = (due: (pending: Pending) => boolean) => {
    for (let next = waiting.find(due); next; next = waiting.find(due)) {
      const done = next;
      waiting = waiting.filter((pending) => pending !== done);
      done.ready();
    }
  };
  return Object.freeze({
    later(what: string, ready: () => void) {
      const due = mode.mode === 'auto' ? clock.now() + mode.ms : Number.POSITIVE_INFINITY;
      waiting = [...waiting, { what, due, ready }];
    },
    catchUp: () => run((pending) => pending.due <= clock.now()),
    all: () => run(() => true),
    pending: () => waiting.map((pending) => pending.what),
    clear: () => {
      waiting = [];
    },
  });
}
