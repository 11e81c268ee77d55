import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@trustloom/core';

/** The machine's own clock: what is used when no other is passed in. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    wait(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    }),
});
