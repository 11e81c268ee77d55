import { defined } from '../util/defined.ts';

/**
 * What kind of trouble a code means, and so what to do: `input` fix the input; `refused` a safety
 * rule said no (exit 3); `service` AWS said no; `race` the world changed, plan again; `transient`
 * try again; `bug` report it.
 */
export type CodeKind = 'input' | 'refused' | 'service' | 'race' | 'transient' | 'bug';

/** One row of the table of codes. */
export interface CodeInfo {
  readonly kind: CodeKind;
  /** What it means, in one sentence. */
  readonly means: string;
  /** What to do about it. */
  readonly advice: string;
  /**
   * The thing that it is about is refused alone; everything else goes on. Without it, an error
   * finding stops every write.
   */
  readonly alone?: true;
}

const row =
  (kind: CodeKind, alone?: true) =>
  (means: string, advice: string): CodeInfo => ({ kind, ...defined({ alone }), means, advice });

/** Rows of the table, by their kind. */
export const input = row('input');
export const refused = row('refused');
export const service = row('service');
export const race = row('race');
export const transient = row('transient');
export const bug = row('bug');

/** Rows of what is refused alone. */
export const inputAlone = row('input', true);
export const refusedAlone = row('refused', true);
export const serviceAlone = row('service', true);
