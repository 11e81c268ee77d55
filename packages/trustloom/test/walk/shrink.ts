import type { Breach } from './judge.ts';
import type { Scenario } from './scenario.ts';
import { type Walked, walk } from './walk.ts';

/** A scenario that breaks a rule, and how it went. */
export interface Found {
  readonly scenario: Scenario;
  readonly walked: Walked;
}

/**
 * Leaves out of a scenario what it does not need to break the same rule: events first, then targets.
 * Stops after so many tries.
 */
export async function shrink(found: Found, tries = 60): Promise<Found> {
  let best = found;
  let left = tries;
  const rule = ({ breaches }: Walked) => breaches[0]?.rule;
  const isStill = async (scenario: Scenario): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const walked = await walk(scenario);
    if (rule(walked) !== rule(found.walked)) return false;
    best = { scenario, walked };
    return true;
  };
  for (let size = Math.ceil(best.scenario.events.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.scenario.events.length - size; at >= 0; at -= size) {
      const { events } = best.scenario;
      const fewer = [...events.slice(0, at), ...events.slice(at + size)];
      await isStill({ ...best.scenario, events: fewer });
    }
  }
  for (const name of Object.keys(best.scenario.targets)) {
    const { [name]: _left, ...targets } = best.scenario.targets;
    if (Object.keys(targets).length > 0) await isStill({ ...best.scenario, targets });
  }
  return best;
}

/** A scenario for people: what was done, and what must never happen. */
export function scenarioText({ scenario, walked }: Found): string {
  const breaches = walked.breaches.map(({ rule, text }: Breach) => `BREACH: ${rule}: ${text}`);
  return [`scenario ${scenario.seed}`, ...walked.lines, ...new Set(breaches)]
    .map((line) => `  ${line}`)
    .join('\n');
}
