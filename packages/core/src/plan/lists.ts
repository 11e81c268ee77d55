import { type CrlVerdict, isOlderIssue, judgeCrl, type ListInForce } from '../crl/accept.ts';
import type { Crl, LetGoList, RevocationList } from '../crl/crl.ts';
import { looseDeltas, slotOf } from '../crl/merged.ts';
import { type RetainedSerial, retain } from '../crl/retained.ts';
import { crlIssuer } from '../crl/verify-crl.ts';
import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import type { Finding } from '../errors/finding.ts';
import {
  acceptedRow,
  type ListMemories,
  type ListMemory,
  type NewlyAccepted,
} from '../state/accepted-crls.ts';
import type { KeyedList } from '../state/freshness.ts';
import type { AcceptedList, RevocationRecord } from '../state/state.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { isIssuedBy } from '../x509/reach.ts';
import type { Gathered, OfferedList } from './gather.ts';
import { keyOf, type ListRows, letGoNow, orphanFindings } from './orphans.ts';

/** What is in force by definition, key by key. */
export interface JudgedLists {
  /** The newest accepted, now or before: per issuer key the complete one, then its partitions and deltas; sorted by key. */
  readonly lists: readonly RevocationList[];
  /** Keys that have a list in force which is not at hand: whatever the services hold stays. With the reason's code. */
  readonly kept: ReadonlyMap<string, string>;
  /** Lists that somebody let go, now or before, sorted by their place in the record. */
  readonly letGo: readonly LetGoList[];
  /** Those that this run lets go, as the record shall have them, by place. */
  readonly letGoNow: ListRows;
  /** Serials that left a list and stay refused where Trustloom owns the check, by key. */
  readonly retained: ReadonlyMap<string, readonly RetainedSerial[]>;
  /** Lists that the record does not have yet, by their place in it: the key, and the slot of what is not complete. */
  readonly accepted: ReadonlyMap<string, NewlyAccepted>;
  /** Rows of the record as they will be, of all keys. */
  readonly rows: readonly KeyedList[];
  readonly findings: readonly Finding[];
}

/** What judging lists needs. */
export interface ListsInput {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly gathered: Gathered;
  readonly record: RevocationRecord;
  readonly memories: ListMemories;
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
}

