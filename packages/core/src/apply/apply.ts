import type { Observation } from '../adapter/contract.ts';
import type { Uploads } from '../adapter/ports.ts';
import type { Replanned } from '../plan/assemble.ts';
import { type Phase, phases } from '../plan/order.ts';
import type { Prepared } from '../plan/prepared.ts';
import { createSharedReads } from '../plan/shared-reads.ts';
import type { TargetWork } from '../plan/work.ts';
import { type LeaseParts, revocationLane, withLease } from '../state/leases.ts';
import type { HeldLease, TrustloomRecord, TrustRecord } from '../state/state.ts';
import type { OnEvent } from './events.ts';
import { forgetLeft, noted, recordTargets, rememberLists, revokingNotes } from './remember.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import { createTargetRun, type TargetRun } from './target-run.ts';
import { uploadArtifacts, uploadFor } from './upload.ts';

/** After everything is done, the services are looked at again; what shows up then is done in a further round, at most this often. */
const maxRounds = 3;

/** What applying needs of the world. */
export interface ApplyParts extends LeaseParts {
  readonly onEvent: OnEvent;
  readonly uploads: Uploads;
  readonly record: TrustloomRecord;
  /** True when another run has accepted newer lists, or the deny list was changed: what was planned would go back from that. */
  readonly isOutdated: () => Promise<boolean>;
  /** Plans one target again, within the same approval and consents. */
  readonly replan: (work: TargetWork, observation: Observation<unknown>) => Promise<Replanned>;
}

/**
 * Does what was planned: artifacts, then revocations, then phase by phase across all targets; looks again at the end.
 * A target that fails stops alone; the others go on, and the report tells what holds where.
 */
export async function applyPrepared(prepared: Prepared, parts: ApplyParts): Promise<Report> {
  const { plan } = prepared;
  if (plan.blocked) return reportOf(prepared, [], parts.clock.now());
  if (!plan.changes) {
    await rememberLists(prepared, parts);
    return reportOf(prepared, [], parts.clock.now());
  }
  return withLease(parts.record.trust, parts, async (lease) => {
    await lease.update((current) => recordTargets(current, prepared.targets));
    await rememberLists(prepared, parts);
    const runs = await startRuns(prepared, parts, lease);
    for (let round = 0; round < maxRounds && runs.some(hasWork); round += 1) {
      await runPhases(runs);
      const reads = createSharedReads();
      await Promise.all(runs.map((run) => run.verify(reads)));
    }
    await lease.update((current) => forgetLeft(current, runs));
    return reportOf(prepared, runs, parts.clock.now());
  });
}

function hasWork(run: TargetRun): boolean {
  return run.has('clean');
}

/**
 * Each target goes through the phases by itself, and comes to the next one when all are done with what others wait for: while one service
 * still takes its time for lists or marks, a slower one has begun.
 */
async function runPhases(runs: readonly TargetRun[]): Promise<void> {
  const passed = new Map<Phase, Promise<unknown>>();
  const everybody = (phase: Phase) => {
    const all = passed.get(phase) ?? Promise.all(runs.map((run) => run.clear(phase)));
    passed.set(phase, all);
    return all;
  };
  await Promise.all(
    runs.map(async (run) => {
      await run.phase('revoke');
      for (const phase of phases) {
        await run.phase(phase);
        await everybody(phase);
      }
    }),
  );
}

async function startRuns(
  prepared: Prepared,
  parts: ApplyParts,
  lease: HeldLease<TrustRecord>,
): Promise<readonly TargetRun[]> {
  const places = await uploadArtifacts(prepared, parts);
  const revoking = revocationLane(parts);
  return prepared.targets
    .filter(({ planned }) => planned.failed === undefined)
    .map((work) =>
      createTargetRun(work, {
        clock: parts.clock,
        signal: parts.signal,
        onEvent: parts.onEvent,
        places: places.get(work.bound.context.name) ?? new Map(),
        replan: parts.replan,
        upload: (target, { steps, artifacts }, places) => uploadFor(target, steps, artifacts, places, parts),
        revoking,
        beforeWrite: async () => {
          parts.signal.throwIfAborted();
          await lease.keep();
        },
        remember: async (target, step, notes) => {
          const { name } = target.bound.context;
          if (!target.remember(notes)) return;
          if (step.effect === 'revoke')
            await parts.record.revocation.amend((current) => revokingNotes(current, name, notes));
          else await lease.update((current) => noted(current, name, notes));
        },
      }),
    );
}
