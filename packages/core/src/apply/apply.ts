import type { ObjectLocation, Observation } from '../adapter/contract.ts';
import type { JsonObject } from '../base/json.ts';
import type { Clock } from '../base/time.ts';
import { isTrustloomError, TrustloomError } from '../errors/error.ts';
import type { PlannedStep } from '../plan/consent.ts';
import { phases } from '../plan/order.ts';
import type { Uploads } from '../plan/ports.ts';
import type { Prepared } from '../plan/prepared.ts';
import { artifactsOf } from '../plan/references.ts';
import type { TargetWork } from '../plan/work.ts';
import type { HeldLease, RecordedTarget, TrustloomRecord, TrustRecord } from '../record/record.ts';
import type { OnEvent } from './events.ts';
import type { Report } from './report.ts';
import { reportOf } from './report-of.ts';
import { createTargetRun, type TargetRun } from './target-run.ts';

/** After everything is done, the services are looked at again; what shows up then is done in a further round, at most this often. */
const maxRounds = 3;

/** What applying needs of the world. */
export interface ApplyParts {
  readonly clock: Clock;
  readonly uploads: Uploads;
  readonly record: TrustloomRecord;
  /** Who holds the leases, for people. */
  readonly holder: string;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
  /** Plans one target again, within the same approval and consents. */
  readonly replan: (work: TargetWork, observation: Observation<unknown>) => Promise<readonly PlannedStep[]>;
}

/**
 * Does what was planned: artifacts, then revocations, then phase by phase across all targets; looks again at the end.
 * A target that fails stops alone; the others go on, and the report tells what holds where.
 */
export async function applyPrepared(prepared: Prepared, parts: ApplyParts): Promise<Report> {
  const { plan } = prepared;
  if (plan.blocked || !plan.changes) return reportOf(prepared, []);
  const lease = await acquire(parts);
  try {
    await lease.update((current) => recordTargets(current, prepared.targets));
    await rememberLists(prepared, parts);
    const runs = await startRuns(prepared, parts, lease);
    for (let round = 0; round < maxRounds && runs.some(hasWork); round += 1) {
      await runPhases(runs);
      await Promise.all(runs.map((run) => run.verify()));
    }
    await lease.update((current) => forgetLeft(current, runs));
    return reportOf(prepared, runs);
  } finally {
    await release(lease, parts.onEvent);
  }
}

function hasWork(run: TargetRun): boolean {
  return run.has('clean');
}

async function runPhases(runs: readonly TargetRun[]): Promise<void> {
  for (const phase of ['revoke', ...phases] as const) {
    await Promise.all(runs.filter((run) => run.has(phase)).map((run) => run.phase(phase)));
  }
}

/** The revocation lease is held only around one revoking step at a time, so that a refresh never waits for a long apply. */
function revocationLane(parts: ApplyParts): <T>(work: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = before.then(async () => {
      const lease = await acquireWaiting(() => parts.record.revocation.acquire(parts.holder), parts);
      try {
        return await work();
      } finally {
        await release(lease, parts.onEvent);
      }
    });
    before = mine.catch(() => undefined);
    return mine;
  };
}

async function startRuns(
  prepared: Prepared,
  parts: ApplyParts,
  lease: HeldLease<TrustRecord>,
): Promise<readonly TargetRun[]> {
  const artifacts = await upload(prepared, parts);
  const revoking = revocationLane(parts);
  return prepared.targets
    .filter(({ planned }) => planned.failed === undefined)
    .map((work) =>
      createTargetRun(work, {
        clock: parts.clock,
        signal: parts.signal,
        onEvent: parts.onEvent,
        artifacts: artifacts.get(work.bound.context.name) ?? new Map(),
        replan: parts.replan,
        revoking,
        beforeWrite: async () => {
          parts.signal.throwIfAborted();
          await lease.keep();
        },
        remember: async (target, notes) => {
          if (target.remember(notes))
            await lease.update((current) => noted(current, target.bound.context.name, target.notes()));
        },
      }),
    );
}

