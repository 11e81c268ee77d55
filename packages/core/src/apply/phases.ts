import type { Effect, StepEnvelope } from '../adapter/step.ts';

/**
 * The order of work across all targets, so that a change locks nobody out of one service while
 * another waits: the new is admitted everywhere before the old is refused anywhere. `revoke` has
 * its own lane: it waits for nothing but the steps that it names itself.
 */
export const phases = [
  'tag',
  'grant',
  'enforce',
  'remove',
  'relax',
  'readmit',
  'cleanup',
] as const satisfies readonly Effect[];

/** One phase of the work that all targets pass together. */
export type Phase = (typeof phases)[number];

/** What a target works on: a phase, or revocation alone. */
export type Stage = Phase | 'revoke';

/** True when a step may run once the work has come to `stage`. */
export function mayRun(effect: Effect, stage: Stage): boolean {
  if (effect === 'revoke') return true;
  if (stage === 'revoke') return false;
  return phases.indexOf(effect) <= phases.indexOf(stage);
}

/**
 * True for a step that must be done before any target comes to the phase after this one. What
 * revokes or tags admits nobody, so no target waits for it; those that begin to enforce do not wait
 * for a step that is not blocking.
 */
export function blocksOthers(
  { effect, nonBlocking }: Pick<StepEnvelope, 'effect' | 'nonBlocking'>,
  phase: Phase,
): boolean {
  if (effect === 'revoke' || effect === 'tag' || !mayRun(effect, phase)) return false;
  return nonBlocking !== true || mayRun('enforce', phase);
}

/** True when the work comes to the first stage before it comes to the second. */
export function isBefore(first: Stage, second: Stage): boolean {
  const at = (stage: Stage) => (stage === 'revoke' ? -1 : phases.indexOf(stage));
  return at(first) < at(second);
}
