import type { Certificate, Step } from '@trustloom/core';

/** The ids of steps, for `after`. */
export function ids(steps: readonly Step[]): readonly string[] {
  return steps.map(({ id }) => id);
}

/** The names of CAs, each once. */
export function names(cas: readonly Certificate[]): string {
  return [...new Set(cas.map(({ subject }) => subject.text))].join('; ') || 'a bundle that cannot be read';
}
