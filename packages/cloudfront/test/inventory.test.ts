import { parseInventory, type TrustedGroup } from '@trustloom/core';
import { contextOf } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { cloudfront } from '../src/index.ts';
import type { Observed } from '../src/model/index.ts';
import { planRevocation } from '../src/plan/crls/index.ts';
import type { DesiredEntries } from '../src/revocation/entries/index.ts';
import { type Layout, layoutTag } from '../src/revocation/entries/layout.ts';
import { freshItems, newStore } from '../src/revocation/entries/new-store.ts';
import { hashName, hashSerial, nameText, writeFour } from '../src/revocation/entries/serials.ts';
import { generateConnectionFunction } from '../src/revocation/function.ts';
import { cloudfrontTarget } from '../src/target.ts';
import { decodedOf } from './support/decoded.ts';
import { edge, shown } from './support/edge.ts';
import { desiredOf, nobody, numbers, serials } from './support/entries.ts';

const now = Date.parse('2026-11-26T08:00:00Z');
const context = contextOf({ name: 'edge', region: 'us-east-1', now: () => now });
const code = generateConnectionFunction({ mode: 'required', graceMs: 0 });

const groupOf = (...issued: readonly (readonly string[])[]): TrustedGroup => ({
  name: 'devices',
  inventory: parseInventory(new TextEncoder().encode(issued.flat().join('\n')), 'issued.txt'),
});

/** A compact store of these serials, made with an eye on an inventory. */
function desiredWith(revoked: readonly string[], ...groups: readonly TrustedGroup[]): DesiredEntries {
  return desiredOf(revoked, 'compact', { groups });
}

function made(desired: DesiredEntries): { readonly layout: Layout; readonly digits: string } {
  const store = newStore(desired, now, () => false);
  if (store === undefined) throw new TypeError('no store');
  return store;
}

/** Bytes that are the same in every run; none of them is zero. */
function nonZeroBytes(length: number, seed: number): Buffer {
  const next = numbers(seed);
  return Buffer.from(Uint8Array.from({ length }, () => 1 + (next() % 255)));
}

/**
 * Looks serials up in base buckets entry by entry, as the function does in a store without news.
 */
function entriesOf(items: ReadonlyMap<string, string>, { seed, buckets }: Layout) {
  const entries = Array.from(
    { length: buckets },
    (_, bucket) => new Set(items.get(String(bucket))?.match(/.{8}/g)),
  );
  const from = hashName(nameText(nobody), seed);
  const out = new Int32Array(2);
  const text = Buffer.alloc(8);
  return (bytes: Uint8Array, start: number, end: number): boolean => {
    hashSerial(bytes, start, end, from, out);
    const [first = 0, second = 0] = out;
    writeFour((first << 8) | (second >>> 24), text, 0);
    writeFour(second, text, 4);
    const bucket = Math.floor(((first >>> 0) / 2 ** 32) * buckets);
    return entries[bucket]?.has(text.toString('latin1')) === true;
  };
}

describe('an inventory of issued serials', () => {
  it('of 1,000,000: no valid one is refused, and every revoked one is', async () => {
    const bytes = nonZeroBytes(1_000_000 * 20, 11);
    const hex = bytes.toString('hex');
    const issued = Array.from({ length: 1_000_000 }, (_, at) => hex.slice(at * 40, at * 40 + 40));
    const revoked = issued.filter((_, at) => at % 5 === 0);
    // One serial that the first seed would refuse by mistake, hidden in the middle.
    const first = made(desiredOf(revoked, 'compact'));
    const known = revoked[77_777] ?? '';
    const decoded = decodedOf(known, first.layout, nobody);
    const desired = desiredWith(revoked, groupOf(issued.slice(0, 400_000), [decoded], issued.slice(400_000)));
    expect(desired.inventory.wrongDenials(first.layout)).toEqual({ count: 1, first: decoded });
    const { layout, digits } = made(desired);
    expect(digits).not.toBe(first.digits);
    // Every serial against the items as they are packed, entry by entry, without the code that
    // chose the seed.
    const items = freshItems(desired, layout);
    const refuses = entriesOf(items, layout);
    const wrong: number[] = [];
    for (let at = 0; at < 1_000_000; at += 1)
      if (refuses(bytes, at * 20, at * 20 + 20) !== (at % 5 === 0)) wrong.push(at);
    expect(wrong).toEqual([]);
    // And what counts: the function itself.
    const at = edge(code, items, now);
    expect([await at.admits([shown(decoded)]), await at.admits([shown(known)])]).toEqual([true, false]);
    const before = edge(code, freshItems(desired, first.layout), now);
    expect(await before.admits([shown(decoded)])).toBe(false);
  });

  it('does not mistake a revoked serial of it for a valid one, though another looks the same', () => {
    const revoked = serials(2000, 20, 5);
    const first = made(desiredOf(revoked, 'compact'));
    const decoded = decodedOf(revoked[7] ?? '', first.layout, nobody);
    const both = desiredWith([...revoked, decoded], groupOf(revoked, [decoded]));
    expect(both.inventory.wrongDenials(first.layout).count).toBe(0);
  });

  it('that a refresh made wrong is reported, revoked all the same, and apply makes another store', () => {
    const before = serials(3000, 20, 21);
    const [added = ''] = serials(1, 20, 22);
    const { layout } = made(desiredOf(before, 'compact'));
    const valid = decodedOf(added, layout, nobody);
    const desired = desiredWith([...before, added], groupOf(before, [valid]));
    const held = { etag: 'E1', items: freshItems(desiredOf(before, 'compact'), layout) };
    const observed: Observed = {
      fn: { id: 'fn', name: 'fn', owned: true, live: { code, store: 'arn:old' } },
      keyValueStores: [{ name: 'old', arn: 'arn:old', layout, held }],
      copies: { old: [], noted: [] },
      distributions: [],
    };
    const plan = planRevocation(
      { cas: [], bundle: '', managed: true, revocation: { code, entries: desired } },
      observed,
      cloudfrontTarget().parse({ distributions: ['E2EXAMPLE'], revocation: 'compact' }),
      context,
    );
    expect(plan.findings).toMatchObject([
      { code: 'key-value-store-wrong-denial', severity: 'error', about: valid },
    ]);
    const steps = [...plan.steps, ...plan.later([])];
    expect(steps.map(({ id }) => id)).toEqual([
      'update-entries:1',
      'create-key-value-store',
      'update-function',
      'publish-function',
      expect.stringMatching(/^delete-key-value-store/),
    ]);
    expect(steps[1]?.summary).toMatch(/of the 3,001 issued serials, none is refused by mistake$/);
    expect(layoutTag(made(desired).layout)).not.toBe(layoutTag(layout));
  });

  it.each([
    ['compact', 'required', true],
    ['exact', 'required', false],
    ['compact', 'passthrough', false],
  ])('is asked for by a target that is %s and %s: %s', (revocation, mode, expected) => {
    expect(cloudfront.readsInventory({ distributions: ['E2EXAMPLE'], revocation, mode })).toBe(expected);
  });
});
