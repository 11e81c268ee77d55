import type { Prepared } from '../plan/prepared.ts';
import { type NewlyAccepted, storeCrls } from '../state/accepted-crls.ts';
import type { AcceptedCrl, RevocationState, TrustloomState, TrustState } from '../state/state.ts';
import { defined } from '../util/defined.ts';
import type { JsonObject } from '../util/json.ts';
import { remainingOf, type TargetRun } from './executor.ts';

/**
 * The state as it is to be before the first write: a run that is killed must not forget what it
 * began. A target that the state does not know, though something of ours stands there, is not made
 * known by an apply: that would hide that the state was lost.
 */
export function rowsOfTargets(
  current: TrustState,
  { targets, retired, newDefinition }: Pick<Prepared, 'targets' | 'retired' | 'newDefinition'>,
): TrustState {
  const rows = targets.flatMap(({ id, row, memory }) =>
    row === undefined || memory === 'lost'
      ? []
      : [[id, { ...row, notes: current.targets[id]?.notes ?? {} }] as const],
  );
  return {
    ...current,
    ...defined({ definition: newDefinition }),
    ...(Object.keys(retired).length === 0 && current.retired === undefined ? {} : { retired }),
    targets: { ...current.targets, ...Object.fromEntries(rows) },
  };
}

/** The same in the other object: which targets it has known from before their first write. */
export function knownTargets(
  current: RevocationState,
  { targets }: Pick<Prepared, 'targets'>,
): RevocationState {
  const fresh = targets.filter(
    ({ id, row, memory, explained }) =>
      explained || (row !== undefined && memory !== 'lost' && current.known?.[id] === undefined),
  );
  if (fresh.length === 0) return current;
  return { ...current, known: { ...current.known, ...Object.fromEntries(fresh.map(({ id }) => [id, {}])) } };
}

/** Forgets that the state was built again from a target, once it explains all that stands there. */
export async function rememberExplained(prepared: Prepared, state: TrustloomState): Promise<void> {
  const explained = prepared.targets.filter((target) => target.explained);
  if (explained.length === 0) return;
  await state.revocation.amend((current) => knownTargets(current, { targets: explained }));
}

/** What a receipt asked to remember of a target. */
export function noted(current: TrustState, id: string, notes: JsonObject): TrustState {
  const target = current.targets[id];
  if (target === undefined) return current;
  const more = { ...target, notes: { ...target.notes, ...notes } };
  return { ...current, targets: { ...current.targets, [id]: more } };
}

/** Targets that the definition does not claim, and that were seen to be gone from the service. */
export function removedTargets(runs: readonly TargetRun[]): ReadonlySet<string> {
  return new Set(
    runs
      .filter(
        (run) =>
          run.target.leaving &&
          run.target.memory !== 'lost' &&
          remainingOf(run).length === 0 &&
          !run.state.stays &&
          run.state.stopped === undefined,
      )
      .map(({ target }) => target.id),
  );
}

/** An object of the state without the entries of some targets. */
export function without<T>(
  byId: Readonly<Record<string, T>>,
  ids: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(byId).filter(([id]) => !ids.has(id)));
}

/**
 * The newest CRL accepted per key goes into the state before it goes anywhere else, so that no
 * older one is ever taken again: first the bytes, then the row that names them.
 */
export async function rememberCrls(
  { resolved }: Prepared,
  { state }: { readonly state: TrustloomState },
): Promise<void> {
  const { accepted, withdrawnNow } = resolved.crls;
  if (accepted.size + withdrawnNow.size === 0) return;
  await storeCrls([...accepted.values()], state.blobs);
  await state.revocation.amend((current) => ({
    ...current,
    crls: { ...current.crls, ...rowsFor(current, accepted), ...withdrawnFor(current, withdrawnNow) },
  }));
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
export function revokingNotes(current: RevocationState, id: string, notes: JsonObject): RevocationState {
  return {
    ...current,
    notes: { ...current.notes, [id]: { ...current.notes?.[id], ...notes } },
  };
}
