import type { Prepared, RunTarget } from '../plan/prepared.ts';
import { type NewlyAccepted, storeCrls } from '../state/accepted-crls.ts';
import { type LeaseParts, withLease } from '../state/leases.ts';
import type { AcceptedCrl, RevocationState, TrustloomState, TrustState } from '../state/state.ts';
import type { JsonObject } from '../util/json.ts';
import { remainingOf, type TargetRun } from './executor.ts';

/**
 * A target is recorded before its first write: a run that is killed must not forget what it began.
 */
export function rowsOfTargets(current: TrustState, targets: readonly RunTarget[]): TrustState {
  const rows = targets.flatMap(({ name, row: target }) =>
    target === undefined ? [] : [[name, { ...target, notes: current.targets[name]?.notes ?? {} }] as const],
  );
  return { ...current, targets: { ...current.targets, ...Object.fromEntries(rows) } };
}

/** What a receipt asked to remember of a target. */
export function noted(current: TrustState, name: string, notes: JsonObject): TrustState {
  const target = current.targets[name];
  if (target === undefined) return current;
  const more = { ...target, notes: { ...target.notes, ...notes } };
  return { ...current, targets: { ...current.targets, [name]: more } };
}

/** Targets that left the definition and are gone from the service leave the state too. */
export function forgetRemoved(current: TrustState, runs: readonly TargetRun[]): TrustState {
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
 * The newest CRL accepted per key goes into the state before it goes anywhere else, so that no
 * older one is ever taken again: first the bytes, then the row that names them.
 */
export async function rememberCrls(
  { resolved }: Prepared,
  parts: LeaseParts & { readonly state: TrustloomState },
): Promise<void> {
  const { accepted, withdrawnNow } = resolved.crls;
  if (accepted.size + withdrawnNow.size === 0) return;
  await storeCrls([...accepted.values()], parts.state.blobs);
  await withLease(parts.state.revocation, parts, (lease) =>
    lease.update((current) => ({
      ...current,
      crls: { ...current.crls, ...rowsFor(current, accepted), ...withdrawnFor(current, withdrawnNow) },
    })),
  );
}

/**
 * Only what is still the newest: a CRL that another run accepted meanwhile is not the one that was
 * withdrawn.
 */
function withdrawnFor(
  { crls }: RevocationState,
  withdrawnNow: ReadonlyMap<string, AcceptedCrl>,
): RevocationState['crls'] {
  return Object.fromEntries([...withdrawnNow].filter(([key, { sha256 }]) => crls[key]?.sha256 === sha256));
}

/**
 * Only where nobody else was faster: what another run accepted meanwhile is compared with by the
 * next one.
 */
function rowsFor(
  { crls }: RevocationState,
  accepted: ReadonlyMap<string, NewlyAccepted>,
): RevocationState['crls'] {
  return Object.fromEntries(
    [...accepted]
      .filter(([key, { comparedWith }]) => crls[key]?.sha256 === comparedWith)
      .map(([key, { row }]) => [key, row]),
  );
}

/** What revoking steps ask to remember: in the object that a refresh may write. */
export function revokingNotes(current: RevocationState, target: string, notes: JsonObject): RevocationState {
  return {
    ...current,
    notes: { ...current.notes, [target]: { ...current.notes?.[target], ...notes } },
  };
}
