import { ownershipTags, type PlanContext, type ServicePlan, type Step } from '@trustloom/core/adapter';
import type { ApiGatewaySteps, Desired, Observed } from '../model.ts';
import type { ApiGatewayTarget } from '../target.ts';
import { planCaBundle } from './ca-bundle.ts';
import { planCrls } from './crls/index.ts';
import { type ManifestPlan, planRetirement } from './crls/retirement.ts';
import { planTeardown } from './teardown.ts';

/** The writes from what is held to what is desired. Pure. */
export function planApiGateway(
  desired: Desired | undefined,
  observed: Observed,
  target: ApiGatewayTarget,
  context: PlanContext,
): ServicePlan<Step<ApiGatewaySteps>> {
  if (desired === undefined) return planTeardown(observed, target, context);
  const { domain, published } = observed;
  if (domain === undefined || domain.owner === 'another') return { steps: [], findings: [] };
  const trusted = domain.truststore === undefined ? [] : domain.cas;
  const standing = trusted && new Set(trusted.map(({ keySha256 }) => keySha256));
  const crls: ManifestPlan =
    desired.authorizer !== undefined
      ? { ...planCrls(desired, published, standing, target, context), findings: [] }
      : planRetirement(desired, observed, standing, target, context);
  const bundle = planCaBundle(desired, domain, target, context);
  if (!desired.managed) {
    const findings = bundle.steps.map(({ summary, reason }) => ({
      code: 'attachment-external' as const,
      severity: 'warning' as const,
      about: target.domain,
      message: `${summary} (${reason}): the attachment is external, so this is left to its owner`,
    }));
    return { ...crls, findings: [...crls.findings, ...findings] };
  }
  const tag: Step<ApiGatewaySteps, 'tag-domain'> = {
    kind: 'tag-domain',
    id: 'tag',
    effect: 'tag',
    affects: [target.domain],
    summary: `tag ${target.domain} as followed by ${context.name} of ${context.definition}`,
    reason: 'it does not carry our ownership tags',
    action: 'apigateway:PUT',
    input: { domain: target.domain, tags: ownershipTags(context) },
  };
  const tags = domain.owner === 'us' ? [] : [tag];
  // The first manifest comes after the tag that says whose it is, so that none is left unclaimed,
  // and a target that was taken down gets none anew.
  const claimed = crls.steps.map((step) =>
    published === undefined ? { ...step, after: [...(step.after ?? []), ...tags.map(({ id }) => id)] } : step,
  );
  // Nothing is trusted before its CRL is where the authorizer looks.
  const first = crls.steps.filter(({ effect }) => effect === 'revoke').map(({ id }) => id);
  const steps = bundle.steps.map((step) => ({ ...step, after: [...(step.after ?? []), ...first] }));
  return {
    steps: [...tags, ...claimed, ...steps],
    artifacts: [...crls.artifacts, ...bundle.artifacts],
    findings: crls.findings,
  };
}
