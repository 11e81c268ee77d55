import type { TestClock } from '@trustloom/testkit';

/** So long nothing may happen before time jumps: longer than any call to the local AWS takes, or time would run while it is on its way. */
const quietMs = 60;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock that jumps to the next sleeper, but only when it was quiet for a moment: of calls on their way nothing is then counted as waiting,
 * and rates are judged as they would be in real time.
 */
export function createQuietClock(start = Date.now()): TestClock {
  let now = start;
  let sleepers: readonly Sleeper[] = [];
  let timer: NodeJS.Timeout | undefined;
  const until = (time: number) => {
    now = Math.max(now, time);
    const awake = sleepers.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    sleepers = sleepers.filter(({ at }) => at > now);
    for (const { wake } of awake) wake();
  };
  const plan = () => {
    clearTimeout(timer);
    if (sleepers.length > 0)
      timer = setTimeout(() => {
        until(Math.min(...sleepers.map(({ at }) => at)));
        plan();
      }, quietMs);
  };
  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers = [...sleepers, { at: now + Math.max(0, ms), wake }];
        plan();
      }),
    advance: (ms) => until(now + ms),
  };
}
