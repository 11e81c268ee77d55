import { type Artifact, type Instant, isIssuedBy } from '@trustloom/core/adapter';
import type { PlannedKey } from '../../model.ts';
import type { DesiredKey, DesiredManifest } from '../../revocation/index.ts';
import type { ManifestKey } from '../../revocation/manifest.ts';
import type { Published } from '../../revocation/published.ts';
import { setFile } from '../../revocation/set-file.ts';
import { areExplained, asBefore, deniedOf, withHeld } from './held.ts';

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

/** The CRLs that the consent to readmit names: those that come back, else those that go. */
function readmitted({ row, withdrawn }: DesiredKey, before: ManifestKey): readonly string[] {
  if (row.crls.length > 0) return row.crls.map(({ sha256 }) => sha256);
  return withdrawn.length > 0 ? withdrawn : before.crls.map(({ sha256 }) => sha256);
}

/** A row as it is compared: its fields always in one order. */
export function rowText(row: PlannedKey): string {
  const { key, ca, names, publicKey, state, nextUpdate, sets, denied, crls } = row;
  return JSON.stringify({ key, ca, names, publicKey, state, nextUpdate, sets, denied, crls });
}
