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
