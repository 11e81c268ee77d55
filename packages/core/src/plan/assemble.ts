import type { Holdings } from '../adapter/content.ts';
import type { Observation } from '../adapter/contract.ts';
import { needsNewest, type Step } from '../adapter/legacy-step.ts';
import type { Artifact } from '../adapter/ports.ts';
import type { CodeFacts } from '../errors/code-facts.ts';
import { codes } from '../errors/codes.ts';
import { type Finding, sortFindings } from '../errors/finding.ts';
import { freshnessOf, type ListFreshness } from '../state/freshness.ts';
import { defined } from '../util/defined.ts';
import { type Instant, isoTime } from '../util/time.ts';
import { consentsOf, type LeftOut, leaveOut, manyConsent, type PlannedStep } from './consent.ts';
import { approvalDigest, approvalLines } from './digest.ts';
import { forecastFull } from './forecast.ts';
import type { Gathered } from './load.ts';
import type { Plan, PlannedTarget } from './plan.ts';
import type { Prepared, PrepareParts, Surveyed } from './prepared.ts';
import type { TrustView } from './resolve-trust.ts';
import { exposureOf, letIn, lockoutOf, newsOf } from './safety.ts';
import { planSummary } from './summary.ts';
import { slowestOf } from './timing.ts';
import type { TargetWork } from './work.ts';

/** Everything of one target that a plan is made of. */
export interface Drafted {
  readonly surveyed: Surveyed;
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
  /** Something of a target that leaves stays for now. */
  readonly stays: boolean;
}

/** A plan that was made again in the middle of a run, with the files that its steps may refer to. */
export interface Replanned {
  readonly steps: readonly PlannedStep[];
  readonly artifacts: ReadonlyMap<string, Artifact>;
  readonly stays: boolean;
}

/** Puts the surveyed targets together into one plan: consents, order, digest, summary. Pure. */
export function assemble(input: {
  readonly parts: PrepareParts;
  readonly view: TrustView;
  readonly gathered: Gathered;
  readonly surveyed: readonly Surveyed[];
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
  readonly knows: string;
}): Prepared {
  const { view, now, allow, parts } = input;
  const freshness: Prepared['freshness'] = (holds, at) =>
    freshnessOf(holds, { rows: view.lists.rows, known: view.known, ...parts.definition.revocation }, at);
  const drafts = input.surveyed
    .map((surveyed) => draft(surveyed, now))
    .map((one) => ({ ...one, findings: [...one.findings, ...forecast(one, view, now), ...letGo(one, view)] }))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const many = manyConsent(
    drafts.flatMap((one) => one.steps.map((step) => ({ target: nameOf(one), step }))),
    drafts.length,
  );
  const targets = drafts.map((one): TargetWork => {
    const steps = withConsents(one, view, now, allow, many);
    return {
      ...one.surveyed.hands,
      ...plannedParts(one.surveyed),
      planned: plannedTarget(one, steps, freshness(one.surveyed.observation?.holds, now)),
    };
  });
  const planned = targets.map((target) => target.planned);
  const lines = approvalLines(planned.map(({ name, place, steps }) => ({ name, place, steps })));
  const steps = planned.flatMap((target) => target.steps);
  const inputFindings = [...view.findings, ...drafts.flatMap((one) => renderFindings(one))];
  const reached = targets.map((target) => letIn(target, view));
  const slowest = slowestOf(planned, parts.adapters);
  const draftPlan: Omit<Plan, 'summary'> = {
    formatVersion: 1,
    definition: parts.definition.name,
    digest: approvalDigest(lines),
    lines,
    targets: planned,
    news: newsOf({ definition: parts.definition, lock: parts.lock, view, gathered: input.gathered, reached }),
    findings: sortFindings([...view.findings, ...planned.flatMap(({ findings }) => findings)]),
    lockout: lockoutOf(targets, view, reached),
    exposure: exposureOf(targets, view, parts.lock, reached),
    calls: steps.filter(({ leftOut }) => leftOut === undefined).length,
    ...defined({ slowest }),
    missing: [...new Set(steps.flatMap(({ missing }) => missing))].sort(),
    blocked: inputFindings.some(blocks),
    changes: steps.length > 0,
  };
  return {
    plan: { ...draftPlan, summary: planSummary(draftPlan) },
    view,
    knows: input.knows,
    freshness,
    targets,
    artifacts: new Map(
      drafts.flatMap((one) => one.artifacts.map((artifact) => [artifact.sha256, artifact] as const)),
    ),
  };
}

