import { type CheckedKey, isJsonObject, type Json, type JsonObject } from '@trustloom/core/adapter';
import { joinEntries, packSerials, splitEntries } from './buckets.ts';
import { type Layout, valueBytes } from './layout.ts';
import {
  collectSerials,
  type IssuedSerials,
  issuedBy,
  nameKey,
  nameText,
  type SerialSet,
} from './serials.ts';

/** Key of the manifest in a store; the connection function reads it by this name. */
export const manifestKey = 'manifest';

/** Until when clients of an issuer are admitted: an instant in seconds, or one of these. */
const never = 0;
/** Long ago: refused whatever the grace, clients and what is below. The CA is revoked. */
const revoked = 1;
/** The same, for as long as its revocations are not known here, or have no room. */
const noRoom = 2;

/** Until when clients of one issuer are admitted. */
export interface IssuerEnd {
  /** Seconds; 0 for a CRL that never ends, 1 for a CA that is revoked. */
  readonly end: number | 'unread';
  /** Every key of that name has a CRL that counts. */
  readonly listed: boolean;
}

/** What of the manifest follows from the CRLs, before it is known how the store is laid out. */
export interface Manifest {
  /** By name of the issuer, as `nameText` writes it. */
  readonly ends: ReadonlyMap<string, IssuerEnd>;
  /** Certificates of CAs that are refused as intermediates. */
  readonly cas: SerialSet;
  /** There are too many such for the manifest: intermediates are looked up like leaves. */
  readonly lookUpCas: boolean;
}

/** So many characters stand in the manifest for CAs; more are looked up in the buckets. */
const caCharacters = 300;
/** So many characters stand in it for issuers; with more, all stand in items of their own. */
const endCharacters = 560;

/** A key that may have issued CAs: what it revoked may be one. */
const issuesCas = ({ cas }: CheckedKey): boolean => cas.some(({ pathLength }) => pathLength !== 0);

/** Names of a CA key: renewed certificates share one. */
export const namesOf = ({ cas }: Pick<CheckedKey, 'cas'>): readonly string[] => [
  ...new Set(cas.map(({ subject }) => nameText(subject.text))),
];

/** What the manifest has to say about these CA keys. */
export function manifestOf(keys: readonly CheckedKey[]): Manifest {
  const byName = new Map<string, CheckedKey[]>();
  for (const key of keys)
    for (const name of namesOf(key)) byName.set(name, [...(byName.get(name) ?? []), key]);
  const above = keys.filter(issuesCas);
  // One takes two characters at least, so a long CRL need not be read to know that it does not fit.
  const lookUpCas = above.reduce((sum, { count }) => sum + count, 0) > caCharacters / 2;
  const listed = above.flatMap((key) => namesOf(key).map((issuer) => ({ ...key, issuer })));
  return {
    ends: new Map([...byName].map(([name, group]) => [name, endOf(group)])),
    cas: collectSerials(lookUpCas ? [] : [...revokedCas(keys), ...listed]),
    lookUpCas,
  };
}

/**
 * Every certificate of a revoked CA: its CRL names one of them, the others are cross-signed.
 */
export function revokedCas(keys: readonly CheckedKey[]): readonly IssuedSerials[] {
  return keys
    .filter((key) => key.revoked)
    .flatMap(({ cas }) => cas.map(({ issuer, serial }) => issuedBy(nameText(issuer.text), [serial])));
}

/**
 * Re-keyed CAs share a name: the earliest end counts, but a revoked one does not refuse its
 * successor's clients.
 */
function endOf(keys: readonly CheckedKey[]): IssuerEnd {
  const alive = keys.filter((key) => !key.revoked);
  if (alive.length === 0) return { end: revoked, listed: false };
  const listed = alive.every(({ state }) => state === 'listed');
  if (alive.some(({ state }) => state === 'unread')) return { end: 'unread', listed };
  const ends = alive.flatMap(({ nextUpdate }) =>
    nextUpdate === undefined ? [] : [Math.floor(nextUpdate / 1000)],
  );
  return { end: ends.length === 0 ? never : Math.min(...ends), listed };
}

/** The manifest as it is read back; every part may have been changed by hand. */
export interface HeldManifest {
  /** By key of the issuer's name. */
  readonly ends: ReadonlyMap<string, number>;
  /** Entries of CAs. */
  readonly cas: readonly string[];
  readonly lookUpCas: boolean;
  /** When base buckets were last written, in seconds. */
  readonly merged: number;
}

/** What of a store's manifest stays although the trust does not say it. */
export interface Stays {
  /** The CAs that it refuses. */
  readonly cas: boolean;
  /** The issuers that it knows. */
  readonly issuers: boolean;
  /** Names of issuers that get the later end: another run may know more of them than this one. */
  readonly later: (name: string) => boolean;
}

