import type { StepEnvelope } from '../adapter/step.ts';

/**
 * What the steps of a target do, one line for each thing: `effect thing`. A run that plans a target
 * again in the middle does nothing beyond them. Labels and revocations are left out: they may be
 * done whenever they are found to be missing.
 */
export function stepLines(steps: readonly Pick<StepEnvelope, 'effect' | 'affects'>[]): readonly string[] {
  return steps
    .filter(({ effect }) => effect !== 'tag' && effect !== 'revoke')
    .flatMap(({ effect, affects }) => affects.map((about) => `${effect} ${about}`));
}
