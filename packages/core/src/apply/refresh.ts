import type { Content } from '../adapter/content.ts';
import { isTrustloomError, type TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { type PlannedStep, skipSteps } from '../plan/consent.ts';
import type { Prepared, RunTarget } from '../plan/prepared.ts';
import { revocationLane } from '../state/leases.ts';
import { type ApplyParts, inRounds, startRuns } from './apply.ts';
import { type RunContext, runStage, type TargetRun } from './executor.ts';
import { rememberCrls, rememberExplained, revokingNotes } from './remember.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import { uploadFiles } from './upload.ts';

/**
 * Does a refresh and tells what is red: a CRL that is overdue or expired, or that came too late,
 * makes the exit code 1.
 */
export async function refreshPrepared(whole: Prepared, parts: ApplyParts): Promise<Report> {
  const { prepared, runs } = await moveRevocation(whole, parts);
  return refreshReport(prepared, runs, parts);
}

/** What a refresh came to, and what each target held when it was looked at once more behind it. */
export interface Refreshed {
  readonly report: Report;
  readonly targets: readonly RunTarget[];
  /** By the name of the target; absent where it could not be looked at. */
  readonly contents: ReadonlyMap<string, Content>;
}

/** The same, and every target that was written to since it was looked at is read back. */
export async function refreshAndLook(whole: Prepared, parts: ApplyParts): Promise<Refreshed> {
  const { prepared, runs } = await moveRevocation(whole, parts);
  const report = refreshReport(prepared, runs, parts);
  const byName = new Map(runs.map((run) => [run.target.name, run]));
  const seen = await Promise.all(
    prepared.targets.map(async ({ name, observed }) => {
      const run = byName.get(name);
      return [name, run === undefined ? observed?.content : await readBack(run, parts)] as const;
    }),
  );
  const contents = new Map(
    seen.flatMap(([name, content]) => (content === undefined ? [] : [[name, content]])),
  );
  return { report, targets: prepared.targets, contents };
}

async function readBack(
  { target, rendered, state }: TargetRun,
  { signal }: ApplyParts,
): Promise<Content | undefined> {
  if (!state.writtenSince) return state.content;
  try {
    return (await target.io.observe(rendered, signal, { afterWrite: true })).content;
  } catch (error) {
    signal.throwIfAborted();
    if (isTrustloomError(error)) return undefined;
    throw error;
  }
}

function refreshReport(prepared: Prepared, runs: readonly TargetRun[], { clock }: ApplyParts): Report {
  const report = reportOf(prepared, runs, clock.now());
  const red = report.targets.flatMap(({ name, freshness }) =>
    freshness.flatMap((crl) => crl.red.map((text) => `${name}: CRL of ${crl.issuer}: ${text}`)),
  );
  // Revocation that keeps nobody out, or of which that is not known, is not current, whatever CRLs
  // stand there.
  const open = report.now.exposure.filter(
    ({ kind }) => kind === 'revoked' || kind === 'anybody' || kind === 'unknown',
  );
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
 * for another revoking step. Without news it writes nothing at all. Where the state cannot be
 * written, what refuses more goes on without it.
 */
async function moveRevocation(whole: Prepared, parts: ApplyParts): Promise<Moved> {
  const unwritable = await rememberAccepted(whole, parts);
  const prepared =
    unwritable === undefined
      ? onlyRevoking(whole)
      : onlyRevoking(await addingAlone(whole, parts, unwritable));
  if (!prepared.plan.changes) return { prepared, runs: [] };
  const changed = prepared.targets.filter(({ planned }) => planned.steps.length > 0);
  const context = unwritable === undefined ? refreshContext(parts) : withoutState(parts);
  const runs = await startRuns(changed, context);
  await inRounds(runs, 'revoke', () => Promise.all(runs.map((run) => runStage(run, 'revoke'))));
  return { prepared, runs };
}

/** What a refresh had to do, and what became of it. */
interface Moved {
  readonly prepared: Prepared;
  readonly runs: readonly TargetRun[];
}

/** What was accepted goes into the state before it goes anywhere else. Gives why it could not. */
async function rememberAccepted(prepared: Prepared, parts: ApplyParts): Promise<TrustloomError | undefined> {
  try {
    await rememberCrls(prepared, parts);
    await rememberExplained(prepared, parts.state);
    return undefined;
  } catch (error) {
    parts.signal.throwIfAborted();
    if (isTrustloomError(error) && (error.kind === 'service' || error.kind === 'transient')) return error;
    throw error;
  }
}

/**
 * The plan as if the state did not know the targets: nothing that refuses anybody goes, since it
 * could not be remembered why.
 */
async function addingAlone(whole: Prepared, parts: ApplyParts, error: TrustloomError): Promise<Prepared> {
  const targets = await Promise.all(
    whole.targets.map(async (seen): Promise<RunTarget> => {
      const target: RunTarget = { ...seen, memory: 'lost' };
      if (seen.observed === undefined) return target;
      const { steps, handlers, artifacts } = await parts.replan(target, seen.observed, true);
      return { ...target, handlers, artifacts, planned: { ...seen.planned, steps } };
    }),
  );
  const unwritable: Finding = {
    code: 'state-unwritable',
    severity: 'error',
    message: `the state cannot be written (${error.message}): newer CRLs and the deny list were enforced as far as they refuse more, and none of that was remembered`,
  };
  return {
    ...whole,
    targets,
    plan: { ...whole.plan, findings: [...whole.plan.findings, unwritable] },
  };
}

/** How a run works that cannot write the state: one revoking step at a time, and nothing is kept. */
function withoutState(parts: ApplyParts): RunContext {
  let before: Promise<unknown> = Promise.resolve();
  return {
    ...refreshContext(parts),
    async replan(target, observed) {
      const again = await parts.replan(target, observed, true);
      return { ...again, steps: revokingOf(again.steps) };
    },
    revoking: (work) => {
      const mine = before.then(work);
      before = mine.catch(() => undefined);
      return mine;
    },
    upload: (target, again, files) => uploadFiles(target, again, files, parts.onEvent).catch(() => files),
    async remember({ io }, _step, notes) {
      io.remember(notes);
    },
  };
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
    leftAlone: target.planned.steps.filter(({ effect }) => effect !== 'revoke'),
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
