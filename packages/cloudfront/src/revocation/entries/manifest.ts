import {
  type Certificate,
  type CheckedKey,
  defined,
  isJsonObject,
  isoTime,
  type Json,
  type JsonObject,
  type ObservedCrl,
  type Trust,
} from '@trustloom/core/adapter';
import type { Layout } from './layout.ts';
import { collectSerials, exactText, nameKey, serialBytes } from './serials.ts';

/** Key of the manifest in a store; the connection function reads it by this name. */
export const manifestKey = 'manifest';

/** Until when clients of an issuer are admitted: an instant in seconds, or one of these. */
const never = 0;
/** The first second of all time: refused whatever the grace. */
const refused = 1;

/** What of the manifest follows from the CRLs, before it is known how the store is laid out. */
export interface Manifest {
  /**
   * By key of the issuer's name: seconds; 0 for a CRL that never ends, 1 for a CA that is revoked.
   */
  readonly ends: ReadonlyMap<string, number | 'unread'>;
  /** Serials of CAs that are refused as intermediates. */
  readonly cas: readonly string[];
  /** There are too many such serials for the manifest: intermediates are looked up like leaves. */
  readonly lookUpCas: boolean;
}

/** A known good CA whose serial another CA revoked: the function sees serials alone. */
export interface AmbiguousCa {
  readonly ca: Certificate;
  /** The serial in its exact form. */
  readonly text: string;
  /** Who revoked a certificate with the same serial. */
  readonly key: CheckedKey;
}

/**
 * So many characters of serials of CAs, ten long ones, stand in the manifest; more are looked up in
 * the buckets.
 */
const caCharacters = 300;
const fits = (cas: readonly string[]) => cas.join('.').length <= caCharacters;
/** So many issuers stand in the manifest by name; with more, only the earliest end counts. */
const mostIssuers = 20;

/** A key that may have issued CAs: what it revoked may be one. */
export const issuesCas = ({ cas }: CheckedKey): boolean => cas.some(({ pathLength }) => pathLength !== 0);

/**
 * What the manifest has to say about these CA keys.
 *
 * @param ambiguous serials of good CAs, which do not go among those of refused CAs
 */
export function manifestOf(keys: readonly CheckedKey[], ambiguous: readonly AmbiguousCa[]): Manifest {
  const byName = new Map<string, CheckedKey[]>();
  for (const key of keys)
    for (const name of new Set(key.cas.map(({ subject }) => nameKey(subject.text))))
      byName.set(name, [...(byName.get(name) ?? []), key]);
  const above = keys.filter(issuesCas);
  // One takes two characters at least, so a long CRL need not be read to know that it does not fit.
  const tooMany = above.some(({ count }) => count > caCharacters);
  const cas = tooMany
    ? []
    : [
        ...new Set([
          ...revokedCas(keys).map(textOf),
          ...above.flatMap((key) => withoutAmbiguous(key, ambiguous)),
        ]),
      ].sort();
  const lookUpCas = tooMany || !fits(cas);
  return {
    ends: new Map([...byName].map(([name, group]) => [name, endOf(group)])),
    cas: lookUpCas ? [] : cas,
    lookUpCas,
  };
}

function withoutAmbiguous(key: CheckedKey, ambiguous: readonly AmbiguousCa[]): readonly string[] {
  const good = new Set(ambiguous.filter((one) => one.key === key).map(({ text }) => text));
  const { bytes, ends } = collectSerials([key]);
  return [...ends]
    .map((end, index) => exactText(bytes, index === 0 ? 0 : (ends[index - 1] ?? 0), end))
    .filter((text) => !good.has(text));
}

/**
 * Serials of every certificate of a revoked CA: its CRL names one of them, the others are
 * cross-signed.
 */
export function revokedCas(keys: readonly CheckedKey[]): readonly string[] {
  return keys.filter(({ revoked }) => revoked).flatMap(({ cas }) => cas.map(({ serial }) => serial));
}

/**
 * Re-keyed CAs share a name: the earliest end counts, but a revoked one does not refuse its
 * successor's clients.
 */
function endOf(keys: readonly CheckedKey[]): number | 'unread' {
  const alive = keys.filter(({ revoked }) => !revoked);
  if (alive.length === 0) return refused;
  if (alive.some(({ state }) => state === 'unread')) return 'unread';
  const ends = alive.flatMap(({ nextUpdate }) =>
    nextUpdate === undefined ? [] : [Math.floor(nextUpdate / 1000)],
  );
  return ends.length === 0 ? never : Math.min(...ends);
}

