import type { ObservedTarget } from '../adapter/contract.ts';
import type { Prepared, Replanned, RunTarget } from '../plan/prepared.ts';
import { createSharedReads } from '../plan/shared-reads.ts';
import { type LeaseParts, revocationLane, withLease } from '../state/leases.ts';
import type { HeldLease, TrustloomState, TrustState } from '../state/state.ts';
import type { OnEvent } from './events.ts';
import {
  blocksPhase,
  nextOf,
  type RunContext,
  runStage,
  startRun,
  type TargetRun,
  verify,
} from './executor.ts';
import { createPhaseBarrier } from './phase-barrier.ts';
import { phases, type Stage } from './phases.ts';
import {
  knownTargets,
  noted,
  rememberCrls,
  removedTargets,
  revokingNotes,
  rowsOfTargets,
  without,
} from './remember.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import { uploadFiles } from './upload.ts';

/**
 * After everything is done, the services are looked at again; what shows up then is done in a
 * further round, at most this often.
 */
const maxRounds = 3;

/** What applying needs of the world. */
export interface ApplyParts extends LeaseParts {
  readonly onEvent: OnEvent;
  readonly state: TrustloomState;
  /**
   * True when another run has accepted newer CRLs, or the deny list was changed: what was planned
   * would go back from that.
   */
  readonly isOutdated: () => Promise<boolean>;
  /** An emergency: waits for no lease. */
  readonly urgent?: boolean;
  /** Plans one target again, within the same approval and consents. */
  readonly replan: (
    target: RunTarget,
    observed: ObservedTarget,
    /** The state could not be written, so that it knows less than this run. */
    stateless?: true,
  ) => Promise<Replanned>;
}

/**
 * Does what was planned: artifacts, then revocations, then phase by phase across all targets; looks
 * again at the end. A target that fails stops alone; the others go on, and the report tells what
 * holds where.
 */
export async function applyPrepared(prepared: Prepared, parts: ApplyParts): Promise<Report> {
  const { plan } = prepared;
  if (plan.blocked) return reportOf(prepared, [], parts.clock.now());
  const { state, clock } = parts;
  if (!plan.changes && (await isRemembered(prepared, state))) {
    await rememberCrls(prepared, parts);
    return reportOf(prepared, [], clock.now());
  }
  return withLease(state.trust, parts, async (lease) => {
    await lease.update((current) => rowsOfTargets(current, prepared));
    await state.revocation.amend((current) => knownTargets(current, prepared));
    await rememberCrls(prepared, parts);
    const runs = await startRuns(prepared.targets, applyContext(parts, lease));
    await inRounds(runs, 'cleanup', () => runPhases(runs));
    const gone = removedTargets(runs);
    await lease.update((current) => ({ ...current, targets: without(current.targets, gone) }));
    if (gone.size > 0)
      await state.revocation.amend((current) => ({
        ...current,
        known: without(current.known ?? {}, gone),
        notes: without(current.notes ?? {}, gone),
      }));
    return reportOf(prepared, runs, clock.now());
  });
}

/** False where the state has another name, place or setting of a target: it was renamed, for one. */
async function isRemembered(prepared: Prepared, state: TrustloomState): Promise<boolean> {
  const [trust, revocation] = await Promise.all([state.trust.read(), state.revocation.read()]);
  const isSame = <T>(before: T, after: T) => JSON.stringify(before) === JSON.stringify(after);
  return isSame(trust, rowsOfTargets(trust, prepared)) && knownTargets(revocation, prepared) === revocation;
}

/** Uploads the files of each target that could be seen, and begins its run. */
export async function startRuns(
  targets: readonly RunTarget[],
  context: RunContext,
): Promise<readonly TargetRun[]> {
  const runs = await Promise.all(
    targets.map(async (target) => {
      const { artifacts, planned } = target;
      const first = { artifacts, handlers: target.handlers, steps: planned.steps, stays: false };
      const files = await context.upload(target, first, new Map());
      return startRun(target, files, context) ?? [];
    }),
  );
  return runs.flat();
}

/** Works and looks again, as long as anything is left that may run up to this stage. */
export async function inRounds(
  runs: readonly TargetRun[],
  last: Stage,
  work: () => Promise<unknown>,
): Promise<void> {
  for (let round = 0; round < maxRounds && runs.some((run) => nextOf(run, last)); round += 1) {
    await work();
    const reads = createSharedReads();
    await Promise.all(runs.map((run) => verify(run, reads)));
  }
}

async function runPhases(runs: readonly TargetRun[]): Promise<void> {
  const barrier = createPhaseBarrier(runs.map((run) => (phase) => blocksPhase(run, phase)));
  await Promise.all(
    runs.map(async (run) => {
      await runStage(run, 'revoke', barrier.advanced);
      for (const phase of phases) {
        await runStage(run, phase, barrier.advanced);
        await barrier.passed(phase);
      }
    }),
  );
}

function applyContext(parts: ApplyParts, lease: HeldLease<TrustState>): RunContext {
  const { clock, signal, onEvent, replan, state } = parts;
  return {
    clock,
    signal,
    onEvent,
    replan,
    upload: (target, again, files) => uploadFiles(target, again, files, onEvent),
    revoking: revocationLane(parts),
    async beforeWrite() {
      signal.throwIfAborted();
      await lease.keep();
    },
    async remember({ id, io }, step, notes) {
      if (!io.remember(notes)) return;
      if (step.effect === 'revoke')
        await state.revocation.amend((current) => revokingNotes(current, id, notes));
      else await lease.update((current) => noted(current, id, notes));
    },
  };
}