/**
 * Plans one target again in the middle of a run: the same consents, and nothing beyond what was approved.
 *
 * @param outdated another run knows of more revocations by now: what this one would do about them is left to it
 */
export function replanTarget(input: {
  readonly work: TargetWork;
  readonly observation: Observation<unknown>;
  readonly view: TrustView;
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
  readonly approved: ReadonlySet<string>;
  readonly outdated: boolean;
}): Replanned {
  const { work, observation, view, now, allow, approved, outdated } = input;
  const { rendering, planned } = work;
  const { name, place } = work.bound.context;
  const again = draft({ hands: work, leaving: planned.leaving, ...defined({ rendering }), observation }, now);
  const many = manyConsent(
    again.steps.map((step) => ({ target: name, step })),
    1,
  );
  const isApproved = (step: PlannedStep) =>
    approvalLines([{ name, place, steps: [step] }]).every((line) => approved.has(line));
  const steps = leaveOut(withConsents(again, view, now, allow, many), (step) => {
    if (step.leftOut !== undefined) return step.leftOut;
    if (outdated && needsNewest(step)) return 'outdated';
    return isApproved(step) ? undefined : 'not-approved';
  });
  // What another run put in force meanwhile is nothing to go back from: the next plan knows it. What waits for such a step waits on.
  const needed = new Set(
    steps.filter(({ effect }) => effect !== 'revoke').flatMap(({ after = [] }) => after),
  );
  return {
    steps: steps.filter(
      (step) =>
        (step.effect !== 'readmit' || isApproved(step)) &&
        (step.leftOut !== 'outdated' || needed.has(step.id)),
    ),
    artifacts: new Map(again.artifacts.map((artifact) => [artifact.sha256, artifact])),
    stays: again.stays,
  };
}

function draft(surveyed: Surveyed, now: Instant): Drafted {
  const { observation, rendering, leaving, hands } = surveyed;
  if (observation === undefined || (rendering === undefined && !leaving))
    return { surveyed, steps: [], artifacts: [], findings: [], stays: false };
  const { steps, artifacts = [], findings, stays = false } = hands.bound.plan(rendering, observation, now);
  return { surveyed, steps, artifacts: [...(rendering?.artifacts ?? []), ...artifacts], findings, stays };
}

function withConsents(
  one: Drafted,
  view: TrustView,
  now: Instant,
  allow: ReadonlySet<string>,
  many: string | undefined,
): readonly PlannedStep[] {
  const holds = one.surveyed.observation?.holds;
  const spared = expired(view, holds, now);
  const stopped = [...seenFindings(one), ...one.findings].some(blocks);
  const nobodyLeft = [...view.findings, ...renderFindings(one)].some(
    ({ code, target }) => code === 'nobody-left' && target === nameOf(one),
  );
  const steps = one.steps.map((step): PlannedStep => {
    const own = consentsOf(step, nameOf(one), spared);
    const needs = step.effect === 'remove' && many !== undefined ? [...own, many] : own;
    return { ...step, target: nameOf(one), needs, missing: needs.filter((consent) => !allow.has(consent)) };
  });
  const reason = ({ effect, missing }: PlannedStep): LeftOut | undefined => {
    // A precondition that is not met keeps the target as it is; revocations never wait for it.
    if (stopped && effect !== 'revoke') return 'precondition';
    // Nobody is let in anew through a CA that is revoked; what refuses more, and what goes by consent, still may.
    if (nobodyLeft && (effect === 'grant' || effect === 'open')) return 'precondition';
    return missing.length > 0 ? 'consent' : undefined;
  };
  return leaveOut(steps, reason);
}

