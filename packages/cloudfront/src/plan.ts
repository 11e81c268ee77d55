import type { Instant, JsonObject, Step, TargetContext, TargetPlan } from '@trustloom/core';
import { marksOf } from './names.ts';
import { planBundle } from './plan-bundle.ts';
import { planCheck } from './plan-check.ts';
import { planDistributions } from './plan-distributions.ts';
import { planLeaving } from './plan-leave.ts';
import type { Desired, Observed, Ref, StoredStore } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** The writes from what is held to what is desired. Pure. */
export function planCloudfront(
  desired: Desired | undefined,
  observed: Observed,
  target: CloudfrontTarget,
  context: TargetContext & { readonly now: Instant },
): TargetPlan<JsonObject> {
  const { store } = observed;
  if (desired === undefined) return planLeaving(observed);
  if (store !== undefined && !store.ours && target.trustStore === undefined)
    return { steps: [], findings: [] };
  const content = planBundle(desired, observed, target, context);
  const check = planCheck(desired, observed, target, context);
  const ref: Ref = store?.id ?? { $ref: 'create-store', get: 'id' };
  const grants = content.steps.filter(({ effect }) => effect === 'grant').map(({ id }) => id);
  const attach = planDistributions(desired, observed, target, {
    store: ref,
    fn: check.fn,
    // Revocation before trust: what refuses the revoked is live before anybody is let in by it.
    after: [...grants, ...check.before],
  });
  const adoption = store === undefined || store.ours ? [] : [adopt(store, desired, context)];
  const steps = [
    ...check.steps,
    ...content.steps,
    ...attach.steps,
    ...check.later(attach.steps.map(({ id }) => id)),
  ].map((step) =>
    adoption.length === 0 || step.effect === 'revoke'
      ? step
      : { ...step, after: [...(step.after ?? []), 'adopt'] },
  );
  return {
    steps: [...adoption, ...steps],
    artifacts: [...content.artifacts, ...check.artifacts],
    findings: [...attach.findings, ...check.findings],
  };
}

function adopt(store: StoredStore, desired: Desired, context: TargetContext): Step {
  return {
    id: 'adopt',
    effect: 'label',
    things: [store.id],
    mends: `the store ${store.name} does not carry our mark`,
    action: 'cloudfront:TagResource',
    input: { do: 'tag-store', arn: store.arn, tags: { ...marksOf(context, desired.artifact) } },
    consents: [`adopt:${store.id}`],
  };
}
