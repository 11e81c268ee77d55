import type { CheckedKey } from '@trustloom/core';
import type { DesiredEntries } from '../../src/revocation/entries/index.ts';
import { inventoryCheck } from '../../src/revocation/entries/inventory.ts';
import { collectSerials, type EntryForm, textBytesOf } from '../../src/revocation/entries/serials.ts';

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

/** What a store should say of serials, without certificates and lists. */
export function desiredOf(
  hex: readonly string[],
  form: EntryForm,
  more: Partial<DesiredEntries> = {},
): DesiredEntries {
  const set = collectSerials([keyOf(hex)]);
  return {
    form,
    set,
    textBytes: textBytesOf(set, form),
    manifest: { ends: new Map(), cas: [], lookUpCas: false },
    crlItems: new Map(),
    unread: false,
    crls: [],
    issuers: '',
    keys: [],
    ambiguous: [],
    inventory: inventoryCheck(set, form, []),
    ...more,
  };
}

function keyOf(hex: readonly string[]): CheckedKey {
  return {
    keySha256: '',
    cas: [],
    revoked: false,
    state: 'listed',
    crls: [],
    count: hex.length,
    eachSerial(visit) {
      for (const serial of hex) {
        const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
        visit(bytes, 0, bytes.length);
      }
    },
  };
}
