import {
  type Artifact,
  defined,
  type Instant,
  isIssuedBy,
  isOlderIssue,
  isoTime,
  unexplainedDenials,
} from '@trustloom/core/adapter';
import type { PlannedKey } from '../model.ts';
import { openSerialSet } from '../revocation/authorizer/serial-set.ts';
import { crlsDigest, type DesiredKey, type DesiredManifest } from '../revocation/index.ts';
import type { ManifestCrl, ManifestDenial, ManifestKey, ManifestSet } from '../revocation/manifest.ts';
import type { Published } from '../revocation/published.ts';
import { serialsIn, setFile } from '../revocation/set-file.ts';

/** One CA key in the manifest. */
export interface Row {
  readonly before: ManifestKey | undefined;
  /** What is published without any consent: nobody is admitted by it whom `before` refuses. */
  readonly first: PlannedKey;
  /** As the definition says. Another than `first` where that goes back. */
  readonly wanted: PlannedKey;
  /** What the consent to readmit names where `wanted` goes back. */
  readonly readmits: readonly string[];
}

/** What the rows are made of. */
export interface RowParts {
  readonly desired: DesiredManifest;
  readonly published: Published | undefined;
  /** Keys that the truststore still trusts; undefined when that is unknown. */
  readonly standing: ReadonlySet<string> | undefined;
  readonly now: Instant;
  readonly stateLost: boolean;
}

/** More serials than this are not written one by one: the set that has them stays instead. */
const mostInline = 5_000;

/** Sorted by key; with the sets that are to be uploaded. */
export function rowsOf(parts: RowParts): {
  readonly rows: readonly Row[];
  readonly artifacts: readonly Artifact[];
} {
  const { desired, published, standing } = parts;
  const artifacts = new Map<string, Artifact>();
  const before = new Map(published?.manifest?.keys.map((row) => [row.key, row]));
  const drafts = desired.keys.map((key) => draftOf(key, before.get(key.row.key), parts, artifacts));
  const rows = drafts.map((draft) => keepRevoked(draft, drafts, parts));
  const named = new Set(desired.keys.map(({ row }) => row.key));
  // A CA that nobody names any more and that the truststore still trusts: its clients are refused
  // once it is gone from there.
  const staying = [...before.values()]
    .filter(({ key }) => !named.has(key) && (standing === undefined || standing.has(key)))
    .map((row): Row => ({ before: row, first: row, wanted: row, readmits: [] }));
  return {
    rows: [...rows, ...staying].sort((a, b) => (a.wanted.key < b.wanted.key ? -1 : 1)),
    artifacts: [...artifacts.values()],
  };
}

/** A row before it is known whether a CA that was revoked may be so no longer. */
interface Draft extends Row {
  readonly desired: DesiredKey;
  /** Its CRLs are others than before, and none of them is older. */
  readonly moves: boolean;
}

function draftOf(
  key: DesiredKey,
  before: ManifestKey | undefined,
  parts: RowParts,
  artifacts: Map<string, Artifact>,
): Draft {
  const isBack = before !== undefined && !key.unread && !areExplained(before.crls, key.row.crls);
  const wanted = wantedRow(key, before, { ...parts, isBack }, artifacts);
  const draft = { desired: key, before, first: wanted, wanted, readmits: [], moves: false };
  if (before === undefined) return draft;
  if (isBack) {
    // It goes back to an older CRL, or to none.
    const first = asBefore(wanted, before);
    return { ...draft, first, readmits: readmitted(key, before), wanted: parts.stateLost ? first : wanted };
  }
  const moves = JSON.stringify(before.crls) !== JSON.stringify(wanted.crls) && wanted.crls.length > 0;
  const base = before.state === 'missing' && wanted.state === 'unlisted' ? asBefore(wanted, before) : wanted;
  const first = withHeld(base, before, parts, artifacts);
  if (parts.stateLost) return { ...draft, first, wanted: first };
  const kept = first.sets.filter((set) => !base.sets.includes(set));
  return {
    ...draft,
    first,
    wanted: { ...wanted, denied: first.denied },
    readmits: kept.map(({ sha256 }) => sha256),
    moves,
  };
}

