import type { Content } from '../adapter/content.ts';
import type { BoundStep, ServicePlan } from '../adapter/contract.ts';
import { type Finding, isBlocking } from '../errors/finding.ts';
import type { Instant } from '../util/time.ts';
import { consentsOf, type PlannedStep, type SkipReason, skipSteps } from './consent.ts';
import type { SeenTarget, StepMeans } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';

/**
 * What the service plans for a target. Nothing where it could not be seen, or where nothing may be
 * trusted.
 */
export function servicePlan(
  { observed, rendered, leaving }: SeenTarget,
  now: Instant,
): ServicePlan<BoundStep> {
  if (observed === undefined || (rendered?.rendering === undefined && !leaving))
    return { steps: [], findings: [] };
  return observed.plan(now);
}

/** What the steps of a plan are done with. */
export function meansOf({ rendered }: SeenTarget, plan: ServicePlan<BoundStep>): StepMeans {
  const artifacts = [...(rendered?.rendering?.artifacts ?? []), ...(plan.artifacts ?? [])];
  return {
    handlers: new Map(plan.steps.map((bound) => [bound.step.id, bound])),
    artifacts: new Map(artifacts.map((artifact) => [artifact.sha256, artifact])),
  };
}

/**
 * The steps of one target with the consents that they need, and which of them are left out, and
 * why.
 */
export function plannedSteps(
  target: SeenTarget,
  plan: ServicePlan<BoundStep>,
  terms: {
    readonly resolved: ResolvedTrust;
    readonly now: Instant;
    readonly allow: ReadonlySet<string>;
    /** `many:<count>`, where removals need it. */
    readonly many: string | undefined;
  },
): readonly PlannedStep[] {
  const { name } = target;
  const spared = expiredCas(terms.resolved, target.observed?.content, terms.now);
  const isStopped = [...seenFindings(target), ...plan.findings].some(isBlocking);
  const noneLeft = target.rendered?.rendering?.noneLeft === true;
  const steps = plan.steps.map(({ step }): PlannedStep => {
    const own = consentsOf(step, name, spared);
    const needs = step.effect === 'remove' && terms.many !== undefined ? [...own, terms.many] : own;
    return { ...step, target: name, needs, missing: needs.filter((consent) => !terms.allow.has(consent)) };
  });
  return skipSteps(steps, ({ effect, missing }): SkipReason | undefined => {
    // A precondition that is not met keeps the target as it is; revocations never wait for it.
    if (isStopped && effect !== 'revoke') return 'precondition';
    // Nobody is admitted anew through a CA that is revoked; what refuses more, and what goes by
    // consent, still may.
    if (noneLeft && (effect === 'grant' || effect === 'relax')) return 'precondition';
    return missing.length > 0 ? 'consent' : undefined;
  });
}

/**
 * What was seen to be wrong. A target that leaves does not miss what is gone already, or belongs to
 * somebody else by now.
 */
export function seenFindings({ observed, leaving }: SeenTarget): readonly Finding[] {
  const { findings = [], unmet = [] } = observed?.content ?? {};
  return leaving ? findings : [...findings, ...unmet];
}

/**
 * CAs past their end need no consent to go: no good client is left, unless an attachment ignores
 * expiry.
 */
function expiredCas(
  resolved: ResolvedTrust,
  content: Content | undefined,
  now: Instant,
): ReadonlySet<string> {
  if (content?.attachments.some(({ ignoresExpiry }) => ignoresExpiry)) return new Set();
  const held =
    content === undefined || content.cas === 'unknown'
      ? []
      : content.cas.flatMap(({ certificate }) => certificate ?? []);
  return new Set(
    [...resolved.known, ...held].filter(({ notAfter }) => notAfter <= now).map(({ sha256 }) => sha256),
  );
}
