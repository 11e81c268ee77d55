import { type CheckedKey, isJsonObject, type Json, type JsonObject } from '@trustloom/core';
import type { ConfusedCa } from './confused-cas.ts';
import type { Layout } from './layout.ts';
import { exactText, nameKey } from './serial-hash.ts';
import { collectSerials } from './serial-set.ts';

/** Until when clients of an issuer may come in: an instant in seconds, or one of these. */
const never = 0;
/** The first second of all time: refused whatever the grace. */
const refused = 1;

/** What of the head follows from the lists, before it is known how the store is laid out. */
export interface HeadFacts {
  /** By key of the issuer's name: seconds, 0 for a list that never ends, 1 for a CA that is revoked; `kept` for a list not at hand. */
  readonly ends: ReadonlyMap<string, number | 'kept'>;
  /** Serials of CAs that are refused as intermediates. */
  readonly cas: readonly string[];
  /** There are too many such serials for the head: intermediates are looked up like leaves. */
  readonly lookUpCas: boolean;
}

/** So many characters of serials of CAs stand in the head, ten long ones; where CAs that issue CAs list more, they are looked up in the buckets. */
const caCharacters = 300;
const fitHead = (cas: readonly string[]) => cas.join('.').length <= caCharacters;
/** So many issuers stand in the head by name; with more, only the earliest end counts. */
const mostIssuers = 20;

/** A key that may have issued CAs: what it revoked may be one. */
export const issuesCas = ({ cas }: CheckedKey): boolean => cas.some(({ pathLength }) => pathLength !== 0);

/**
 * What the head has to say about these CA keys.
 *
 * @param confused serials of good CAs, which do not go among those of refused CAs
 */
export function headFacts(keys: readonly CheckedKey[], confused: readonly ConfusedCa[]): HeadFacts {
  const byName = new Map<string, CheckedKey[]>();
  for (const key of keys)
    for (const name of new Set(key.cas.map(({ subject }) => nameKey(subject.text))))
      byName.set(name, [...(byName.get(name) ?? []), key]);
  const ends = [...byName].map(([name, group]) => [name, endOf(group)] as const);
  const above = keys.filter(issuesCas);
  const twins = revokedCas(keys).map(textOf);
  // One takes two characters at least, so a long list need not be read to know that it does not fit.
  const tooMany = above.some(({ count }) => count > caCharacters);
  const cas = tooMany
    ? []
    : [...new Set([...twins, ...above.flatMap((key) => withoutConfused(key, confused))])].sort();
  const lookUpCas = tooMany || !fitHead(cas);
  return { ends: new Map(ends), cas: lookUpCas ? [] : cas, lookUpCas };
}

function withoutConfused(key: CheckedKey, confused: readonly ConfusedCa[]): readonly string[] {
  const own = new Set(confused.filter((one) => one.key === key).map(({ text }) => text));
  return textsOf([key]).filter((text) => !own.has(text));
}

/** Serials of every certificate of a revoked CA: its list names one of them, the others are cross-signed. */
export function revokedCas(keys: readonly CheckedKey[]): readonly string[] {
  return keys.filter(({ revoked }) => revoked).flatMap(({ cas }) => cas.map(({ serial }) => serial));
}

/** Re-keyed CAs share a name: then the earliest end counts, but a revoked one does not refuse the clients of its successor. */
function endOf(keys: readonly CheckedKey[]): number | 'kept' {
  const alive = keys.filter(({ revoked }) => !revoked);
  if (alive.length === 0) return refused;
  if (alive.some(({ state }) => state === 'kept')) return 'kept';
  const ends = alive.flatMap(({ nextUpdate }) =>
    nextUpdate === undefined ? [] : [Math.floor(nextUpdate / 1000)],
  );
  return ends.length === 0 ? never : Math.min(...ends);
}

function textsOf(keys: readonly CheckedKey[]): readonly string[] {
  const { bytes, ends } = collectSerials(keys);
  return [...ends].map((end, index) => exactText(bytes, index === 0 ? 0 : (ends[index - 1] ?? 0), end));
}

function textOf(serial: string): string {
  const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
  return exactText(bytes, 0, bytes.length);
}

/** The head as it is read back; every part may have been changed by hand. */
export interface HeldHead {
  readonly ends: ReadonlyMap<string, number>;
  readonly cas: readonly string[];
  readonly lookUpCas: boolean;
  /** When base buckets were last written, in seconds. */
  readonly merged: number;
}

/**
 * The value of the item `head`. Where a list is not at hand, what the store said of its issuer before still holds, and so do the serials
 * of CAs; a store that said nothing refuses its clients.
 */
export function headValue(
  layout: Layout,
  facts: HeadFacts,
  held: HeldHead | undefined,
  merged: number,
): string {
  const kept = [...facts.ends.values()].includes('kept');
  const ends = [...facts.ends]
    .map(([name, end]) => [name, end === 'kept' ? (held?.ends.get(name) ?? refused) : end] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const real = ends.map(([, end]) => end).filter((end) => end !== never);
  const cas = [...new Set([...facts.cas, ...(kept ? (held?.cas ?? []) : [])])].sort();
  const lookUpCas = facts.lookUpCas || !fitHead(cas) || (kept && held?.lookUpCas === true);
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

/** Reads the item `head`; undefined when it is none. */
export function readHeadValue(text: string | undefined): HeldHead | undefined {
  const head = parse(text);
  if (head === undefined || !isJsonObject(head.n) || typeof head.c !== 'string') return undefined;
  return {
    ends: new Map(
      Object.entries(head.n).flatMap(([name, end]) => (typeof end === 'number' ? [[name, end]] : [])),
    ),
    cas: head.c.split('.').filter((serial) => serial !== ''),
    lookUpCas: head.i === 1,
    merged: typeof head.t === 'number' ? head.t : 0,
  };
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