function wantedRow(
  key: DesiredKey,
  before: ManifestKey | undefined,
  {
    desired: { revocation },
    published,
    now,
    isBack,
  }: RowParts & {
    /** Its CRLs are not the ones that are published without consent. */
    readonly isBack: boolean;
  },
  artifacts: Map<string, Artifact>,
): PlannedKey {
  const explaining = isBack || key.unread ? { ...revocation, crls: [] } : revocation;
  const denied = deniedOf(key, before?.denied ?? [], explaining, now);
  if (key.unread)
    return before === undefined || before.crls.length === 0
      ? { ...key.row, crls: [], sets: [], denied }
      : asBefore(
          { ...key.row, sets: [], denied },
          { ...before, state: before.state === 'revoked' ? 'listed' : before.state },
        );
  const there = before?.sets.find(({ from, sha256 }) => from === key.from && published?.sets.has(sha256));
  if (there !== undefined) return { ...key.row, sets: [there], denied };
  const file = setFile(key.source);
  if (file === undefined) return { ...key.row, sets: [], denied };
  const { count, ...artifact } = file;
  const same = before?.sets.find(({ sha256 }) => sha256 === file.sha256 && published?.sets.has(sha256));
  if (same !== undefined) return { ...key.row, sets: [{ ...same, from: key.from }], denied };
  artifacts.set(file.sha256, artifact);
  return { ...key.row, sets: [{ sha256: file.sha256, count, from: key.from }], denied };
}

/**
 * What the deny list says and what is retained, and every entry that is held already, unless
 * something explains that it goes: a state without it explains nothing. Entries of both origins are
 * judged apart, for each goes by its own reasons; but what was released by name is released.
 */
function deniedOf(
  { row: { key }, denied, retained }: DesiredKey,
  held: readonly ManifestDenial[],
  revocation: DesiredManifest['revocation'],
  now: Instant,
): readonly ManifestDenial[] {
  const released = new Map(
    revocation.released
      .filter(({ caKey }) => caKey === key)
      .map(({ serial, since }) => [serial, Date.parse(since)]),
  );
  const isReleased = ({ serial, since }: ManifestDenial) => (released.get(serial) ?? -1) >= Date.parse(since);
  const stay = (origin: ManifestDenial['origin'], apart: Partial<DesiredManifest['revocation']>) =>
    unexplainedDenials(
      held.filter((one) => one.origin === origin && !isReleased(one)).map((one) => ({ ...one, caKey: key })),
      { ...revocation, ...apart },
      { now, expiryIgnored: false },
    ).map((one) => entry(origin, one.serial, one.since, one.notAfter));
  const sinceOf = new Map(
    held.filter(({ origin }) => origin === 'retained').map(({ serial, since }) => [serial, since]),
  );
  return sorted([
    ...denied.map(({ serial, since, notAfter }) => entry('denied', serial, since, notAfter)),
    ...retained.map((serial) => entry('retained', serial, sinceOf.get(serial) ?? isoTime(now))),
    ...stay('denied', { retained: new Map() }),
    ...stay('retained', { denied: [] }),
  ]);
}

/**
 * What is refused by what is published stays refused, and what the definition adds comes to it: the
 * deny list, a CA that is revoked.
 */
function asBefore(wanted: PlannedKey, before: ManifestKey): PlannedKey {
  const { nextUpdate: _, ...row } = wanted;
  const { state, crls, sets, nextUpdate } = before;
  return {
    ...row,
    state: wanted.state === 'revoked' ? 'revoked' : state,
    ...defined({ nextUpdate }),
    sets,
    crls,
  };
}

/**
 * With the sets that nothing explains to go: all, where nothing is known of what a newer CRL lost;
 * else those that are not of the CRLs that were published. Their serials stay as retained ones. A
 * set that cannot be read, or has too many, stays itself.
 */
function withHeld(
  row: PlannedKey,
  before: ManifestKey,
  { published, now, stateLost }: RowParts,
  artifacts: ReadonlyMap<string, Artifact>,
): PlannedKey {
  const own = crlsDigest(before.crls.map(({ sha256 }) => sha256));
  const isThere = new Set(row.sets.map(({ sha256 }) => sha256));
  const held = before.sets.filter(({ sha256, from }) => !isThere.has(sha256) && (stateLost || from !== own));
  const has = row.sets.flatMap(({ sha256 }) => {
    const body = published?.sets.get(sha256) ?? artifacts.get(sha256)?.body;
    return body === undefined || typeof body === 'string' ? [] : [openSerialSet(body)];
  });
  const kept: ManifestSet[] = [];
  const lost: string[] = [];
  for (const set of held) {
    const body = published?.sets.get(set.sha256);
    const gone = body === undefined ? undefined : serialsWithout(body, has);
    if (gone === undefined || lost.length + gone.length > mostInline) kept.push(set);
    else lost.push(...gone);
  }
  const since = isoTime(now);
  const more = {
    sets: [...row.sets, ...kept],
    denied: sorted([...row.denied, ...lost.map((serial) => entry('retained', serial, since))]),
  };
  if (!stateLost) return { ...row, ...more };
  const { nextUpdate, ...rest } = row;
  const end = defined({ nextUpdate: latest(before.nextUpdate, nextUpdate) });
  return { ...rest, ...end, ...more, state: strictest(row.state, before.state) };
}

