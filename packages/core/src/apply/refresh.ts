import { leaveOut, type PlannedStep } from '../plan/consent.ts';
import type { Prepared } from '../plan/prepared.ts';
import { createSharedReads } from '../plan/shared-reads.ts';
import type { TargetWork } from '../plan/work.ts';
import { revocationLane } from '../state/leases.ts';
import type { ApplyParts } from './apply.ts';
import { rememberLists, revokingNotes } from './remember.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import { createTargetRun, type RunContext, type TargetRun } from './target-run.ts';
import { type Places, uploadArtifacts, uploadFor } from './upload.ts';

/** What shows up when the services are looked at again is done in a further round, at most this often. */
const maxRounds = 3;

/**
 * Does a refresh and tells what is red: a list that is overdue or expired, or that came too late, makes the exit code 1.
 */
export async function refreshPrepared(whole: Prepared, parts: ApplyParts): Promise<Report> {
  const report = await moveRevocation(whole, parts);
  const red = report.targets.some(({ freshness }) => freshness.some((list) => list.red.length > 0));
  return red && report.exitCode === 0 ? { ...report, exitCode: 1 } : report;
}

/**
 * Moves revocation on and nothing else: of a plan only the steps that revoke. It writes `revocation.json` and never `trust.json`, so it
 * can never grant, and it waits for no apply: only for another revoking step. Without news it writes nothing at all.
 */
async function moveRevocation(whole: Prepared, parts: ApplyParts): Promise<Report> {
  const prepared = onlyRevoking(whole);
  await rememberLists(prepared, parts);
  if (!prepared.plan.changes) return reportOf(prepared, [], parts.clock.now());
  const places = await uploadArtifacts(prepared, parts);
  const revoking = revocationLane(parts);
  const runs = prepared.targets
    .filter(({ planned }) => planned.failed === undefined && planned.steps.length > 0)
    .map((work) => refreshRun(work, places.get(work.bound.context.name) ?? new Map(), revoking, parts));
  for (let round = 0; round < maxRounds && runs.some((run) => run.has('revoke')); round += 1) {
    await Promise.all(runs.map((run) => run.phase('revoke')));
    const reads = createSharedReads();
    await Promise.all(runs.map((run) => run.verify(reads)));
  }
  return reportOf(prepared, runs, parts.clock.now());
}

function refreshRun(
  work: TargetWork,
  places: Places,
  revoking: RunContext['revoking'],
  parts: ApplyParts,
): TargetRun {
  return createTargetRun(work, {
    clock: parts.clock,
    signal: parts.signal,
    onEvent: parts.onEvent,
    places,
    revoking,
    replan: async (target, observation) => {
      const again = await parts.replan(target, observation);
      return { ...again, steps: revokingOf(again.steps) };
    },
    upload: (target, { steps, artifacts }, placed) => uploadFor(target, steps, artifacts, placed, parts),
    beforeWrite: async () => parts.signal.throwIfAborted(),
    remember: async (target, _step, notes) => {
      if (target.remember(notes))
        await parts.record.revocation.amend((current) =>
          revokingNotes(current, target.bound.context.name, notes),
        );
    },
  });
}

/** The same plan with the steps that revoke; those that wait for any other step wait on. */
function onlyRevoking(prepared: Prepared): Prepared {
  const targets = prepared.targets.map((work) => ({
    ...work,
    planned: { ...work.planned, steps: revokingOf(work.planned.steps) },
  }));
  const planned = targets.map((target) => target.planned);
  const steps = planned.flatMap((target) => target.steps);
  const plan = {
    ...prepared.plan,
    targets: planned,
    blocked: false,
    missing: [],
    changes: steps.some(({ leftOut }) => leftOut === undefined),
    calls: steps.filter(({ leftOut }) => leftOut === undefined).length,
  };
  return { ...prepared, plan, targets };
}

function revokingOf(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return leaveOut(steps, (step) => (step.effect === 'revoke' ? step.leftOut : 'not-approved')).filter(
    ({ effect }) => effect === 'revoke',
  );
}
