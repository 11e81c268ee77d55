import { createHash } from 'node:crypto';

/** Random numbers from a seed: the same in every run. */
export interface Dice {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number below `count`. */
  below(count: number): number;
  pick<T>(items: readonly T[]): T;
  chance(share: number): boolean;
}

/** Dice that fall by a seed alone. */
export function diceOf(seed: string): Dice {
  let thrown = 0;
  const next = () => {
    thrown += 1;
    return createHash('sha256').update(`${seed} ${thrown}`).digest().readUInt32BE() / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    pick<T>(items: readonly T[]): T {
      return pickBy(items, next());
    },
    chance: (share) => next() < share,
  };
}

/** The element of a items that a number from 0 up to 1 points to. */
export function pickBy<T>(items: readonly T[], at: number): T {
  const found = items[Math.floor(at * items.length)];
  if (found === undefined) throw new TypeError('nothing to pick from');
  return found;
}
