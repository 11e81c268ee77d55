import { isBlocking } from '@trustloom/core';
import { certificateOf, createTestCa, type IssuedCrl, trustOf } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from '../src/revocation/entries/reconcile.ts';
import { generateConnectionFunction } from '../src/revocation/function.ts';
import { edge, shown } from './support/edge.ts';
import { desiredFor, layoutOf, serials, storeWith } from './support/entries.ts';
import { admitsIn, applied, emptyWorld, planIn, targetOf, worldsAfter } from './support/world.ts';

const now = Date.now();
const own = await createTestCa({ subject: 'CN=Ours', key: 'P-256' });
const partner = await createTestCa({ subject: 'CN=Partner', key: 'P-256' });
const [stolen = '', urgent = '', good = ''] = serials(3, 16, 1);
const many = serials(260_000, 16, 2);
const crlWith = (listed: readonly string[], ca = own, number = 1): IssuedCrl =>
  ca.issueCrl({ number, entries: listed.map((serial) => ({ serial })), thisUpdate: now - 3_600_000 });
const huge = crlWith(many, partner);
const ownCrls = new Map([[stolen], [stolen, urgent]].map((listed) => [listed.length, crlWith(listed)]));

const trustWith = (listed: readonly string[], ofPartner?: IssuedCrl) =>
  trustOf({
    cas: ofPartner === undefined ? [own] : [own, partner],
    known: [partner].filter(() => ofPartner === undefined),
    crls: [
      { issuer: own, crl: ownCrls.get(listed.length) ?? crlWith(listed) },
      ...(ofPartner === undefined ? [] : [{ issuer: partner, crl: ofPartner }]),
    ],
  });

describe('a partner with 260,000 serials', () => {
  const run = { now };

  it('fills its own part alone: our revocation arrives, and `retire` of the partner is not stopped', async () => {
    const world = applied(emptyWorld, trustWith([stolen], huge), run);
    const admits = admitsIn(world, now);
    expect(await admits(stolen, 'CN=Ours')).toBe(false);
    expect(await admits(good, 'CN=Ours')).toBe(true);
    // The partner as a whole, by name.
    for (const serial of [many[0] ?? '', good]) expect(await admits(serial, 'CN=Partner')).toBe(false);
    const { findings } = planIn(world, trustWith([stolen], huge), run);
    const found = findings.filter(({ code }) => code === 'key-value-store-too-many');
    expect(found).toMatchObject([{ severity: 'error', about: certificateOf(partner).sha256 }]);
    expect(found[0]?.message).toMatch(
      /^260,000 revoked serials of CN=Partner take .*`revocation: compact` they fit/,
    );
    expect(findings.filter(isBlocking)).toEqual([]);

    const revoked = planIn(world, trustWith([stolen, urgent], huge), run);
    expect(revoked.steps.map(({ effect }) => effect)).toEqual(['revoke']);
    const next = worldsAfter(world, revoked).at(-1) ?? world;
    expect(await admitsIn(next, now)(urgent, 'CN=Ours')).toBe(false);
    expect(await admitsIn(next, now)(good, 'CN=Ours')).toBe(true);

    const retired = planIn(next, trustWith([stolen, urgent]), run);
    expect(retired.findings.filter(({ code }) => code.startsWith('key-value-store'))).toEqual([]);
    const left = applied(next, trustWith([stolen, urgent]), run);
    expect(await admitsIn(left, now)(urgent, 'CN=Ours')).toBe(false);
    expect(planIn(left, trustWith([stolen, urgent]), run).steps.length).toBeLessThanOrEqual(1);
  });

  it('takes the room that others leave, in compact form', async () => {
    const compact = { now, target: targetOf('compact') };
    const world = applied(emptyWorld, trustWith([stolen], huge), compact);
    const admits = admitsIn(world, now);
    expect([await admits(many[7] ?? '', 'CN=Partner'), await admits(good, 'CN=Partner')]).toEqual([
      false,
      true,
    ]);
    expect(await admits(stolen, 'CN=Ours')).toBe(false);
  });

  it('that come in a refresh, to a store made for few: it is withoutRoom alone until apply makes a larger one', async () => {
    const few = crlWith(many.slice(0, 100), partner);
    const grown = crlWith(many.slice(0, 20_000), partner, 2);
    const world = applied(emptyWorld, trustWith([stolen], few), run);
    const before = admitsIn(world, now);
    expect([await before(many[99] ?? '', 'CN=Partner'), await before(good, 'CN=Partner')]).toEqual([
      false,
      true,
    ]);

    const plan = planIn(world, trustWith([stolen, urgent], grown), run);
    expect(plan.findings.filter(({ code }) => code === 'key-value-store-full')).toMatchObject([
      {
        about: certificateOf(partner).sha256,
        message: expect.stringContaining('every client of CN=Partner is refused'),
      },
    ]);
    const refreshed = { ...plan, steps: plan.steps.filter(({ effect }) => effect === 'revoke') };
    for (const next of worldsAfter(world, refreshed)) {
      const admits = admitsIn(next, now);
      for (const serial of many.slice(0, 100)) expect(await admits(serial, 'CN=Partner')).toBe(false);
      expect(await admits(stolen, 'CN=Ours')).toBe(false);
    }
    const after = worldsAfter(world, refreshed).at(-1) ?? world;
    const admits = admitsIn(after, now);
    expect([await admits(urgent, 'CN=Ours'), await admits(good, 'CN=Ours')]).toEqual([false, true]);
    expect([await admits(many[19_999] ?? '', 'CN=Partner'), await admits(good, 'CN=Partner')]).toEqual([
      false,
      false,
    ]);
    const again = planIn(after, trustWith([stolen, urgent], grown), run);
    expect(again.steps.filter(({ effect }) => effect === 'revoke')).toEqual([]);

    const larger = applied(after, trustWith([stolen, urgent], grown), run);
    const then = admitsIn(larger, now);
    expect([await then(many[19_999] ?? '', 'CN=Partner'), await then(good, 'CN=Partner')]).toEqual([
      false,
      true,
    ]);
    expect([await then(urgent, 'CN=Ours'), await then(good, 'CN=Ours')]).toEqual([false, true]);
  });
});

