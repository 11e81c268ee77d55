import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredEntries } from '../src/revocation/entries/index.ts';
import { batchesOf } from '../src/revocation/entries/items.ts';
import { chooseLayout, type Layout } from '../src/revocation/entries/layout.ts';
import { readManifest } from '../src/revocation/entries/manifest.ts';
import { freshItems, newStore } from '../src/revocation/entries/new-store.ts';
import { reconcile } from '../src/revocation/entries/reconcile.ts';
import type { EntryForm } from '../src/revocation/entries/serials.ts';
import { generateConnectionFunction } from '../src/revocation/function.ts';
import { edge, shown } from './support/edge.ts';
import { desiredOf, layoutOf, serials } from './support/entries.ts';

const start = Date.parse('2026-11-26T08:00:00Z');
const code = generateConnectionFunction({ mode: 'required', graceMs: 0 });
const forms: readonly EntryForm[] = ['exact', 'compact'];
const pool = serials(200, 16, 7);

type Items = ReadonlyMap<string, string>;

/** The store after each of the writes that `reconcile` asks for. */
function writes(desired: DesiredEntries, layout: Layout, items: Items, now: number): readonly Items[] {
  const changes = reconcile(desired, layout, items, now);
  let state = items;
  return batchesOf(changes).map((batch) => {
    const next = new Map([...state, ...batch.puts]);
    for (const key of batch.deletes) next.delete(key);
    state = next;
    return next;
  });
}

async function refused(items: Items, of: readonly string[], now: number): Promise<readonly string[]> {
  const at = edge(code, items, now);
  const out: string[] = [];
  for (const serial of of) if (!(await at.admits([shown(serial)]))) out.push(serial);
  return out;
}

describe('a KeyValueStore', () => {
  it.each(forms)(
    'follows any course of sets, and refuses what it should after every single write (%s)',
    async (form) => {
      const moment = fc.record({
        from: fc.nat({ max: 500 }),
        count: fc.nat({ max: 100 }),
        waitSeconds: fc.constantFrom(1, 30, 90),
        unread: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(moment, { minLength: 2, maxLength: 6 }), async (course) => {
          // Few buckets, so that deltas fill and merge.
          const layout = chooseLayout(form, { count: 1, textBytes: 1700 }, 'walk');
          let wanted = pool.slice(0, 40);
          let items: Items = freshItems(desiredOf(wanted, form), layout);
          let now = start;
          for (const { from, count, waitSeconds, unread } of course) {
            now += waitSeconds * 1000;
            const before = await refused(items, pool, now);
            const next = pool.slice(from, from + count);
            const desired = desiredOf(next, form, { unread });
            const due = new Set(unread ? [...before, ...next] : next);
            const already = before.filter((serial) => due.has(serial));
            for (const state of writes(desired, layout, items, now)) {
              const held = new Set(await refused(state, already, now));
              expect(already.filter((serial) => !held.has(serial))).toEqual([]);
              items = state;
            }
            const { overflowing, withoutRoom } = reconcile(desired, layout, items, now);
            if (overflowing.length + withoutRoom.length > 0) return;
            expect(await refused(items, pool, now)).toEqual(pool.filter((serial) => due.has(serial)));
            expect(writes(desired, layout, items, now)).toEqual([]);
            wanted = [...due];
          }
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each(forms)(
    'takes one urgent serial in one write of one key, and releases it the same way (%s)',
    async (form) => {
      const wanted = serials(3000, 20, 1);
      const [urgent = ''] = serials(1, 20, 2);
      const layout = layoutOf(desiredOf(wanted, form));
      const items = freshItems(desiredOf(wanted, form), layout);
      const more = reconcile(desiredOf([...wanted, urgent], form), layout, items, start);
      expect([more.puts.length, more.deletes.length, more.added, more.removed]).toEqual([1, 0, 1, 0]);
      const after = new Map([...items, ...more.puts]);
      expect(await refused(after, [urgent], start)).toEqual([urgent]);
      const released = reconcile(desiredOf(wanted.slice(1), form), layout, items, start);
      expect([released.puts.length, released.removed]).toEqual([1, 1]);
      expect(await refused(new Map([...items, ...released.puts]), wanted.slice(0, 2), start)).toEqual([
        wanted[1],
      ]);
    },
  );

  it('moves on by 1 % of 100,000 compact serials in two writes at most', () => {
    const wanted = serials(100_000, 20, 3);
    const layout = layoutOf(desiredOf(wanted, 'compact'));
    const items = freshItems(desiredOf(wanted, 'compact'), layout);
    const next = [...wanted.slice(500), ...serials(500, 20, 4)];
    const states = writes(desiredOf(next, 'compact'), layout, items, start + 3_600_000);
    expect(states.length).toBeLessThanOrEqual(2);
    expect(writes(desiredOf(next, 'compact'), layout, states.at(-1) ?? items, start + 3_600_000)).toEqual([]);
  });

  it('clears a delta only when the base below it was written a minute ago', () => {
    const layout = chooseLayout('exact', { count: 1, textBytes: 5000 }, 'merge');
    let items: Items = freshItems(desiredOf([], 'exact'), layout);
    let count = 0;
    const grow = (by: number, seconds: number): Items => {
      count += by;
      const before = items;
      items =
        writes(desiredOf(pool.slice(0, count), 'exact'), layout, items, start + seconds * 1000).at(-1) ??
        items;
      return before;
    };
    const mergedAt = () => readManifest(items)?.merged ?? 0;
    let seconds = 0;
    for (; mergedAt() === 0 && count < 184; seconds += 1) grow(8, seconds);
    expect(mergedAt()).toBeGreaterThan(0);
    const changes = (before: Items) =>
      [...items]
        .filter(([key, value]) => key.startsWith('d') && before.get(key) !== value)
        .map(([key, value]) => value.length - (before.get(key) ?? '').length);
    const soon = changes(grow(4, seconds));
    expect(soon.length).toBeGreaterThan(0);
    expect(Math.min(...soon)).toBeGreaterThan(0);
    // The news of before the merge are in the base by then.
    const late = changes(grow(12, seconds + 120));
    expect(Math.min(...late)).toBeLessThan(0);
  });

  it('never takes a removed entry for another that looks the same: what is removed is not wanted anywhere in its group', () => {
    const wanted = pool.slice(0, 300);
    const layout = layoutOf(desiredOf(wanted, 'compact'));
    const items = freshItems(desiredOf(wanted, 'compact'), layout);
    const decoded = (items.get('0') ?? '').slice(0, 8);
    const bucket = String(layout.buckets / layout.groups - 1);
    const edited = new Map([...items, [bucket, `${decoded}${(items.get(bucket) ?? '').replace('.', '')}`]]);
    const { puts } = reconcile(desiredOf(wanted, 'compact'), layout, edited, start + 3_600_000);
    expect(puts.filter(([key, value]) => key === 'd0' && value.split('|')[1]?.includes(decoded))).toEqual([]);
  });

  it('is made the same from the same set, and under another name where that is taken', () => {
    const desired = desiredOf(pool, 'exact');
    const made = newStore(desired, start, () => false);
    expect(newStore(desired, start, () => false)).toEqual(made);
    expect(newStore(desired, start, (digits) => digits === made?.digits)?.digits).not.toBe(made?.digits);
    expect(made?.rest).toEqual([]);
  });
});
