import { ownershipTags, type PlanContext, type ServicePlan } from '@trustloom/core/adapter';
import type { CloudfrontStep, Desired, Observed } from '../model/index.ts';
import type { CloudfrontTarget } from '../target.ts';
import { planAttachments } from './attachments.ts';
import { planBundle, tagStore } from './ca-bundle.ts';
import { planRevocation } from './crls/index.ts';
import { planTeardown } from './teardown.ts';

/** The writes from what is held to what is desired. Pure. */
export function planCloudfront(
  desired: Desired | undefined,
  observed: Observed,
  target: CloudfrontTarget,
  context: PlanContext,
): ServicePlan<CloudfrontStep> {
  const { store } = observed;
  if (desired === undefined) return { steps: planTeardown(observed), findings: [] };
  if (store !== undefined && !store.owned && target.trustStore === undefined)
    return { steps: [], findings: [] };
  const bundle = planBundle(desired, observed, target, context);
  const revocation = planRevocation(desired, observed, target, context);
  const attachments = planAttachments(desired, observed, target, {
    store: bundle.storeId,
    fn: revocation.fn,
    // Revocation before trust: what refuses the revoked is live before anybody is admitted by it.
    after: [...bundle.grants, ...revocation.before],
  });
  const steps = [
    ...revocation.steps,
    ...bundle.steps,
    ...attachments.steps,
    ...revocation.later(attachments.steps.map(({ id }) => id)),
  ];
  const plan = {
    steps,
    artifacts: [...bundle.artifacts, ...revocation.artifacts],
    findings: [...attachments.findings, ...revocation.findings],
  };
  if (store === undefined || store.owned) return plan;
  const adoption: CloudfrontStep = {
    ...tagStore(store, ownershipTags(context, { bundle: desired.bundle })),
    id: 'adopt',
    summary: `tag trust store ${store.name} as owned by ${context.name}`,
    reason: 'it does not carry our ownership tag',
    consents: [`adopt:${store.id}`],
  };
  const adopted = (step: CloudfrontStep): CloudfrontStep =>
    step.effect === 'revoke' ? step : { ...step, after: [...(step.after ?? []), adoption.id] };
  return { ...plan, steps: [adoption, ...steps.map(adopted)] };
}
