import type { Prepared, RunTarget } from '../plan/prepared.ts';
import { keepLists, type NewlyAccepted } from '../state/accepted-crls.ts';
import { type LeaseParts, withLease } from '../state/leases.ts';
import type { AcceptedList, RevocationRecord, TrustloomRecord, TrustRecord } from '../state/state.ts';
import type { JsonObject } from '../util/json.ts';
import { remainingOf, type TargetRun } from './executor.ts';

/** A target is recorded before its first write: a run that is killed must not forget what it began. */
export function recordTargets(current: TrustRecord, targets: readonly RunTarget[]): TrustRecord {
  const recorded = targets.flatMap(({ name, recorded: target }) =>
    target === undefined ? [] : [[name, { ...target, notes: current.targets[name]?.notes ?? {} }] as const],
  );
  return { ...current, targets: { ...current.targets, ...Object.fromEntries(recorded) } };
}

/** What a receipt asked to remember of a target. */
export function noted(current: TrustRecord, name: string, notes: JsonObject): TrustRecord {
  const target = current.targets[name];
  if (target === undefined) return current;
  const more = { ...target, notes: { ...target.notes, ...notes } };
  return { ...current, targets: { ...current.targets, [name]: more } };
}

/** Targets that left the definition and are gone from the service leave the record too. */
export function forgetLeft(current: TrustRecord, runs: readonly TargetRun[]): TrustRecord {
  const gone = new Set(
    runs
      .filter(
        (run) =>
          run.target.leaving &&
          remainingOf(run).length === 0 &&
          !run.state.stays &&
          run.state.stopped === undefined,
      )
      .map(({ target }) => target.name),
  );
  return {
    ...current,
    targets: Object.fromEntries(Object.entries(current.targets).filter(([name]) => !gone.has(name))),
  };
}

/**
 * The newest list accepted per key goes into the record before it goes anywhere else, so that no older one is ever taken again: first the
 * bytes, then the row that names them.
 */
export async function rememberLists(
  { view }: Prepared,
  parts: LeaseParts & { readonly record: TrustloomRecord },
): Promise<void> {
  const { accepted, letGoNow } = view.lists;
  if (accepted.size + letGoNow.size === 0) return;
  await keepLists([...accepted.values()], parts.record.blobs);
  await withLease(parts.record.revocation, parts, (lease) =>
    lease.update((current) => ({
      ...current,
      lists: { ...current.lists, ...rowsFor(current, accepted), ...letGoFor(current, letGoNow) },
    })),
  );
}

/** Only what is still the newest: a list that another run accepted meanwhile is not the one that was let go. */
function letGoFor(
  { lists }: RevocationRecord,
  letGoNow: ReadonlyMap<string, AcceptedList>,
): RevocationRecord['lists'] {
  return Object.fromEntries([...letGoNow].filter(([key, { sha256 }]) => lists[key]?.sha256 === sha256));
}

/** Only where nobody else was faster: what another run accepted meanwhile is compared with by the next one. */
function rowsFor(
  { lists }: RevocationRecord,
  accepted: ReadonlyMap<string, NewlyAccepted>,
): RevocationRecord['lists'] {
  return Object.fromEntries(
    [...accepted]
      .filter(([key, { comparedWith }]) => lists[key]?.sha256 === comparedWith)
      .map(([key, { row }]) => [key, row]),
  );
}

/** What revoking steps ask to remember: in the object that a refresh may write. */
export function revokingNotes(
  current: RevocationRecord,
  target: string,
  notes: JsonObject,
): RevocationRecord {
  return {
    ...current,
    notes: { ...current.notes, [target]: { ...current.notes?.[target], ...notes } },
  };
}
