import type { Breach } from './judge.ts';
import type { Story } from './story.ts';
import { type Walked, walk } from './walk.ts';

/** A story that breaks a rule, and how it went. */
export interface Found {
  readonly story: Story;
  readonly walked: Walked;
}

/**
 * Leaves out of a story what it does not need to break the same rule: events first, then targets.
 * Stops after so many tries.
 */
export async function shrink(found: Found, tries = 60): Promise<Found> {
  let best = found;
  let left = tries;
  const rule = ({ breaches }: Walked) => breaches[0]?.rule;
  const isStill = async (story: Story): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const walked = await walk(story);
    if (rule(walked) !== rule(found.walked)) return false;
    best = { story, walked };
    return true;
  };
  for (let size = Math.ceil(best.story.events.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.story.events.length - size; at >= 0; at -= size) {
      const { events } = best.story;
      const fewer = [...events.slice(0, at), ...events.slice(at + size)];
      await isStill({ ...best.story, events: fewer });
    }
  }
  for (const name of Object.keys(best.story.targets)) {
    const { [name]: _left, ...targets } = best.story.targets;
    if (Object.keys(targets).length > 0) await isStill({ ...best.story, targets });
  }
  return best;
}

/** A story for people: what was done, and what must never happen. */
export function storyText({ story, walked }: Found): string {
  const breaches = walked.breaches.map(({ rule, text }: Breach) => `BREACH: ${rule}: ${text}`);
  return [`story ${story.seed}`, ...walked.lines, ...new Set(breaches)].map((line) => `  ${line}`).join('\n');
}
