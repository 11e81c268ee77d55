import { crlIssuer, diffCrls, type Finding, isoTime, reach, type Step } from '@trustloom/core';
import { albFacts } from './facts.ts';
import type { Desired, DesiredList, StoredList, StoredStore, StoreRef } from './state.ts';

/** The writes on the lists of one store: those to add, and those that an added or present one replaces. */
export interface ListPlan {
  readonly adds: readonly Step[];
  readonly removes: readonly Step[];
  /** Lists of CAs that nobody gets in through any more: they do nothing, and count against the quota. */
  readonly cleans: readonly Step[];
  readonly findings: readonly Finding[];
}

/**
 * The service has no update of a list: the newer is added, its count is verified, and only then the older goes. A list is replaced only
 * by one of the same issuer key, since re-keyed CAs share their name. A list that nothing replaces stays.
 *
 * @param where the store, the steps that must come before, and the step that removes CAs in the same plan
 */
export function planLists(
  desired: Desired,
  store: StoredStore | undefined,
  where: {
    readonly store: StoreRef;
    readonly after: readonly string[];
    readonly removal?: readonly string[];
  },
): ListPlan {
  const held = (store?.lists ?? []).map((list) => ({ list, key: keyOf(list, desired, store) }));
  const parts = desired.lists.map((wanted) =>
    planOne(
      wanted,
      held.filter(({ key }) => key === wanted.issuer.keySha256).map(({ list }) => list),
      store,
      where,
    ),
  );
  return {
    adds: parts.flatMap(({ adds }) => adds),
    removes: parts.flatMap(({ removes }) => removes),
    cleans: idle(held, desired, where),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

function idle(
  held: readonly { readonly list: StoredList; readonly key: string | undefined }[],
  desired: Desired,
  { store, removal }: { readonly store: StoreRef; readonly removal?: readonly string[] },
): readonly Step[] {
  const reached = new Set(
    reach({ anchors: desired.cas, known: desired.known, chain: albFacts.capabilities.chain }).map(
      ({ ca }) => ca.keySha256,
    ),
  );
  const lists = held
    .filter(({ key, list }) => list.crl !== undefined && (key === undefined || !reached.has(key)))
    .map(({ list }) => list);
  if (lists.length === 0) return [];
  return [
    {
      id: 'clean-lists',
      effect: 'clean',
      things: lists.map(({ crl, id }) => crl?.sha256 ?? String(id)),
      mends: `${lists.length === 1 ? 'a list' : `${lists.length} lists`} of CAs that are not trusted here`,
      action: 'elasticloadbalancing:RemoveTrustStoreRevocations',
      input: { do: 'remove-lists', store, ids: lists.map(({ id }) => id) },
      after: removal ?? [],
    },
  ];
}

function planOne(
  { issuer, crl, artifact }: DesiredList,
  held: readonly StoredList[],
  store: StoredStore | undefined,
  where: { readonly store: StoreRef; readonly after: readonly string[] },
): Omit<ListPlan, 'cleans'> {
  const newer = held.find(
    (list) =>
      list.crl !== undefined && list.crl.sha256 !== crl.sha256 && list.crl.thisUpdate > crl.thisUpdate,
  );
  if (newer?.crl !== undefined) {
    const message = `the list of ${issuer.subject.text} was issued at ${isoTime(crl.thisUpdate)}, before the one in force (${isoTime(newer.crl.thisUpdate)}); the one in force stays`;
    return {
      adds: [],
      removes: [],
      findings: [
        { code: 'crl-older', severity: 'error', thing: crl.sha256, message, source: 'RFC 5280, 5.2.3' },
      ],
    };
  }
  const present = held.find((list) => list.crl?.sha256 === crl.sha256);
  const older = held.filter((list) => list !== present);
  const [latest] = [...older].sort((a, b) => (b.crl?.thisUpdate ?? 0) - (a.crl?.thisUpdate ?? 0));
  const change = diffCrls(latest?.crl, crl);
  const id = `add-list:${crl.sha256.slice(0, 8)}`;
  const inStore = store?.cas.some((ca) => ca.keySha256 === issuer.keySha256) ?? false;
  const adds: readonly Step[] =
    present !== undefined
      ? []
      : [
          {
            id,
            effect: 'revoke',
            things: [crl.sha256],
            mends: `the list of ${issuer.subject.text} (${crl.entryCount} ${crl.entryCount === 1 ? 'entry' : 'entries'}) is not in force`,
            action: 'elasticloadbalancing:AddTrustStoreRevocations',
            input: { do: 'add-list', store: where.store, list: { $artifact: artifact } },
            // The store takes a list only of a CA that it holds.
            ...(inStore ? {} : { after: where.after }),
            revocation: {
              issuer: issuer.subject.text,
              added: change.added,
              removed: change.removed,
              entries: crl.entryCount,
              serials: change.addedSerials,
            },
          },
        ];
  const removes: readonly Step[] =
    older.length === 0
      ? []
      : [
          {
            id: `remove-lists:${crl.sha256.slice(0, 8)}`,
            effect: 'revoke',
            things: older.map((list) => list.crl?.sha256 ?? String(list.id)),
            mends: `${older.length === 1 ? 'an older list' : `${older.length} older lists`} of ${issuer.subject.text} ${older.length === 1 ? 'is' : 'are'} still there`,
            action: 'elasticloadbalancing:RemoveTrustStoreRevocations',
            input: {
              do: 'remove-lists',
              store: where.store,
              ids: older.map((list) => list.id),
              // The older goes only once the newer is seen with all its entries.
              verify: {
                id: present === undefined ? { $ref: id, get: 'id' } : present.id,
                entries: crl.entryCount,
              },
            },
            after: adds.map((step) => step.id),
          },
        ];
  return { adds, removes, findings: [] };
}

/** SHA-256 of the key whose list it is; undefined when nobody known signed it. */
function keyOf({ crl }: StoredList, desired: Desired, store: StoredStore | undefined): string | undefined {
  return crl === undefined
    ? undefined
    : crlIssuer(crl, [...desired.cas, ...(store?.cas ?? []), ...desired.known])?.keySha256;
}