/** CAs past their end need no consent to go: no good client is left, unless an attachment ignores expiry. */
function expired(view: TrustView, holds: Holdings | undefined, now: Instant): ReadonlySet<string> {
  if (holds?.attachments.some(({ ignoresExpiry }) => ignoresExpiry)) return new Set();
  const held =
    holds === undefined || holds.cas === 'unknown'
      ? []
      : holds.cas.flatMap(({ certificate }) => certificate ?? []);
  return new Set(
    [...view.known, ...held].filter(({ notAfter }) => notAfter <= now).map(({ sha256 }) => sha256),
  );
}

/** An error stops writes, unless the thing that it is about is refused alone. */
function blocks(finding: Finding): boolean {
  const facts: CodeFacts = codes[finding.code];
  return finding.severity === 'error' && facts.alone !== true;
}

function renderFindings(one: Drafted): readonly Finding[] {
  return (one.surveyed.rendering?.findings ?? []).map((finding) => ({ target: nameOf(one), ...finding }));
}

/** What was seen to be wrong. Who leaves does not miss what is gone already, or belongs to somebody else by now. */
function seenFindings({ surveyed: { observation, leaving } }: Drafted): readonly Finding[] {
  const seen = observation?.holds.findings ?? [];
  return leaving ? seen.filter(({ code }) => code !== 'attachment-missing' && code !== 'name-taken') : seen;
}

/** Lists that soon do not fit, of a target that is to hold them. */
function forecast(one: Drafted, view: TrustView, now: Instant): readonly Finding[] {
  const trust = one.surveyed.rendering === undefined ? undefined : view.trusts.get(nameOf(one));
  const { facts } = one.surveyed.hands.bound;
  return trust === undefined
    ? []
    : forecastFull(
        trust.revocation.lists.filter(({ crl }) => crl.scope === 'complete'),
        view.lists.rows,
        facts,
        now,
      );
}

/** CAs that have no revocation in force on a target, since somebody let their last list go. */
function letGo(one: Drafted, view: TrustView): readonly Finding[] {
  const lists = view.trusts.get(nameOf(one))?.revocation.letGo ?? [];
  return lists.map(({ issuer, sha256, thisUpdate, since }) => ({
    code: 'crl-let-go',
    severity: 'warning',
    thing: sha256,
    message: `${issuer} has no revocation in force: its list of ${isoTime(thisUpdate)} was let go at ${isoTime(since)}, and whom it named gets in. A newer list is enforced as soon as a source gives one.`,
  }));
}

function plannedTarget(
  one: Drafted,
  steps: readonly PlannedStep[],
  freshness: readonly ListFreshness[],
): PlannedTarget {
  const { hands, leaving, observation, failed } = one.surveyed;
  const { name, place } = hands.bound.context;
  const { service } = hands.bound.facts;
  const findings = [...renderFindings(one), ...seenFindings(one), ...one.findings];
  return {
    name,
    service,
    place,
    leaving,
    ...(one.stays ? { stays: true } : {}),
    steps,
    freshness,
    findings: sortFindings(findings.map((finding) => ({ service, ...finding, target: name }))),
    ...(observation === undefined ? {} : { holds: observation.holds }),
    ...(failed === undefined
      ? {}
      : { failed: { code: failed.code, kind: failed.kind, message: failed.message } }),
  };
}

function plannedParts({ rendering, observation, recorded }: Surveyed) {
  return {
    ...defined({ rendering, observation, recorded }),
  };
}

function nameOf(one: Drafted): string {
  return one.surveyed.hands.bound.context.name;
}
