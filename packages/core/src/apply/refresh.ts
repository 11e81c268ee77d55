import { type PlannedStep, skipSteps } from '../plan/consent.ts';
import type { Prepared } from '../plan/prepared.ts';
import { revocationLane } from '../state/leases.ts';
import { type ApplyParts, inRounds, startRuns } from './apply.ts';
import { type RunContext, runStage } from './executor.ts';
import { rememberCrls, rememberExplained, revokingNotes } from './remember.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import { uploadFiles } from './upload.ts';

/**
 * Does a refresh and tells what is red: a CRL that is overdue or expired, or that came too late,
 * makes the exit code 1.
 */
export async function refreshPrepared(whole: Prepared, parts: ApplyParts): Promise<Report> {
  const report = await moveRevocation(whole, parts);
  const red = report.targets.flatMap(({ name, freshness }) =>
    freshness.flatMap((crl) => crl.red.map((text) => `${name}: CRL of ${crl.issuer}: ${text}`)),
  );
  // Revocation that keeps nobody out is not current, whatever CRLs stand there.
  const open = report.now.exposure.filter(({ kind }) => kind === 'revoked' || kind === 'anybody');
  const problems = [...report.problems, ...red, ...open.map(({ text }) => text)];
  return {
    ...report,
    problems,
    exitCode: report.exitCode === 0 && problems.length > 0 ? 1 : report.exitCode,
  };
}

/**
 * Moves revocation on and nothing else: of a plan only the steps that revoke. It writes
 * `revocation.json` and never `trust.json`, so it can never grant, and it waits for no apply: only
 * for another revoking step. Without news it writes nothing at all.
 */
async function moveRevocation(whole: Prepared, parts: ApplyParts): Promise<Report> {
  const prepared = onlyRevoking(whole);
  await rememberCrls(prepared, parts);
  await rememberExplained(prepared, parts.state);
  if (!prepared.plan.changes) return reportOf(prepared, [], parts.clock.now());
  const changed = prepared.targets.filter(({ planned }) => planned.steps.length > 0);
  const runs = await startRuns(changed, refreshContext(parts));
  await inRounds(runs, 'revoke', () => Promise.all(runs.map((run) => runStage(run, 'revoke'))));
  return reportOf(prepared, runs, parts.clock.now());
}

function refreshContext(parts: ApplyParts): RunContext {
  const { clock, signal, onEvent, state } = parts;
  return {
    clock,
    signal,
    onEvent,
    revoking: revocationLane(parts),
    async replan(target, observed) {
      const again = await parts.replan(target, observed);
      return { ...again, steps: revokingOf(again.steps) };
    },
    upload: (target, again, files) => uploadFiles(target, again, files, onEvent),
    beforeWrite: async () => signal.throwIfAborted(),
    async remember({ id, io }, _step, notes) {
      if (io.remember(notes)) await state.revocation.amend((current) => revokingNotes(current, id, notes));
    },
  };
}

/** The same plan with the steps that revoke; those that wait for any other step wait on. */
function onlyRevoking(prepared: Prepared): Prepared {
  const targets = prepared.targets.map((target) => ({
    ...target,
    planned: { ...target.planned, steps: revokingOf(target.planned.steps) },
  }));
  const planned = targets.map((target) => target.planned);
  const steps = planned.flatMap((target) => target.steps);
  const plan = {
    ...prepared.plan,
    targets: planned,
    blocked: false,
    missing: [],
    changes: steps.some(({ skipped }) => skipped === undefined),
    calls: steps.filter(({ skipped }) => skipped === undefined).length,
  };
  return { ...prepared, plan, targets };
}

function revokingOf(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return skipSteps(steps, (step) => (step.effect === 'revoke' ? step.skipped : 'not-approved')).filter(
    ({ effect }) => effect === 'revoke',
  );
}