/** What the manifest of one store is written from. */
export interface ManifestParts {
  readonly layout: Layout;
  readonly manifest: Manifest;
  readonly held: HeldManifest | undefined;
  readonly stays: Stays;
  /** Names of issuers whose revocations have no room, so that none of their clients is admitted. */
  readonly withoutRoom: ReadonlySet<string>;
  /** When base buckets were last written, in seconds. */
  readonly merged: number;
}

/**
 * The items of the manifest, the manifest itself last. Where a CRL could not be read, what the store said of its issuer still
 * holds; a store that said nothing refuses its clients.
 */
export function manifestItems(parts: ManifestParts): ReadonlyMap<string, string> {
  const { layout, manifest, held, stays } = parts;
  const own = new Map(
    [...manifest.ends].map(([name, end]) => [nameKey(name, layout.seed), endIn(parts, name, end)] as const),
  );
  const foreign = stays.issuers ? [...(held?.ends ?? [])].filter(([key]) => !own.has(key)) : [];
  const ends = new Map([...own, ...foreign].sort(([a], [b]) => (a < b ? -1 : 1)));
  const { textOf } = packSerials(manifest.cas, layout);
  const wanted = Array.from({ length: manifest.cas.count }, (_, index) => textOf(index));
  const cas = joinEntries(
    layout.form,
    [...new Set([...wanted, ...(stays.cas ? (held?.cas ?? []) : [])])].sort(),
  );
  const lookUpCas =
    manifest.lookUpCas || cas.length > caCharacters || (stays.cas && held?.lookUpCas === true);
  const { text, items } = endItems(ends);
  const real = [...ends.values()].filter((end) => end !== never);
  const value = JSON.stringify({
    v: 2,
    f: layout.form === 'exact' ? 1 : 8,
    s: layout.seed,
    b: layout.buckets,
    m: layout.buckets / layout.groups,
    e: real.length === 0 ? never : Math.min(...real),
    n: text,
    k: items.size,
    c: lookUpCas ? '.' : cas,
    i: lookUpCas ? 1 : 0,
    t: parts.merged,
  });
  return new Map([...items, [manifestKey, value]]);
}

function endIn(
  { layout, held, stays, withoutRoom: full }: ManifestParts,
  name: string,
  { end, listed }: IssuerEnd,
) {
  const before = held?.ends.get(nameKey(name, layout.seed));
  if (full.has(name)) return before === revoked || end === revoked ? revoked : noRoom;
  if (end === 'unread') return before ?? noRoom;
  return before !== undefined && stays.later(name) ? laterOf(before, end, listed) : end;
}

/** Of what a store says and what is known now: nobody is admitted by not knowing, or locked out by waiting. */
function laterOf(before: number, end: number, listed: boolean): number {
  if (before === revoked || end === revoked) return revoked;
  if (!listed) return before;
  if (before === never || end === never) return never;
  return before === noRoom ? end : Math.max(before, end);
}

/** The ends as one text, or as items among which the function chooses by the hash of the name. */
function endItems(ends: ReadonlyMap<string, number>): {
  readonly text: string;
  readonly items: ReadonlyMap<string, string>;
} {
  const all = [...ends].map(([key, end]) => ({ key, text: `.${key}${end}` }));
  const join = (some: typeof all) => `${some.map(({ text }) => text).join('')}.`;
  if (join(all).length <= endCharacters) return { text: join(all), items: new Map() };
  for (let pages = 2; ; pages += 1) {
    const texts = Array.from({ length: pages }, (_, page) =>
      join(all.filter(({ key }) => pageOf(key) % pages === page)),
    );
    if (texts.every((text) => text.length <= valueBytes))
      return { text: '.', items: new Map(texts.map((text, page) => [`n${page}`, text])) };
  }
}

/** The page of a key: the first half of it as a number, as the function has it. */
const pageOf = (key: string): number => Buffer.from(key.slice(0, 4), 'base64url').readUIntBE(0, 3);

/** Reads the manifest of a store; undefined when it has none. */
export function readManifest(items: ReadonlyMap<string, string>): HeldManifest | undefined {
  const manifest = parseObject(items.get(manifestKey));
  if (manifest === undefined || typeof manifest.n !== 'string' || typeof manifest.c !== 'string')
    return undefined;
  const count = typeof manifest.k === 'number' ? Math.min(manifest.k, 1000) : 0;
  const pages = Array.from({ length: count }, (_, page) => items.get(`n${page}`) ?? '');
  return {
    ends: new Map([manifest.n, ...pages].flatMap(readEnds)),
    cas: splitEntries(manifest.f === 1 ? 'exact' : 'compact', manifest.c),
    lookUpCas: manifest.i === 1,
    merged: typeof manifest.t === 'number' ? manifest.t : 0,
  };
}

function readEnds(text: string): readonly (readonly [key: string, end: number])[] {
  return text
    .split('.')
    .filter((one) => /^.{8}\d+$/s.test(one))
    .map((one) => [one.slice(0, 8), Number(one.slice(8))] as const);
}

/** Reads a JSON object; undefined when it is none. */
export function parseObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
