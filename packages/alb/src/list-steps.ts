import type { CrlDiff, JsonObject, Step } from '@trustloom/core';
import type { DesiredList, StoredList, StoreRef } from './state.ts';

/** Where a step on a list belongs. */
interface Where {
  readonly store: StoreRef;
  readonly suffix?: string;
}

/** What must be seen in the store before an older list goes. */
export interface Verify {
  readonly id: number | { readonly $ref: string; readonly get: string };
  readonly entries: number;
}

/** Adds a list; its receipt gives the id. */
export function addList(
  { issuer, crl, artifact }: DesiredList,
  change: CrlDiff,
  { store, after, suffix = '' }: Where & { readonly after: readonly string[] },
): Step {
  return {
    id: `add-list:${crl.sha256.slice(0, 8)}${suffix}`,
    effect: 'revoke',
    things: [crl.sha256],
    mends: `the list of ${issuer.subject.text} (${crl.entryCount} ${crl.entryCount === 1 ? 'entry' : 'entries'}) is not in force`,
    action: 'elasticloadbalancing:AddTrustStoreRevocations',
    input: { do: 'add-list', store, digest: artifact, list: { $artifact: artifact } },
    ...(after.length === 0 ? {} : { after }),
    revocation: {
      issuer: issuer.subject.text,
      added: change.added,
      removed: change.removed,
      entries: crl.entryCount,
      serials: change.addedSerials,
    },
  };
}

/** Removes lists that a newer one of the same CA supersedes, once that one is seen with all its entries. */
export function removeLists(
  kind: 'remove-lists' | 'drop-lists',
  { issuer, crl }: DesiredList,
  older: readonly StoredList[],
  verify: Verify,
  where: Where,
  after: readonly Step[] = [],
): Step {
  const many = older.length > 1;
  return {
    id: `${kind}:${crl.sha256.slice(0, 8)}${where.suffix ?? ''}`,
    effect: 'revoke',
    things: older.map((list) => list.crl?.sha256 ?? String(list.id)),
    mends: `${many ? `${older.length} older lists` : 'an older list'} of ${issuer.subject.text} ${many ? 'are' : 'is'} still there`,
    ...removal(where.store, older, verify),
    after: after.map(({ id }) => id),
  };
}

/** Removes lists whose serials are not all revoked by the list that stays. */
export function readmitLists(
  { issuer, crl }: DesiredList,
  lists: readonly StoredList[],
  verify: Verify,
  where: Where,
  after: readonly Step[],
): Step {
  return {
    id: `readmit-lists:${crl.sha256.slice(0, 8)}${where.suffix ?? ''}`,
    effect: 'readmit',
    things: lists.map((list) => list.crl?.sha256 ?? String(list.id)),
    mends: `a list of ${issuer.subject.text} that the definition does not give refuses more than the one it gives`,
    ...removal(where.store, lists, verify),
    after: after.map(({ id }) => id),
  };
}

function removal(
  store: StoreRef,
  lists: readonly StoredList[],
  { id, entries }: Verify,
): { readonly action: string; readonly input: JsonObject } {
  return {
    action: 'elasticloadbalancing:RemoveTrustStoreRevocations',
    input: { do: 'remove-lists', store, ids: lists.map((list) => list.id), verify: { id, entries } },
  };
}
