import type { Content } from '../adapter/content.ts';
import { isRefusal, sortFindings } from '../errors/finding.ts';
import { admissionNow } from '../plan/admission.ts';
import { contentSummary } from '../plan/content-summary.ts';
import type { Admission, PlannedTarget } from '../plan/plan.ts';
import type { Prepared, RunTarget } from '../plan/prepared.ts';
import type { CrlFreshness } from '../state/freshness.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import { remainingOf, type TargetRun } from './executor.ts';
import type { Report, TargetReport } from './report.ts';

/** What a run came to. Without runs (nothing to do, or blocked) it tells what the plan saw. */
export function reportOf(prepared: Prepared, runs: readonly TargetRun[], now: Instant): Report {
  const { plan } = prepared;
  const admission = admissionOf(prepared, runs);
  const byName = new Map(runs.map((run) => [run.target.name, run]));
  const targets = prepared.targets.map((target) =>
    targetReport(target, byName.get(target.name), (content) => prepared.freshness(content, now)),
  );
  const missing = [
    ...new Set(targets.flatMap(({ remaining }) => remaining.flatMap((step) => step.missing))),
  ].sort();
  return {
    formatVersion: 1,
    definition: plan.definition,
    plan,
    targets,
    findings: sortFindings(plan.findings),
    now: admission,
    problems: problemsOf(prepared, targets),
    calls: targets.reduce((sum, { done }) => sum + done.length, 0),
    missing,
    exitCode: exitCodeOf(prepared, targets),
  };
}

function targetReport(
  { planned, observed }: RunTarget,
  run: TargetRun | undefined,
  freshness: (content: Content | undefined) => readonly CrlFreshness[],
): TargetReport {
  const outcomes = run?.state.outcomes ?? [];
  const failure = outcomes.find((one) => one.outcome === 'failed');
  const error = run?.state.stopped ?? failure?.error;
  const failed =
    error === undefined
      ? planned.failed
      : { code: error.code, message: error.message, ...defined({ step: failure?.step.id }) };
  const remaining = run === undefined ? planned.steps : remainingOf(run);
  const content = run?.state.content ?? observed?.content;
  return {
    name: planned.name,
    service: planned.service,
    state: stateOf(planned, failed !== undefined, remaining),
    done: outcomes
      .filter(({ outcome }) => outcome === 'done')
      .map(({ step: { id, effect, summary } }) => ({ id, effect, summary })),
    remaining,
    freshness: freshness(content),
    ...defined({ failed, content: content === undefined ? undefined : contentSummary(content) }),
  };
}

function stateOf(
  { leaving, compared }: PlannedTarget,
  failed: boolean,
  remaining: TargetReport['remaining'],
): TargetReport['state'] {
  if (failed) return 'failed';
  if (!compared) return 'not-compared';
  if (remaining.length === 0) return leaving ? 'removed' : 'in-sync';
  return remaining.every(({ skipped }) => skipped !== undefined) ? 'waits' : 'incomplete';
}

/** Who is wrongly admitted or refused, by what each target was last seen to hold. */
function admissionOf(prepared: Prepared, runs: readonly TargetRun[]): Admission {
  const byName = new Map(runs.map((run) => [run.target.name, run]));
  const all = prepared.targets.map((target) => {
    const run = byName.get(target.name);
    const content = run?.state.content ?? target.observed?.content;
    return admissionNow(
      target,
      content,
      [...(run === undefined ? target.planned.steps : remainingOf(run)), ...(target.leftAlone ?? [])],
      prepared,
    );
  });
  return {
    exposure: all.flatMap(({ exposure }) => exposure),
    lockout: all.flatMap(({ lockout }) => lockout),
  };
}

/** Why the exit code is not 0, each in one line. */
function problemsOf({ plan }: Prepared, targets: readonly TargetReport[]): readonly string[] {
  const states: Readonly<Partial<Record<TargetReport['state'], string>>> = {
    failed: 'failed',
    incomplete: 'is not finished',
    waits: 'waits for a consent, or for an error to be fixed',
  };
  return [
    ...plan.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ...targets.flatMap(({ name, state }) =>
      states[state] === undefined ? [] : [`${name} ${states[state]}`],
    ),
  ];
}

/**
 * 3 when a safety rule said no (it wins), 1 when anything is not as the definition says, else 0.
 */
function exitCodeOf({ plan }: Prepared, targets: readonly TargetReport[]): Report['exitCode'] {
  const refused =
    plan.findings.some(isRefusal) ||
    targets.some(({ remaining }) => remaining.some(({ skipped }) => skipped === 'consent'));
  if (refused) return 3;
  const wrong =
    plan.findings.some(({ severity }) => severity === 'error') ||
    targets.some(({ state }) => state === 'failed' || state === 'incomplete' || state === 'waits');
  return wrong ? 1 : 0;
}
