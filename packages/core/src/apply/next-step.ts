import type { PlannedStep } from '../plan/consent.ts';
import { blocksOthers, mayRun, type Phase, type Stage } from './phases.ts';

/** Ids of steps: a set, or a map by id. */
export interface StepIds {
  has(id: string): boolean;
}

/**
 * The step that a target does next in this stage; undefined when none is left that may run.
 * Revocations go first: nothing of a phase waits longer for them than it must. Else the order is
 * the plan's.
 *
 * @param done steps that succeeded
 * @param failed steps that were refused alone; what waits for one of them waits on
 */
export function nextStep(
  steps: readonly PlannedStep[],
  done: StepIds,
  failed: StepIds,
  stage: Stage,
): PlannedStep | undefined {
  const ids = new Set(steps.map(({ id }) => id));
  const isReady = ({ after = [] }: PlannedStep) => after.every((id) => done.has(id) || !ids.has(id));
  const ready = steps.filter(
    (step) => isOpen(step, done, failed) && mayRun(step.effect, stage) && isReady(step),
  );
  return ready.find(({ effect }) => effect === 'revoke') ?? ready[0];
}

/**
 * True while a step is not done, or the service is still busy with it, that other targets wait for
 * before they come to the phase after this one.
 *
 * @param busy the step that is being done
 */
export function isBlockingOthers(
  steps: readonly PlannedStep[],
  done: StepIds,
  failed: StepIds,
  busy: string | undefined,
  phase: Phase,
): boolean {
  return steps.some(
    (step) =>
      blocksOthers(step, phase) &&
      step.skipped === undefined &&
      (step.id === busy || isOpen(step, done, failed)),
  );
}

function isOpen({ id, skipped }: PlannedStep, done: StepIds, failed: StepIds): boolean {
  return skipped === undefined && !done.has(id) && !failed.has(id);
}