describe('CAs of one name', () => {
  const second = createTestCa({ subject: 'CN=Ours', key: 'P-256' });
  const found = async (groups: readonly { name: string; cas: readonly string[] }[]) =>
    planIn(emptyWorld, trustOf({ cas: [own, await second], groups }), { now }).findings.filter(
      ({ code }) => code === 'key-value-store-same-name',
    );

  it('in different groups are refused; in one group, or where both groups have both, they are not', async () => {
    const both = [own.sha256, (await second).sha256];
    expect(
      await found([
        { name: 'devices', cas: [own.sha256] },
        { name: 'partners', cas: [(await second).sha256] },
      ]),
    ).toMatchObject([
      { severity: 'error', message: expect.stringMatching(/^the groups devices and partners/) },
    ]);
    expect(await found([{ name: 'devices', cas: both }])).toEqual([]);
    expect(
      await found([
        { name: 'devices', cas: both },
        { name: 'partners', cas: [own.sha256] },
      ]),
    ).toEqual([]);
  });
});

it('whatever some issuers revoke, in a store of any size: what is revoked is refused, and who is good of an issuer with room is admitted', async () => {
  const code = generateConnectionFunction({ mode: 'required', graceMs: 0 });
  const counts = fc.array(fc.constantFrom(0, 1, 5, 40, 400, 2000), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      counts,
      counts,
      fc.constantFrom('exact' as const, 'compact' as const),
      fc.nat({ max: 1000 }),
      async (first, second, form, seed) => {
        const of = (sizes: readonly number[]) =>
          Object.fromEntries(sizes.map((size, at) => [`CN=CA ${at}`, serials(size, 16, seed + at)]));
        const [before, after] = [desiredFor(of(first), form), desiredFor(of(second), form)];
        const layout = layoutOf(before);
        const items = storeWith(before);
        const changes = reconcile(after, layout, items, now);
        expect(changes.overflowing).toEqual([]);
        const held = new Map([...items, ...(changes.first ?? []), ...changes.puts]);
        for (const key of changes.deletes) held.delete(key);
        const at = edge(code, held, now);
        const withoutRoom = changes.withoutRoom.map(({ ca }) => ca);
        const [fresh = ''] = serials(1, 16, seed + 5000);
        for (const [ca, listed] of Object.entries(of(second))) {
          for (const serial of listed.slice(0, 50)) expect(await at.admits([shown(serial)], ca)).toBe(false);
          expect([ca, await at.admits([shown(fresh)], ca)]).toEqual([ca, !withoutRoom.includes(ca)]);
        }
        // Of those that have less than an equal part, nobody is withoutRoom.
        const sizes = Object.entries(of(second)).map(([ca, { length }]) => [ca, length] as const);
        const part = sizes.reduce((sum, [, size]) => sum + size, 0) / sizes.length;
        const [smallest] = [...sizes].sort((a, b) => a[1] - b[1]);
        if (smallest !== undefined && smallest[1] < part / 4) expect(withoutRoom).not.toContain(smallest[0]);
        const { puts, deletes } = reconcile(after, layout, held, now);
        expect([puts, deletes]).toEqual([[], []]);
      },
    ),
    { numRuns: 30 },
  );
});
