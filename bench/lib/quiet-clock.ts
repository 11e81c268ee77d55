import type { TestClock } from '@trustloom/testkit';

/**
 * So long nothing may happen before time jumps. Looked at in windows, so that the events that were
 * waiting come in each.
 */
const windowMs = 15;
const quietWindows = 4;
/** What looking itself may take of a window, in microseconds of all threads. */
const lookUs = 2_000;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock that jumps to the next sleeper, but only when this process (which is both ends of every
 * call) did nothing for a while: of calls on their way nothing is then counted as waiting, and
 * rates are judged as they would be in real time, also on a busy machine.
 */
export function createQuietClock(start = Date.now()): TestClock {
  let now = start;
  let sleepers: readonly Sleeper[] = [];
  let looking = false;
  let used = process.cpuUsage();
  let quiet = 0;
  const until = (time: number) => {
    now = Math.max(now, time);
    const awake = sleepers.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    sleepers = sleepers.filter(({ at }) => at > now);
    quiet = 0;
    for (const { wake } of awake) wake();
  };
  const look = () => {
    const { user, system } = process.cpuUsage(used);
    used = process.cpuUsage();
    quiet = user + system < lookUs ? quiet + 1 : 0;
    if (quiet >= quietWindows) until(Math.min(...sleepers.map(({ at }) => at)));
    looking = sleepers.length > 0;
    if (looking) setTimeout(look, windowMs);
  };
  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers = [...sleepers, { at: now + Math.max(0, ms), wake }];
        if (!looking) setTimeout(look, windowMs);
        looking = true;
      }),
    advance: (ms) => until(now + ms),
  };
}
