import { type Instant, revocationSet } from '@trustloom/core';
import { type DesiredEntries, type EntryParts, fitted } from '../../src/revocation/entries/index.ts';
import { chooseLayout, type Layout } from '../../src/revocation/entries/layout.ts';
import { freshItems } from '../../src/revocation/entries/new-store.ts';
import { collectSerials, type EntryForm, issuedBy, nameText } from '../../src/revocation/entries/serials.ts';

/** A source of numbers that is the same in every run (Mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return (x ^ (x >>> 14)) >>> 0;
  };
}

/** Serials of `bytes` bytes without leading zeros, in hex. */
export function serials(count: number, bytes: number, seed: number): readonly string[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => {
    const hex = Array.from({ length: Math.ceil(bytes / 4) }, () => next().toString(16).padStart(8, '0')).join(
      '',
    );
    return `${(1 + (next() % 15)).toString(16)}${hex}`.slice(0, bytes * 2);
  });
}

/** The issuer whose serials `desiredOf` takes, and whose clients an edge admits unless a test says another. */
export const nobody = 'CN=Nobody';

/** What a store should say of serials of one issuer, without certificates and lists. */
export function desiredOf(
  hex: readonly string[],
  form: EntryForm,
  more: Partial<EntryParts> = {},
): DesiredEntries {
  return desiredFor({ [nobody]: hex }, form, more);
}

/** What a store should say of the serials of some issuers, by their names. */
export function desiredFor(
  serials: Readonly<Record<string, readonly string[]>>,
  form: EntryForm,
  more: Partial<EntryParts> = {},
): DesiredEntries {
  const issuers = Object.entries(serials).map(([ca, hex]) => ({
    name: nameText(ca),
    ca,
    about: ca,
    set: collectSerials([issuedBy(nameText(ca), hex)]),
  }));
  const parts: EntryParts = {
    form,
    issuers,
    pinned: [],
    denials: [],
    manifest: {
      ends: new Map(issuers.map(({ name }) => [name, { end: 0, listed: true }])),
      cas: collectSerials([]),
      lookUpCas: false,
    },
    crlItems: new Map(),
    unread: false,
    lost: false,
    crls: [],
    groups: [],
    revocation: revocationSet(),
    known: [],
    ...more,
  };
  return fitted(parts, new Set());
}

/** The layout of a new store of these entries. */
export const layoutOf = (desired: DesiredEntries, salt = 'test'): Layout =>
  chooseLayout(desired.form, desired.size, salt);

/** The items of a new store of these entries. */
export const storeWith = (desired: DesiredEntries, now: Instant = 0): ReadonlyMap<string, string> =>
  freshItems(desired, layoutOf(desired), now);
