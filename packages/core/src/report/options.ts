/** How texts are coloured; the command passes colours, everybody else nothing. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** No colour at all. */
export const plain: Paint = { good: same, bad: same, warn: same, dim: same };

/**
 * How a text is laid out.
 *
 * @example
 * console.log(planText(plan, { width: process.stdout.columns }))
 */
export interface TextOptions {
  /** Columns of the terminal; absent: lines are as long as what they say. */
  readonly width?: number | undefined;
  readonly paint?: Paint;
  /** All names where equal rows of many targets are folded, and why each step is needed. */
  readonly verbose?: boolean;
}

function same(text: string): string {
  return text;
}
