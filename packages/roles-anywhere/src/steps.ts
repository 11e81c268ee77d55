import type { Step } from '@trustloom/core';

/** The ids of steps, for `after`. */
export function ids(steps: readonly Step[]): readonly string[] {
  return steps.map(({ id }) => id);
}
