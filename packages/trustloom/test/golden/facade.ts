import type { Explanation, PlanWithSummary as Plan, Report, Status, Trustloom } from '@trustloom/core';
import type { Line } from './words.ts';

/**
 * The only file of these tests that reads plans, reports and status: when their fields are renamed,
 * only this one changes.
 */

type DenyReport = Awaited<ReturnType<Trustloom['revoke']>>;
type Findings = Plan['findings'];
type Target = Plan['targets'][number];
type Step = Target['steps'][number];

function findingLines(of: string, findings: Findings): readonly Line[] {
  return findings.map(({ code, severity, about: thing = '' }) => ({ of, code, severity, thing }));
}

function stepLine(of: string, step: Step): Line {
  const { effect, action, affects: things, needs, missing, skipped: leftOut = '', revocation } = step;
  return {
    of,
    effect,
    action,
    things,
    needs,
    missing,
    out: leftOut,
    after: step.after?.length ?? 0,
    ...(revocation === undefined
      ? {}
      : { entries: [revocation.added, revocation.removed, revocation.entries].map(String) }),
  };
}

/** The subject in which a CA was recorded: today it is named by its common name and its digest. */
const subjectOf = (name: string) => name.replace(/^(.*) \[[^\]]*\]$/, 'CN=$1');

function freshnessLines(of: string, rows: Target['freshness']): readonly Line[] {
  return rows.map(({ issuer, entries, state, behind, red }) => ({
    of,
    issuer: subjectOf(issuer),
    entries,
    fresh: state,
    behind,
    red: red.length,
  }));
}

/** What was observed, in figures. */
function heldLines(of: string, holds: Target['content']): readonly Line[] {
  if (holds === undefined) return [{ of, observed: false }];
  const { exists, cas, crls, enforcement, attachments, bypasses: doors, endpoints } = holds;
  return [
    {
      of,
      exists,
      cas: cas === 'unknown' ? [cas] : cas.map(({ sha256 }) => sha256),
      crls: crls.map(({ sha256, inForce }) => `${sha256} ${inForce}`),
      attachments: attachments.map(({ id, mode, enforcing }) => `${id} ${mode} ${enforcing}`),
      doors: doors.map(({ state }) => state),
      endpoints: endpoints.length,
      ...(enforcement === undefined ? {} : { mechanism: enforcement.mechanism, enforced: enforcement.state }),
    },
  ];
}

/** True when nothing is planned. */
export const plansNothing = (plan: Plan | undefined): boolean => plan?.changes !== true;

/** True when some target is not what it should be, though nothing failed. */
export const isNotDone = (report: Report | undefined): boolean =>
  report?.targets.some(({ state }) => state === 'incomplete') !== false;

export function planLines(plan: Plan): readonly Line[] {
  const { blocked, changes, calls, missing, after, lines } = plan;
  return [
    {
      blocked,
      changes,
      calls,
      missing,
      lockout: after.lockout.length,
      exposure: after.exposure.length,
      approved: lines.length,
      summary: plan.summary.length > 0,
    },
    ...plan.caChanges.map(({ change: news, sha256, group, admittedOn: letInOn, notOn }) => ({
      news,
      sha256,
      group,
      reaches: letInOn.map(({ target }) => target),
      not: notOn,
    })),
    // Those of targets stand in both.
    ...findingLines(
      '',
      plan.findings.filter(({ target }) => target === undefined),
    ),
    ...plan.targets.flatMap(targetLines),
  ];
}

function targetLines(target: Target): readonly Line[] {
  const {
    name,
    service,
    leaving,
    stays = false,
    steps,
    findings,
    freshness,
    content: holds,
    failed,
  } = target;
  return [
    { of: name, service, leaving, stays, failed: failed?.code ?? '', failure: failed?.kind ?? '' },
    ...steps.map((step) => stepLine(name, step)),
    ...findingLines(name, findings),
    ...freshnessLines(name, freshness),
    ...heldLines(name, holds),
  ];
}

export function reportLines(report: Report): readonly Line[] {
  const { exitCode, calls, missing } = report;
  return [
    { exitCode, calls, missing: missing },
    ...findingLines(
      '',
      report.findings.filter(({ target }) => target === undefined),
    ),
    ...report.targets.flatMap(({ name, state, done, remaining, failed, content: holds, freshness }) => [
      { of: name, state, failed: failed?.code ?? '' },
      { of: name, effect: done.map(({ effect }) => effect) },
      ...remaining.map((step) => stepLine(name, step)),
      ...freshnessLines(name, freshness),
      ...heldLines(name, holds),
    ]),
  ];
}

export function denyLines(report: DenyReport): readonly Line[] {
  const { change, entries, targets, exitCode } = report;
  return [
    { change, entries: entries.length, exitCode },
    ...targets.map(({ name, state, gaps, residualAccess: outlives, denyPolicy }) => ({
      of: name,
      denied: state,
      gaps: gaps.length,
      outlives: outlives.length,
      policy: denyPolicy !== undefined,
    })),
    ...reportLines(report.refresh),
  ];
}

export function statusLines(status: Status): readonly Line[] {
  const { exitCode, drift, targets, findings } = status;
  return [
    { exitCode, drift },
    ...findingLines(
      '',
      findings.filter(({ target }) => target === undefined),
    ),
    ...targets.flatMap(
      ({ name, state, differences, revocation, findings, freshness, content: holds, failed }) => [
        { of: name, state, failed: failed?.code ?? '' },
        { of: name, effect: differences.map(({ effect }) => effect) },
        {
          of: name,
          mechanism: revocation.mechanism,
          enforced: revocation.state,
          entries: revocation.entries,
          red: revocation.red.length,
        },
        ...findingLines(name, findings),
        ...freshnessLines(name, freshness),
        ...heldLines(name, holds),
      ],
    ),
  ];
}

export function explainLines(explanations: readonly Explanation[]): readonly Line[] {
  return explanations.map(({ target, verdict, chain, reasons }) => ({
    of: target,
    verdict,
    chain: chain.map(subjectOf),
    reasons: reasons.map(({ says, what }) => `${what} ${says}`),
  }));
}

/** Consents that a plan asks for, as they are to be given. */
export const missingOf = (plan: Plan): readonly string[] => plan.missing;
