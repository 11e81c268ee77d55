import type { BoundStep, ServicePlan } from '../adapter/contract.ts';
import type { Lock } from '../definition/lock.ts';
import { type Finding, isBlocking, sortFindings } from '../errors/finding.ts';
import type { CrlCopies } from '../state/accepted-crls.ts';
import { type CrlFreshness, freshnessOf, span } from '../state/freshness.ts';
import type { RevocationState, TrustState } from '../state/state.ts';
import { defined } from '../util/defined.ts';
import { type Clock, type Instant, isoTime } from '../util/time.ts';
import { admissionAfter, admissionNow } from './admission.ts';
import { manyConsent, type PlannedStep } from './consent.ts';
import { contentSummary } from './content-summary.ts';
import { approvalDigest, approvalLines } from './digest.ts';
import { forecastFull } from './forecast.ts';
import type { Gathered } from './load.ts';
import { memoryFindings } from './memory.ts';
import type { Admission, Plan, PlannedTarget } from './plan.ts';
import type { Prepared, PrepareParts, RunTarget, SeenTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';
import { admissionOf, caChangesOf } from './safety.ts';
import { isExplained, meansOf, plannedSteps, seenFindings, servicePlan } from './target-steps.ts';
import { slowestOf } from './timing.ts';

/** From here on a machine's clock is reported as wrong. */
const toleratedSkewMs = 60_000;

/** Puts the targets that were seen together into one plan: consents, order, digest. Pure. */
export function assemble(input: {
  readonly parts: PrepareParts;
  readonly resolved: ResolvedTrust;
  readonly gathered: Gathered;
  readonly seen: readonly SeenTarget[];
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
  readonly revocationFingerprint: string;
  readonly trust: TrustState;
  readonly revocation: RevocationState;
  readonly copies: CrlCopies;
}): Prepared {
  const { resolved, now, allow, parts, gathered, revocationFingerprint, trust } = input;
  const { definition, lock } = parts;
  const freshness: Prepared['freshness'] = (content, at) =>
    freshnessOf(content, { rows: resolved.crls.rows, known: resolved.known, ...definition.revocation }, at);
  const drafts = input.seen
    .map((target) => ({ target, plan: servicePlan(target, now, allow) }))
    .sort((a, b) => (a.target.name < b.target.name ? -1 : 1));
  const many = manyConsent(
    drafts.flatMap(({ target: { name }, plan }) => plan.steps.map(({ step }) => ({ target: name, step }))),
    drafts.length,
  );
  const retired = new Set(Object.keys(trust.retired ?? {}));
  const targets = drafts.map(({ target, plan }): RunTarget => {
    const steps = plannedSteps(target, plan, { resolved, now, allow, many, retired });
    const findings = [
      ...plan.findings,
      ...forecast(target, resolved, now),
      ...withdrawn(target, resolved),
      ...memoryFindings(target, { ...input, definition }),
    ];
    const fresh = freshness(target.observed?.content, now);
    return {
      ...target,
      ...meansOf(target, plan),
      explained: isExplained(target, plan, now),
      planned: plannedTarget(target, { ...plan, findings }, steps, fresh),
    };
  });
  const planned = targets.map((target) => target.planned);
  const lines = approvalLines({
    definition,
    resolved,
    targets: targets.map(({ name, leaving, row, planned: { findings } }) => ({
      name,
      leaving,
      findings,
      ...defined({ row }),
    })),
    findings: resolved.findings,
  });
  const steps = planned.flatMap((target) => target.steps);
  const reached = targets.map((target) => admissionOf(target, resolved));
  const slowest = slowestOf(targets.map(({ bound, planned: own }) => ({ info: bound.info, planned: own })));
  const plan: Plan = {
    formatVersion: 1,
    definition: definition.name,
    digest: approvalDigest(lines),
    lines,
    targets: planned,
    caChanges: caChangesOf({ definition, lock, resolved, gathered, reached }),
    findings: sortFindings([
      ...resolved.findings,
      ...skewed(parts.clock),
      ...planned.flatMap(({ findings }) => findings),
    ]),
    now: joined(
      targets.map((one) => admissionNow(one, one.observed?.content, one.planned.steps, { resolved, lock })),
    ),
    after: joined(targets.map((one) => admissionAfter(one, { resolved, lock }))),
    calls: steps.filter(({ skipped }) => skipped === undefined).length,
    ...defined({ slowest }),
    missing: [...new Set(steps.flatMap(({ missing }) => missing))].sort(),
    blocked: [...resolved.findings, ...targets.flatMap(renderFindings)].some(isBlocking),
    changes: steps.length > 0,
  };
  return {
    plan,
    resolved,
    revocationFingerprint,
    freshness,
    targets,
    lostRetained: new Set(
      [...input.copies].filter(([, { lost }]) => lost.includes('retained')).map(([key]) => key),
    ),
    lock,
    retired: retiredAfter(trust, lock, allow, now),
    newDefinition: trust.definition === lock.id ? undefined : lock.id,
  };
}

/** Leases, and CRLs that begin or end, are judged by the time that AWS tells. */
function skewed(clock: Clock): readonly Finding[] {
  const skewMs = clock.skewMs?.() ?? 0;
  if (Math.abs(skewMs) < toleratedSkewMs) return [];
  const way = skewMs > 0 ? 'ahead of' : 'behind';
  return [
    {
      code: 'clock-skew',
      severity: 'warning',
      message: `the clock of this machine is ${span(Math.abs(skewMs))} ${way} AWS; the time of AWS was used`,
    },
  ];
}

function joined(all: readonly Admission[]): Admission {
  return {
    exposure: all.flatMap(({ exposure }) => exposure),
    lockout: all.flatMap(({ lockout }) => lockout),
  };
}

/**
 * CAs that are known to have been retired. One that was granted again by its consent is a CA like
 * any other.
 */
function retiredAfter(
  { retired = {} }: TrustState,
  { entries }: Lock,
  allow: ReadonlySet<string>,
  now: Instant,
): NonNullable<TrustState['retired']> {
  const since = entries
    .filter(({ state }) => state === 'retired')
    .map(({ sha256 }) => [sha256, retired[sha256] ?? isoTime(now)] as const);
  const all = { ...retired, ...Object.fromEntries(since) };
  return Object.fromEntries(Object.entries(all).filter(([sha256]) => !allow.has(`grant:${sha256}`)));
}

function plannedTarget(
  target: SeenTarget,
  plan: ServicePlan<BoundStep>,
  steps: readonly PlannedStep[],
  freshness: readonly CrlFreshness[],
): PlannedTarget {
  const { name, bound, leaving, observed, rendered, failed } = target;
  const { service, title } = bound.info;
  const findings = [...renderFindings(target), ...seenFindings(target), ...plan.findings];
  return {
    name,
    service,
    title,
    accountRegion: bound.context.accountRegion,
    leaving,
    compared: observed !== undefined && (leaving || rendered?.rendering !== undefined),
    ...defined({ stays: plan.stays }),
    steps,
    freshness,
    findings: sortFindings(findings.map((finding) => ({ service, ...finding, target: name }))),
    ...(observed === undefined ? {} : { content: contentSummary(observed.content) }),
    ...(failed === undefined
      ? {}
      : { failed: { code: failed.code, kind: failed.kind, message: failed.message } }),
  };
}

function renderFindings({ name, rendered }: SeenTarget): readonly Finding[] {
  return (rendered?.rendering?.findings ?? []).map((finding) => ({ target: name, ...finding }));
}

/** CRLs that soon do not fit, of a target that is to hold them. */
function forecast(
  { name, rendered, bound }: SeenTarget,
  resolved: ResolvedTrust,
  now: Instant,
): readonly Finding[] {
  const trust = rendered?.rendering === undefined ? undefined : resolved.trusts.get(name);
  const crls = trust?.revocation.crls.filter(({ crl }) => crl.scope === 'complete') ?? [];
  return forecastFull(crls, resolved.crls.rows, bound.info, now);
}

/** CAs that have no revocation in force on a target, since somebody let their last CRL go. */
function withdrawn({ name }: SeenTarget, resolved: ResolvedTrust): readonly Finding[] {
  const crls = resolved.trusts.get(name)?.revocation.withdrawn ?? [];
  return crls.map(({ issuer, sha256, thisUpdate, since }) => ({
    code: 'crl-enforcement-withdrawn',
    severity: 'warning',
    about: sha256,
    message: `${issuer} has no revocation in force: its CRL of ${isoTime(thisUpdate)} was withdrawn at ${isoTime(since)}, and the clients it revoked are admitted. A newer CRL is enforced as soon as a source gives one.`,
  }));
}
