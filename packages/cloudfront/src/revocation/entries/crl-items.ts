import {
  type CheckedKey,
  defined,
  isoTime,
  type Json,
  type ObservedCrl,
  type Trust,
} from '@trustloom/core/adapter';
import { parseObject } from './manifest.ts';
import { nameText } from './serials.ts';

/** True for the key of an item that describes a CRL. */
export const isCrlKey = (key: string): boolean => /^l[0-9a-f]{16}$/.test(key);

/** Key of the item that describes the CRL of a CA key. */
export const crlKey = (keySha256: string): string => `l${keySha256.slice(0, 16)}`;

/**
 * One item for each CRL, from which people read how fresh the store is, and a run whether the store
 * knows a newer CRL than itself. The function does not read them.
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
    const { sha256, issuer, entries, ...times } = (isCrlKey(key) ? parseObject(value) : undefined) ?? {};
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

/**
 * Items of CRLs in a store that are newer than those that would be written, by key: another run
 * accepted them, or the state went back.
 */
export function newerCrls(
  wanted: ReadonlyMap<string, string>,
  items: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    [...wanted].flatMap(([key, value]) => {
      const held = items.get(key);
      return held !== undefined && thisUpdateOf(held) > thisUpdateOf(value) ? [[key, held] as const] : [];
    }),
  );
}

/** The issuer that the item of a CRL names, as `nameText` writes it. */
export function issuerIn(value: string): string | undefined {
  const issuer = parseObject(value)?.issuer;
  return typeof issuer === 'string' ? nameText(issuer) : undefined;
}

/** SHA-256 of the CRL that an item describes. */
export function shaOf(value: string | undefined): string | undefined {
  const sha256 = parseObject(value)?.sha256;
  return typeof sha256 === 'string' ? sha256 : undefined;
}

const thisUpdateOf = (value: string) => instantOf(parseObject(value)?.thisUpdate) ?? Number.NEGATIVE_INFINITY;

function instantOf(value: Json | undefined): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
