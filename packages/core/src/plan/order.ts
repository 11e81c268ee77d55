import type { Step } from '../adapter/legacy-step.ts';
import type { Effect } from '../adapter/step.ts';

/**
 * The order of work across all targets, so that a change locks nobody out of one service while another waits: everywhere the new is
 * let in before anywhere the old is refused. `revoke` has its own lane: it waits for nothing but the steps that it names itself.
 */
export const phases = [
  'label',
  'grant',
  'enforce',
  'remove',
  'open',
  'readmit',
  'clean',
] as const satisfies readonly Effect[];

/** One phase of the work. */
export type Phase = (typeof phases)[number];

/** True when a step may run once the work has come to `phase`. */
export function mayRun(effect: Effect, phase: Phase | 'revoke'): boolean {
  if (effect === 'revoke') return true;
  if (phase === 'revoke') return false;
  return phases.indexOf(effect) <= phases.indexOf(phase);
}

/**
 * True for a step that must be done before any target comes to the phase after this one. What revokes or marks changes nowhere who is let
 * in, so it holds nobody up; what nobody is waiting for does not hold up those who begin to enforce.
 */
export function holdsOthers(
  { effect, unawaited }: Pick<Step, 'effect' | 'unawaited'>,
  phase: Phase | 'revoke',
): boolean {
  if (effect === 'revoke' || effect === 'label' || !mayRun(effect, phase)) return false;
  return unawaited !== true || mayRun('enforce', phase);
}

/** True when the work comes to the first phase before it comes to the second. */
export function isBefore(first: Phase | 'revoke', second: Phase | 'revoke'): boolean {
  const at = (phase: Phase | 'revoke') => (phase === 'revoke' ? -1 : phases.indexOf(phase));
  return at(first) < at(second);
}
