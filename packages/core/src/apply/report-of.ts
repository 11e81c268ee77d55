import type { Holdings } from '../adapter/content.ts';
import { codes } from '../errors/codes.ts';
import { sortFindings } from '../errors/finding.ts';
import type { Prepared } from '../plan/prepared.ts';
import type { TargetWork } from '../plan/work.ts';
import type { ListFreshness } from '../state/freshness.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Report, TargetReport } from './report.ts';
import type { TargetRun } from './target-run.ts';

/** What a run came to. Without runs (nothing to do, or blocked) it tells what the plan saw. */
export function reportOf(prepared: Prepared, runs: readonly TargetRun[], now: Instant): Report {
  const { plan } = prepared;
  const byName = new Map(runs.map((run) => [run.work.bound.context.name, run]));
  const targets = prepared.targets.map((work) =>
    targetReport(work, byName.get(work.bound.context.name), (holds) => prepared.freshness(holds, now)),
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
    calls: targets.reduce((sum, { done }) => sum + done.length, 0),
    missing,
    exitCode: exitCodeOf(prepared, targets),
  };
}

function targetReport(
  work: TargetWork,
  run: TargetRun | undefined,
  freshness: (holds: Holdings | undefined) => readonly ListFreshness[],
): TargetReport {
  const { planned } = work;
  const outcomes = run?.outcomes() ?? [];
  const failure = outcomes.find(({ outcome }) => outcome === 'failed');
  const error = run?.failed() ?? failure?.error;
  const failed =
    error === undefined
      ? planned.failed
      : {
          code: error.code,
          message: error.message,
          ...(failure === undefined ? {} : { step: failure.step.id }),
        };
  const remaining = run?.remaining() ?? planned.steps;
  const holds = run?.holds() ?? planned.holds;
  return {
    name: planned.name,
    service: planned.service,
    state: stateOf(planned.leaving, failed !== undefined, remaining),
    done: outcomes
      .filter(({ outcome }) => outcome === 'done')
      .map(({ step: { id, effect, mends } }) => ({ id, effect, mends })),
    remaining,
    freshness: freshness(holds),
    ...defined({ failed, holds }),
  };
}

function stateOf(
  leaving: boolean,
  failed: boolean,
  remaining: TargetReport['remaining'],
): TargetReport['state'] {
  if (failed) return 'failed';
  if (remaining.length === 0) return leaving ? 'left' : 'holds';
  return remaining.every(({ leftOut }) => leftOut !== undefined) ? 'waits' : 'incomplete';
}

/** 3 when a safety rule said no (it wins), 1 when anything is not as the definition says, else 0. */
function exitCodeOf({ plan }: Prepared, targets: readonly TargetReport[]): Report['exitCode'] {
  const errors = plan.findings.filter(({ severity }) => severity === 'error');
  const refused =
    errors.some(({ code }) => codes[code].kind === 'refused') ||
    targets.some(({ remaining }) => remaining.some(({ leftOut }) => leftOut === 'consent'));
  if (refused) return 3;
  const wrong =
    errors.length > 0 ||
    targets.some(({ state }) => state === 'failed' || state === 'incomplete' || state === 'waits');
  return wrong ? 1 : 0;
}
