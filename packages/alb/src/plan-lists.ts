import { crlIssuer, type Finding, type Step } from '@trustloom/core';
import { reachedKeys } from './exposure.ts';
import { arrange } from './list-room.ts';
import { planLetGo } from './plan-let-go.ts';
import { type HeldList, type ListsWhere, planOne } from './plan-list.ts';
import type { Desired, StoredList, StoredStore } from './state.ts';

/** The writes on the lists of one store. */
export interface ListPlan {
  /** In order: those to add, and those that an added or present one replaces. */
  readonly steps: readonly Step[];
  /** Ids of the steps after which every list is in force that no consent holds back. */
  readonly added: readonly string[];
  /** Lists of CAs that nobody gets in through any more: they do nothing, and count against the quota. */
  readonly cleans: readonly Step[];
  readonly findings: readonly Finding[];
}

/**
 * The service has no update of a list: the newer is added, its count is verified, and only then the older goes. A list is replaced only
 * by one of the same issuer key, since re-keyed CAs share their name. A list that nothing replaces stays.
 */
export function planLists(desired: Desired, store: StoredStore | undefined, where: ListsWhere): ListPlan {
  const held = (store?.lists ?? []).map((list): HeldList => ({ ...list, key: keyOf(list, desired, store) }));
  const keys = new Set(where.cas.map(({ keySha256 }) => keySha256));
  const wanted = desired.lists.filter(({ issuer }) => keys.has(issuer.keySha256));
  const parts = wanted.map((list) => {
    const same = held.filter(({ key }) => key === list.issuer.keySha256);
    return planOne(list, same, store, where);
  });
  const { steps, findings } = arrange(parts, held);
  const idle = planIdle(desired, held, steps, where);
  return {
    steps: [...steps, ...idle.readmits, ...planLetGo(desired, held, where)],
    added: steps
      .filter(({ effect, input }) => effect === 'revoke' && input.do === 'add-list')
      .map(({ id }) => id),
    cleans: idle.cleans,
    findings: [...parts.flatMap((part) => part.findings), ...findings],
  };
}

/** Lists of CAs through which nobody gets in go; those whose CA nobody knows may still refuse somebody, so they take a consent. */
function planIdle(
  desired: Desired,
  held: readonly HeldList[],
  steps: readonly Step[],
  { store, removal = [], suffix = '' }: ListsWhere,
): { readonly cleans: readonly Step[]; readonly readmits: readonly Step[] } {
  const reached = reachedKeys(desired.cas, desired);
  const gone = new Set(
    steps.flatMap(({ input }) => (input.do === 'remove-lists' && Array.isArray(input.ids) ? input.ids : [])),
  );
  const left = held.filter(({ crl, id }) => crl !== undefined && !gone.has(id));
  const unknown = left.filter(({ key, entries }) => key === undefined && entries > 0);
  const idle = left.filter(
    ({ key, entries }) => (key === undefined && entries === 0) || (key !== undefined && !reached.has(key)),
  );
  // A CA that waits for its removal gets its newest list; both go in one run.
  const passing = steps.filter(({ input, things }) => {
    const list = desired.lists.find(({ crl }) => crl.sha256 === things[0]);
    return input.do === 'add-list' && list !== undefined && !reached.has(list.issuer.keySha256);
  });
  const of = (lists: readonly HeldList[]) => lists.map(({ crl, id }) => crl?.sha256 ?? String(id));
  const count = idle.length + passing.length;
  const action = 'elasticloadbalancing:RemoveTrustStoreRevocations';
  return {
    cleans:
      count === 0
        ? []
        : [
            {
              id: `clean-lists${suffix}`,
              effect: 'clean',
              things: [...of(idle), ...passing.flatMap(({ things }) => things)],
              mends: `${count === 1 ? 'a list' : `${count} lists`} of CAs that are not trusted here`,
              action,
              input: {
                do: 'remove-lists',
                store,
                ids: [...idle.map(({ id }) => id), ...passing.map(({ id }) => ({ $ref: id, get: 'id' }))],
              },
              after: [...removal, ...passing.map(({ id }) => id)],
            },
          ],
    readmits: unknown.map((list) => ({
      id: `readmit-list:${list.id}${suffix}`,
      effect: 'readmit',
      things: of([list]),
      mends: `a list of ${list.crl?.issuer.text ?? 'an issuer'}, whom nobody knows, was added by hand; it refuses whom it names`,
      action,
      input: { do: 'remove-lists', store, ids: [list.id] },
    })),
  };
}

function keyOf({ crl }: StoredList, desired: Desired, store: StoredStore | undefined): string | undefined {
  if (crl === undefined) return undefined;
  // One that is wanted as it is was judged already.
  const wanted = desired.lists.find((list) => list.crl.sha256 === crl.sha256);
  return (wanted?.issuer ?? crlIssuer(crl, [...desired.cas, ...(store?.cas ?? []), ...desired.known]))
    ?.keySha256;
}