function textOf(serial: string): string {
  const bytes = serialBytes(serial);
  return exactText(bytes, 0, bytes.length);
}

/** The manifest as it is read back; every part may have been changed by hand. */
export interface HeldManifest {
  readonly ends: ReadonlyMap<string, number>;
  readonly cas: readonly string[];
  readonly lookUpCas: boolean;
  /** When base buckets were last written, in seconds. */
  readonly merged: number;
}

/**
 * The value of the manifest's item. Where a CRL could not be read, what the store said of its
 * issuer still holds, and so do the serials of CAs; a store that said nothing refuses its clients.
 */
export function manifestValue(
  layout: Layout,
  manifest: Manifest,
  held: HeldManifest | undefined,
  merged: number,
): string {
  const unread = [...manifest.ends.values()].includes('unread');
  const ends = [...manifest.ends]
    .map(([name, end]) => [name, end === 'unread' ? (held?.ends.get(name) ?? refused) : end] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const real = ends.map(([, end]) => end).filter((end) => end !== never);
  const cas = [...new Set([...manifest.cas, ...(unread ? (held?.cas ?? []) : [])])].sort();
  const lookUpCas = manifest.lookUpCas || !fits(cas) || (unread && held?.lookUpCas === true);
  return JSON.stringify({
    v: 1,
    f: layout.form === 'exact' ? 1 : 8,
    s: layout.seed,
    b: layout.buckets,
    m: layout.buckets / layout.groups,
    e: real.length === 0 ? never : Math.min(...real),
    n: ends.length > mostIssuers ? {} : Object.fromEntries(ends),
    c: lookUpCas ? '.' : `.${cas.join('.')}.`,
    i: lookUpCas ? 1 : 0,
    t: merged,
  });
}

/** Reads the manifest of a store; undefined when it has none. */
export function readManifest(items: ReadonlyMap<string, string>): HeldManifest | undefined {
  const manifest = parse(items.get(manifestKey));
  if (manifest === undefined || !isJsonObject(manifest.n) || typeof manifest.c !== 'string') return undefined;
  return {
    ends: new Map(
      Object.entries(manifest.n).flatMap(([name, end]) => (typeof end === 'number' ? [[name, end]] : [])),
    ),
    cas: manifest.c.split('.').filter((serial) => serial !== ''),
    lookUpCas: manifest.i === 1,
    merged: typeof manifest.t === 'number' ? manifest.t : 0,
  };
}

/** True for the key of an item that describes a CRL. */
export const isCrlKey = (key: string): boolean => /^l[0-9a-f]{16}$/.test(key);

/** Key of the item that describes the CRL of a CA key. */
export const crlKey = (keySha256: string): string => `l${keySha256.slice(0, 16)}`;

/**
 * One item for each CRL, from which people read how fresh the store is. The function does not read
 * them.
 */
export function crlItems({ revocation }: Trust, keys: readonly CheckedKey[]): ReadonlyMap<string, string> {
  const known = new Set(keys.map(({ keySha256 }) => keySha256));
  return new Map(
    revocation.crls
      .filter(({ issuer }) => known.has(issuer.keySha256))
      .sort((a, b) => (a.issuer.keySha256 < b.issuer.keySha256 ? -1 : 1))
      .map(({ issuer, crl: { sha256, entryCount, thisUpdate, nextUpdate } }) => [
        crlKey(issuer.keySha256),
        JSON.stringify({
          sha256,
          issuer: issuer.subject.text.slice(0, 300),
          entries: entryCount,
          thisUpdate: isoTime(thisUpdate),
          ...(nextUpdate === undefined ? {} : { nextUpdate: isoTime(nextUpdate) }),
        }),
      ]),
  );
}

/** The CRLs that went into a store, as its items describe them. */
export function crlsIn(items: ReadonlyMap<string, string>): readonly ObservedCrl[] {
  return [...items].flatMap(([key, value]): readonly ObservedCrl[] => {
    const { sha256, issuer, entries, ...times } = (isCrlKey(key) ? parse(value) : undefined) ?? {};
    if (typeof sha256 !== 'string' || typeof issuer !== 'string') return [];
    const instants = { thisUpdate: instantOf(times.thisUpdate), nextUpdate: instantOf(times.nextUpdate) };
    return [
      {
        sha256,
        issuer,
        entries: typeof entries === 'number' ? entries : 0,
        ...defined(instants),
        inForce: true,
      },
    ];
  });
}

function instantOf(value: Json | undefined): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function parse(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