function serialsWithout(
  body: Uint8Array,
  others: readonly ReturnType<typeof openSerialSet>[],
): readonly string[] {
  return [...serialsIn(body)].filter((serial) => {
    const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
    return !others.some((has) => has(bytes));
  });
}

/**
 * A CA that its issuer revoked stays so, unless its issuer issued a newer CRL: that the state names
 * it no longer explains nothing. What its issuer retains speaks against it, too.
 */
function keepRevoked(draft: Draft, drafts: readonly Draft[], { stateLost }: RowParts): Row {
  const { before, desired, moves: _, ...row } = draft;
  if (before?.state !== 'revoked' || row.wanted.state === 'revoked') return { ...row, before };
  const above = draftsAbove(draft, drafts);
  const serials = new Set(desired.source.cas.map(({ serial }) => serial));
  const isRetainedAbove = above.some(({ first }) =>
    first.denied.some(({ origin, serial }) => origin === 'retained' && serials.has(serial)),
  );
  if (!stateLost && !isRetainedAbove && above.some(({ moves }) => moves)) return { ...row, before };
  const first = { ...row.first, state: 'revoked' as const };
  return {
    before,
    first,
    wanted: stateLost ? first : row.wanted,
    readmits: row.readmits.length > 0 ? row.readmits : [desired.row.key],
  };
}

/** The keys that issued a CA, and those above them. */
function draftsAbove(draft: Draft, drafts: readonly Draft[]): readonly Draft[] {
  const found = new Set<Draft>();
  for (let level: readonly Draft[] = [draft]; level.length > 0; ) {
    const cas = level.flatMap(({ desired }) => desired.source.cas).filter(({ selfSigned }) => !selfSigned);
    level = drafts.filter(
      (one) =>
        !found.has(one) &&
        one !== draft &&
        one.desired.source.cas.some((issuer) => cas.some((ca) => isIssuedBy(ca, issuer))),
    );
    for (const one of level) found.add(one);
  }
  return [...found];
}

/**
 * A CRL that was published may go: it is among the wanted ones, or a newer one of its kind is, or a
 * newer complete one.
 */
function isExplained(was: ManifestCrl, wanted: readonly ManifestCrl[]): boolean {
  const issue = ({ thisUpdate, ...crl }: ManifestCrl) => ({ ...crl, thisUpdate: Date.parse(thisUpdate) });
  // Over what a delta CRL builds on it may be gone; a complete CRL covers every partition.
  const base = was.slot?.replace(/-?delta$/, '');
  return wanted.some(
    (crl) =>
      crl.sha256 === was.sha256 ||
      ((crl.slot === was.slot || crl.slot === undefined || crl.slot === base) &&
        !isOlderIssue(issue(crl), issue(was))),
  );
}

function areExplained(was: readonly ManifestCrl[], wanted: readonly ManifestCrl[]): boolean {
  return was.every((crl) => isExplained(crl, wanted));
}

/** The CRLs that the consent to readmit names: those that come back, else those that go. */
function readmitted({ row, withdrawn }: DesiredKey, before: ManifestKey): readonly string[] {
  if (row.crls.length > 0) return row.crls.map(({ sha256 }) => sha256);
  return withdrawn.length > 0 ? withdrawn : before.crls.map(({ sha256 }) => sha256);
}

const strictness = ['unlisted', 'listed', 'missing', 'revoked'] as const;

/** Of a CRL that was never published and one that is, the latter: it was published now. */
function strictest(now: ManifestKey['state'], before: ManifestKey['state']): ManifestKey['state'] {
  if (now === 'listed' && before === 'missing') return now;
  return strictness.indexOf(now) > strictness.indexOf(before) ? now : before;
}

function latest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  return Date.parse(a) > Date.parse(b) ? a : b;
}

function entry(
  origin: ManifestDenial['origin'],
  serial: string,
  since: string,
  notAfter?: string,
): ManifestDenial {
  return { serial, origin, since, ...defined({ notAfter }) };
}

/** By serial, each once for each origin; of two the first stays. */
function sorted(entries: readonly ManifestDenial[]): readonly ManifestDenial[] {
  const at = ({ serial, origin }: ManifestDenial) => `${serial} ${origin}`;
  return [...new Map([...entries].reverse().map((one) => [at(one), one])).values()].sort((a, b) =>
    at(a) < at(b) ? -1 : 1,
  );
}

/** A row as it is compared: its fields always in one order. */
export function rowText(row: PlannedKey): string {
  const { key, ca, names, publicKey, state, nextUpdate, sets, denied, crls } = row;
  return JSON.stringify({ key, ca, names, publicKey, state, nextUpdate, sets, denied, crls });
}
