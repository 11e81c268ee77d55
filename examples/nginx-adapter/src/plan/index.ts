import type { PlanContext, ServicePlan } from '@trustloom/core/adapter';
import type { Desired, NginxStep, Observed } from '../model.ts';
import type { NginxTarget } from '../target.ts';
import { planCaBundle } from './ca-bundle.ts';
import { planCrls } from './crls.ts';
import { planTeardown } from './teardown.ts';

/** The writes from what is observed to what is desired. Pure. */
export function planNginx(
  desired: Desired | undefined,
  observed: Observed,
  target: NginxTarget,
  _context: PlanContext,
): ServicePlan<NginxStep> {
  if (desired === undefined) return { steps: planTeardown(observed, target), findings: [] };
  // Somebody else's file is never written; the observation says whose it is not.
  if (observed.bundle?.owned === false || observed.crls?.owned === false) return { steps: [], findings: [] };
  const crls = planCrls(desired, observed, target);
  const bundle = planCaBundle(desired, observed, target, crls.revoke);
  const drop = crls.drop.map((step) => ({
    ...step,
    after: [...(step.after ?? []), ...bundle.map(({ id }) => id)],
  }));
  return { steps: [...crls.revoke, ...bundle, ...drop], findings: [] };
}