/** Per issuer key, and per partition and delta, the newest acceptable list; where none is, the one accepted before. */
export function judgeLists(input: ListsInput, known: readonly Certificate[]): JudgedLists {
  const eligible = listIssuers(input.lock, known);
  const findings: Finding[] = [];
  const byPlace = new Map<string, { readonly issuer: Certificate; readonly offered: OfferedList[] }>();
  for (const offered of input.gathered.lists) {
    const issuer = crlIssuer(offered.crl, eligible);
    if (issuer === undefined) {
      findings.push(strangersList(offered, crlIssuer(offered.crl, known)));
      continue;
    }
    const place = placeOf(issuer.keySha256, offered.crl);
    const group = byPlace.get(place) ?? { issuer, offered: [] };
    group.offered.push(offered);
    byPlace.set(place, group);
  }
  const lists = new Map<string, RevocationList>();
  const retained = new Map<string, readonly RetainedSerial[]>();
  const retainFor = (key: string, serials: readonly RetainedSerial[]) =>
    retained.set(key, [...(retained.get(key) ?? []), ...serials]);
  const accepted = new Map<string, NewlyAccepted>();
  const keptAt = new Map<string, string>();
  for (const place of new Set([...byPlace.keys(), ...Object.keys(input.record.lists)])) {
    const key = keyOf(place);
    const row = input.record.lists[place];
    const memory = input.memories.get(place) ?? { retained: [] };
    const group = byPlace.get(place);
    const taken =
      group === undefined ? undefined : takeNewest(group.issuer, group.offered, row, memory, input, findings);
    if (taken !== undefined && taken.list !== undefined) {
      lists.set(place, taken.list);
      retainFor(key, taken.retained);
      if (taken.accepted !== undefined) accepted.set(place, taken.accepted);
      continue;
    }
    const remembered = memory.crl === undefined ? undefined : crlIssuer(memory.crl, eligible);
    if (memory.crl !== undefined && remembered?.keySha256 === key) {
      lists.set(place, { issuer: remembered, crl: memory.crl, expired: isExpired(memory.crl, input.now) });
      retainFor(key, memory.retained);
    } else if (taken !== undefined || row !== undefined) {
      keptAt.set(place, taken?.refusedBy ?? 'list-memory-lost');
    }
  }
  const recorded = new Map(
    Object.entries({
      ...input.record.lists,
      ...Object.fromEntries([...accepted].map(([place, { row }]) => [place, row])),
    }),
  );
  const now = letGoNow(recorded, input, (place) => accepted.has(place));
  const rows: ListRows = new Map([...recorded, ...now].sort(([a], [b]) => (a < b ? -1 : 1)));
  const inForce = (place: string) => rows.get(place)?.letGo === undefined;
  const sorted = [...lists]
    .filter(([place]) => inForce(place))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => list);
  const letGo = [...rows].flatMap(([place, row]) => letGoOf(place, row, lists.get(place)));
  const gone = new Set(letGo.map(({ sha256 }) => sha256));
  return {
    lists: sorted,
    kept: new Map([...keptAt].filter(([place]) => inForce(place)).map(([place, why]) => [keyOf(place), why])),
    letGo,
    letGoNow: now,
    retained,
    accepted,
    rows: [...rows].map(
      ([place, row]): KeyedList => ({ ...row, keySha256: keyOf(place), complete: place === keyOf(place) }),
    ),
    findings: [
      // That it has ended is why it was let go.
      ...findings.filter(
        ({ code, thing }) => code !== 'crl-expired' || thing === undefined || !gone.has(thing),
      ),
      ...orphanFindings(rows, input),
      ...withoutBase(sorted),
    ],
  };
}

function letGoOf(place: string, row: AcceptedList, list: RevocationList | undefined): readonly LetGoList[] {
  const { letGo, sha256, issuer, number, thisUpdate, entries } = row;
  if (letGo === undefined) return [];
  return [
    {
      keySha256: keyOf(place),
      issuer,
      sha256,
      ...defined({ number }),
      thisUpdate: Date.parse(thisUpdate),
      entries,
      since: Date.parse(letGo),
      ...defined({ list }),
    },
  ];
}

/** Where a list stands in the record: under its issuer's key; a partition or delta under the key and its slot. */
function placeOf(key: string, crl: Crl): string {
  const slot = slotOf(crl);
  return slot === '' ? key : `${key}/${slot}`;
}

/** Delta lists that do not fit the base at hand. */
function withoutBase(lists: readonly RevocationList[]): readonly Finding[] {
  const keys = new Set(lists.map(({ issuer }) => issuer.keySha256));
  const loose = [...keys].flatMap((key) =>
    looseDeltas(lists.filter(({ issuer }) => issuer.keySha256 === key)),
  );
  return loose.map(({ issuer, crl }) => ({
    code: 'crl-delta-base',
    severity: 'warning',
    thing: crl.sha256,
    message: `the delta list of ${issuer.subject.text} builds on number ${crl.baseNumber}, and no list so new is at hand; it is not used`,
    source: 'RFC 5280, 5.2.4',
  }));
}

interface Taken {
  readonly list?: RevocationList;
  readonly retained: readonly RetainedSerial[];
  readonly accepted?: NewlyAccepted;
  readonly refusedBy?: string;
}

