import { type Certificate, diffCrls, type Finding, type Step } from '@trustloom/core';
import { isWhole, supersedes } from './list-order.ts';
import { addList, readmitLists, removeLists } from './list-steps.ts';
import type { DesiredList, StoredList, StoredStore, StoreRef } from './state.ts';

/** Which store, and what else is done to it. */
export interface ListsWhere {
  readonly store: StoreRef;
  /** The CAs that stand in the store when lists are added: it takes those of no other. */
  readonly cas: readonly Certificate[];
  /** Steps after which those CAs stand there. */
  readonly after: readonly string[];
  /** The step that removes CAs in the same plan. */
  readonly removal?: readonly string[];
  /** Keeps the ids of steps apart when lists of two stores are planned at once. */
  readonly suffix?: string;
}

/** A list in the store, with whose it is. */
export interface HeldList extends StoredList {
  /** SHA-256 of the key whose list it is; undefined when nobody known signed it. */
  readonly key: string | undefined;
}

/** The writes for the list of one CA. */
export interface PartPlan {
  /** Superseded lists that go first, so that there are never more than two of one key. */
  readonly drops: readonly Step[];
  readonly adds: readonly Step[];
  readonly removes: readonly Step[];
  readonly findings: readonly Finding[];
  /** Sizes, for the room in the store. */
  readonly dropped: readonly StoredList[];
  readonly added: readonly DesiredList[];
  readonly removed: readonly StoredList[];
}

/**
 * The writes for the list of one CA: the newer is added, its count is verified, and only then the older goes.
 *
 * @param held the lists of the same key in the store
 */
export function planOne(
  wanted: DesiredList,
  held: readonly HeldList[],
  store: StoredStore | undefined,
  where: ListsWhere,
): PartPlan {
  const { issuer, crl } = wanted;
  const newer = held.find((list) => list.crl !== undefined && supersedes(list.crl, crl, issuer));
  const present = held.find((list) => list.crl?.sha256 === crl.sha256);
  if (newer !== undefined) return goBack(wanted, newer, present, where);
  const older = held.filter((list) => list !== present);
  const covered = older.filter((list) => goesWithoutConsent(list, wanted));
  const uncovered = older.filter((list) => !covered.includes(list));
  const [latest, ...rest] = [...covered].sort(
    (a, b) => (b.crl?.thisUpdate ?? 0) - (a.crl?.thisUpdate ?? 0) || b.id - a.id,
  );
  const drops =
    present !== undefined || latest === undefined || rest.length === 0
      ? []
      : [removeLists('drop-lists', wanted, rest, { id: latest.id, entries: latest.entries }, where)];
  const add = addList(wanted, diffCrls(latest?.crl, crl), {
    ...where,
    // The store takes a list only of a CA that it holds.
    after: [...(holds(store, issuer) ? [] : where.after), ...drops.map(({ id }) => id)],
  });
  const adds = present === undefined ? [add] : [];
  const replaced = drops.length > 0 && latest !== undefined ? [latest] : covered;
  const counted = present === undefined || present.entries === crl.entryCount;
  const verify = {
    id: present === undefined ? { $ref: add.id, get: 'id' } : present.id,
    entries: crl.entryCount,
  };
  return {
    drops,
    adds,
    removes: counted
      ? [
          ...(replaced.length === 0
            ? []
            : [removeLists('remove-lists', wanted, replaced, verify, where, adds)]),
          ...(uncovered.length === 0 ? [] : [readmitLists(wanted, uncovered, verify, where, adds)]),
        ]
      : [],
    findings: counted || older.length === 0 ? [] : [miscounted(wanted, present)],
    dropped: drops.length === 0 ? [] : rest,
    added: adds.length === 0 ? [] : [wanted],
    removed: counted ? replaced : [],
  };
}

/** What is wanted is an earlier issue than what is in force: taking it readmits, and needs the consent to it. */
function goBack(
  wanted: DesiredList,
  newer: HeldList,
  present: HeldList | undefined,
  where: ListsWhere,
): PartPlan {
  const { issuer, crl } = wanted;
  const add = { ...addList(wanted, diffCrls(newer.crl, crl), where), effect: 'readmit' as const };
  const adds = present === undefined ? [add] : [];
  const verify = {
    id: present === undefined ? { $ref: add.id, get: 'id' } : present.id,
    entries: crl.entryCount,
  };
  const finding: Finding = {
    code: 'crl-older',
    severity: 'warning',
    thing: crl.sha256,
    message: `the list of ${issuer.subject.text} is older than the one in force, which stays; only --allow readmit:${crl.sha256} takes it`,
    source: 'RFC 5280, 5.2.3',
  };
  return {
    drops: [],
    adds,
    removes: [{ ...readmitLists(wanted, [newer], verify, where, adds), things: [crl.sha256] }],
    findings: [finding],
    dropped: [],
    added: adds.length === 0 ? [] : [wanted],
    removed: [],
  };
}

/** A later issue by the same CA takes its place by the CA's own word; anything else only if every serial of it stays revoked. */
function goesWithoutConsent({ crl }: StoredList, { crl: wanted, issuer }: DesiredList): boolean {
  if (crl === undefined) return false;
  return isWhole(crl, issuer) || diffCrls(crl, wanted).removed === 0;
}

function holds(store: StoredStore | undefined, { keySha256 }: Certificate): boolean {
  return store?.cas.some((ca) => ca.keySha256 === keySha256) ?? false;
}

function miscounted({ issuer, crl }: DesiredList, present: StoredList | undefined): Finding {
  return {
    code: 'list-count-differs',
    severity: 'warning',
    thing: crl.sha256,
    message: `the list of ${issuer.subject.text} has ${crl.entryCount} entries, but the service counts ${present?.entries ?? 0}; the older list stays beside it`,
  };
}
