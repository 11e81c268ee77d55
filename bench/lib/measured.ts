/** One figure of a suite, under the id of its goal. */
export interface Measured {
  readonly id: string;
  readonly value: number;
  /** What it was measured against, and how it spread. */
  readonly note?: string;
}

/** A figure that this machine cannot give, and the tool that it lacks. */
export interface Skipped {
  readonly id: string;
  readonly skipped: string;
}

/** How to measure. */
export interface Effort {
  /** Smaller data and fewer runs: for CI. */
  readonly quick: boolean;
}

/** A suite: figures, or why there are none. */
export interface Suite {
  readonly name: string;
  readonly measure: (effort: Effort) => Promise<readonly (Measured | Skipped)[]>;
}

/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Milliseconds that something takes. */
export async function time(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}