/** Uploads what the steps to be done refer to, each artifact once a place; gives their places per target. */
async function upload(
  prepared: Prepared,
  parts: ApplyParts,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Required<ObjectLocation>>>> {
  const placed = await Promise.all(
    prepared.targets.map(async (work) => {
      const { name, place } = work.bound.context;
      const wanted = new Set(
        work.planned.steps
          .filter((step) => step.leftOut === undefined)
          .flatMap((step) => artifactsOf(step.input)),
      );
      const places = await Promise.all(
        [...wanted].map(async (sha256) => {
          const artifact = prepared.artifacts.get(sha256);
          if (artifact === undefined)
            throw new TrustloomError('contract-broken', `${name}: no artifact ${sha256.slice(0, 12)}`);
          const location = await parts.uploads.put(place, work.accountName, artifact);
          parts.onEvent({ type: 'upload', target: name, artifact: sha256, bucket: location.bucket });
          return [sha256, location] as const;
        }),
      );
      return [name, new Map(places)] as const;
    }),
  );
  return new Map(placed);
}

/** A target is recorded before its first write: a run that is killed must not forget what it began. */
function recordTargets(current: TrustRecord, targets: readonly TargetWork[]): TrustRecord {
  const recorded = targets.flatMap((work): readonly (readonly [string, RecordedTarget])[] =>
    work.recorded === undefined ? [] : [[work.bound.context.name, { ...work.recorded, notes: work.notes() }]],
  );
  return { ...current, targets: { ...current.targets, ...Object.fromEntries(recorded) } };
}

function noted(current: TrustRecord, name: string, notes: JsonObject): TrustRecord {
  const target = current.targets[name];
  return target === undefined
    ? current
    : { ...current, targets: { ...current.targets, [name]: { ...target, notes } } };
}

/** Targets that left the definition and are gone from the service leave the record too. */
function forgetLeft(current: TrustRecord, runs: readonly TargetRun[]): TrustRecord {
  const gone = new Set(
    runs
      .filter(
        ({ work, remaining, failed }) =>
          work.planned.leaving && remaining().length === 0 && failed() === undefined,
      )
      .map(({ work }) => work.bound.context.name),
  );
  return {
    ...current,
    targets: Object.fromEntries(Object.entries(current.targets).filter(([name]) => !gone.has(name))),
  };
}

/** The newest list accepted per key goes into the record before it goes anywhere else, so that no older one is ever taken again. */
async function rememberLists(prepared: Prepared, parts: ApplyParts): Promise<void> {
  if (Object.keys(prepared.acceptedLists).length === 0) return;
  const lease = await acquireWaiting(() => parts.record.revocation.acquire(parts.holder), parts);
  try {
    await lease.update((current) => ({ ...current, lists: { ...current.lists, ...prepared.acceptedLists } }));
  } finally {
    await release(lease, parts.onEvent);
  }
}

async function acquire(parts: ApplyParts): Promise<HeldLease<TrustRecord>> {
  return acquireWaiting(() => parts.record.trust.acquire(parts.holder), parts);
}

/** Waits for another run's lease to end: a run that was killed leaves one behind, for half a minute at most. */
async function acquireWaiting<T>(
  take: () => Promise<HeldLease<T>>,
  parts: ApplyParts,
): Promise<HeldLease<T>> {
  for (let waits = 0; ; waits += 1) {
    try {
      const lease = await take();
      parts.onEvent({ type: 'lease', what: 'taken' });
      return lease;
    } catch (error) {
      if (!isTrustloomError(error) || error.code !== 'lease-held' || waits >= 2) throw error;
      const { holder, until } = error.context;
      parts.onEvent({
        type: 'lease',
        what: 'waiting',
        ...(typeof holder === 'string' ? { holder } : {}),
        ...(typeof until === 'string' ? { until } : {}),
      });
      const end = (typeof until === 'string' ? Date.parse(until) : parts.clock.now()) + 1_000;
      while (parts.clock.now() < end) await parts.clock.sleep(1_000, parts.signal);
    }
  }
}

async function release<T>(lease: HeldLease<T>, onEvent: OnEvent): Promise<void> {
  try {
    await lease.release();
    onEvent({ type: 'lease', what: 'released' });
  } catch (error) {
    // Somebody took it over meanwhile: nothing of ours is left to release.
    if (!isTrustloomError(error) || error.code !== 'lease-lost') throw error;
  }
}