/** The newest first: the first that is accepted is in force, and what is older is no news. */
function takeNewest(
  issuer: Certificate,
  offered: readonly OfferedList[],
  row: AcceptedList | undefined,
  memory: ListMemory,
  input: ListsInput,
  findings: Finding[],
): Taken {
  const { now, definition, allow } = input;
  const newestFirst = [...offered].sort((a, b) => byIssue(a.crl, b.crl, row?.sha256));
  let refusedBy: string | undefined;
  for (const { crl, from, group } of newestFirst) {
    const leafLifeMs = definition.groups.find(({ name }) => name === group)?.leafLifeMs;
    const life = leafLifeMs === undefined ? {} : { leafLifeMs };
    const judged = judgeCrl({
      crl,
      issuer,
      now,
      readmit: allow.has(`readmit:${crl.sha256}`),
      ...life,
      ...(row === undefined ? {} : { inForce: inForce(row, memory) }),
    });
    findings.push(...judged.findings.map((one) => ({ ...one, message: `${from}: ${one.message}` })));
    if (judged.verdict === 'refused') {
      refusedBy ??= judged.findings[0]?.code ?? 'crl-older';
      continue;
    }
    const list: RevocationList = { issuer, crl, expired: isExpired(crl, now) };
    if (judged.verdict === 'same') return { list, retained: memory.retained };
    const retained = retainedAfter(judged, crl, memory, leafLifeMs);
    return {
      list,
      retained,
      accepted: { row: acceptedRow(list, retained, row, now), crl, retained, comparedWith: row?.sha256 },
    };
  }
  return { retained: memory.retained, ...defined({ refusedBy }) };
}

/** The newest first: by time, within one second by number, and of those that are still alike the one in force. */
function byIssue(a: Crl, b: Crl, inForce: string | undefined): number {
  if (a.sha256 === b.sha256) return 0;
  if (a.thisUpdate !== b.thisUpdate) return b.thisUpdate - a.thisUpdate;
  if (isOlderIssue(a, b)) return 1;
  if (isOlderIssue(b, a) || a.sha256 === inForce) return -1;
  return b.sha256 === inForce || b.sha256 < a.sha256 ? 1 : -1;
}

function retainedAfter(
  { lost }: CrlVerdict,
  crl: Crl,
  memory: ListMemory,
  leafLifeMs: number | undefined,
): readonly RetainedSerial[] {
  const isListed = (serial: string) => crl.has(serial);
  const life = leafLifeMs === undefined ? {} : { leafLifeMs };
  return retain({ before: memory.retained, lost, isListed, thisUpdate: crl.thisUpdate, ...life });
}

function inForce(row: AcceptedList, memory: ListMemory): ListInForce {
  const { sha256, entries, number, thisUpdate, nextUpdate } = row;
  return {
    sha256,
    entries,
    thisUpdate: Date.parse(thisUpdate),
    ...defined({ number }),
    ...(nextUpdate === undefined ? {} : { nextUpdate: Date.parse(nextUpdate) }),
    ...defined({ crl: memory.crl }),
  };
}

/** CAs whose lists count: those in the lock in any state, and those offered that one of these issued. */
function listIssuers(lock: Lock, known: readonly Certificate[]): readonly Certificate[] {
  const locked = lock.entries.map(({ certificate }) => certificate);
  const below = known.filter((ca) => locked.some((parent) => isIssuedBy(ca, parent)));
  return [...new Map([...locked, ...below].map((ca) => [ca.sha256, ca])).values()];
}

function strangersList({ crl, from }: OfferedList, proposed: Certificate | undefined): Finding {
  if (proposed !== undefined)
    return {
      code: 'crl-issuer-not-accepted',
      severity: 'warning',
      thing: crl.sha256,
      message: `${from}: the list of ${proposed.subject.text} is used as soon as that CA is accepted (trustloom accept ${proposed.sha256.slice(0, 12)})`,
      source: 'RFC 5280, 6.3.3 (f)',
    };
  return {
    code: 'crl-unknown-issuer',
    severity: 'error',
    thing: crl.sha256,
    message: `${from}: no CA that is accepted or offered signed this list (issuer ${crl.issuer.text}); it is not used. Accept its CA, or remove the address.`,
    source: 'RFC 5280, 6.3.3 (f)',
  };
}

function isExpired({ nextUpdate }: Crl, now: Instant): boolean {
  return nextUpdate !== undefined && nextUpdate <= now;
}
