import type { Content } from '../adapter/content.ts';
import type { BoundStep, ServicePlan } from '../adapter/contract.ts';
import { type Finding, isBlocking } from '../errors/finding.ts';
import type { Instant } from '../util/time.ts';
import { consentsOf, type PlannedStep, type SkipReason, skipSteps } from './consent.ts';
import type { SeenTarget, StepMeans } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';

/**
 * What the service plans for a target. Nothing where it could not be seen, or where nothing may be
 * trusted. A target that leaves is enforced until it is gone: it gets its revocations, too.
 */
export function servicePlan(target: SeenTarget, now: Instant, allow: Allowed): ServicePlan<BoundStep> {
  const { observed, rendered, leaving } = target;
  if (observed === undefined || (rendered?.rendering === undefined && !leaving))
    return { steps: [], findings: [] };
  const moving =
    rendered?.rendering === undefined
      ? undefined
      : observed.plan(now, { stateLost: keepsEverything(target, allow) });
  if (!leaving) return moving ?? { steps: [], findings: [] };
  const teardown = observed.planTeardown(now);
  // Nothing is left to take away: what would be written now would be left behind.
  if (teardown.steps.length === 0 && teardown.stays !== true) return teardown;
  const revoking = revokingAlone(moving?.steps ?? []);
  return {
    ...teardown,
    steps: [...revoking, ...teardown.steps],
    artifacts: [...(moving?.artifacts ?? []), ...(teardown.artifacts ?? [])],
  };
}

/** Steps that revoke and wait for no other kind of step. */
function revokingAlone(steps: readonly BoundStep[]): readonly BoundStep[] {
  const kept = new Set<string>();
  const ids = new Set(steps.map(({ step }) => step.id));
  return steps.filter(({ step: { id, effect, after = [] } }) => {
    const alone = effect === 'revoke' && after.every((one) => kept.has(one) || !ids.has(one));
    if (alone) kept.add(id);
    return alone;
  });
}

/** The consents given. */
type Allowed = ReadonlySet<string>;

/**
 * The state does not explain what stands there, so that nothing which refuses anybody may go. After
 * a rebuild, a person may say so for the target.
 */
function keepsEverything({ memory, name }: SeenTarget, allow: Allowed): boolean {
  return memory === 'lost' || (memory === 'rebuilt' && !allow.has(readmitsUnexplained(name)));
}

/** True when a target that was rebuilt holds nothing more than what is explained by now. */
export function isExplained({ memory, observed }: SeenTarget, plan: ServicePlan<BoundStep>, now: Instant) {
  return memory === 'rebuilt' && plan.steps.length === 0 && observed?.plan(now).steps.length === 0;
}

/** Consent to take away what nothing explains on a target, after the state was built again. */
export function readmitsUnexplained(target: string): string {
  return `readmit:${target}`;
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
    /** CAs that were retired once, by SHA-256: to grant one again needs its consent. */
    readonly retired: ReadonlySet<string>;
    /** `many:<count>`, where removals need it. */
    readonly many: string | undefined;
  },
): readonly PlannedStep[] {
  const { name } = target;
  const spared = expiredCas(terms.resolved, target.observed?.content, terms.now);
  const isStopped = [...seenFindings(target), ...plan.findings].some(isBlocking);
  const noneLeft = target.rendered?.rendering?.noneLeft === true;
  const steps = plan.steps.map(({ step }): PlannedStep => {
    const own = consentsOf(step, name, { spared, retired: terms.retired });
    const needs = step.effect === 'remove' && terms.many !== undefined ? [...own, terms.many] : own;
    return { ...step, target: name, needs, missing: needs.filter((consent) => !terms.allow.has(consent)) };
  });
  return skipSteps(steps, ({ effect, missing }): SkipReason | undefined => {
    // What is unknown is not changed: only what refuses more goes on.
    if (target.memory === 'lost' && effect !== 'revoke') return 'precondition';
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
