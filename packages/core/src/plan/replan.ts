import type { ObservedTarget } from '../adapter/contract.ts';
import { requiresLatestRevocation } from '../adapter/step.ts';
import type { Instant } from '../util/time.ts';
import { manyConsent, type PlannedStep, skipSteps } from './consent.ts';
import type { Replanned, RunTarget, SeenTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';
import { stepLines } from './step-lines.ts';
import { meansOf, plannedSteps, servicePlan } from './target-steps.ts';

/**
 * Plans one target again in the middle of a run: the same consents, and nothing beyond what was
 * approved.
 *
 * @param outdated another run knows of more revocations by now: what this one would do about them
 *   is left to it
 */
export function replanTarget(input: {
  readonly target: RunTarget;
  readonly observed: ObservedTarget;
  readonly resolved: ResolvedTrust;
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
  readonly retired: ReadonlySet<string>;
  readonly outdated: boolean;
}): Replanned {
  const { observed, resolved, now, allow, retired, outdated } = input;
  const target: SeenTarget = { ...input.target, observed };
  const { name } = target;
  const approved = new Set(stepLines(input.target.planned.steps));
  const plan = servicePlan(target, now, allow);
  const many = manyConsent(
    plan.steps.map(({ step }) => ({ target: name, step })),
    1,
  );
  const isApproved = (step: PlannedStep) => stepLines([step]).every((line) => approved.has(line));
  const steps = skipSteps(plannedSteps(target, plan, { resolved, now, allow, many, retired }), (step) => {
    // What another run knows by now may be all that a consent is missing for.
    if (outdated && requiresLatestRevocation(step)) return 'outdated';
    if (step.skipped !== undefined) return step.skipped;
    return isApproved(step) ? undefined : 'not-approved';
  });
  // What another run put in force meanwhile is nothing to go back from: the next plan knows it.
  // What waits for such a step waits on.
  const needed = new Set(
    steps.filter(({ effect }) => effect !== 'revoke').flatMap(({ after = [] }) => after),
  );
  return {
    ...meansOf(target, plan),
    steps: steps.filter(
      (step) =>
        (step.effect !== 'readmit' || isApproved(step)) &&
        (step.skipped !== 'outdated' || needed.has(step.id)),
    ),
    stays: plan.stays === true,
  };
}
