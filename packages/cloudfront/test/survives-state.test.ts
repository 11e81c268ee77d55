import type { RevocationSet, Trust } from '@trustloom/core';
import { certificateOf, createTestCa, type IssuedCrl, trustOf } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denialsIn } from '../src/revocation/entries/denials.ts';
import { serials } from './support/entries.ts';
import {
  admitsIn,
  applied,
  emptyWorld,
  itemsInUse,
  planIn,
  targetOf,
  type World,
  withoutConsent,
  worldsAfter,
} from './support/world.ts';

const start = Date.parse('2026-11-26T08:00:00Z');
const day = 86_400_000;
const names = ['CN=Ours', 'CN=Partner', 'CN=Third'] as const;
const cas = await Promise.all(names.map((subject) => createTestCa({ subject, key: 'P-256' })));
const keys = cas.map((ca) => certificateOf(ca).keySha256);
const pool = serials(12, 16, 1);
const forms = ['exact', 'compact'] as const;

/** What is known of one CA: indexes into the pool, and the day of its CRL. */
interface Known {
  readonly listed: readonly number[];
  readonly denied?: readonly number[];
  readonly retained?: readonly number[];
  readonly released?: readonly number[];
  readonly day?: number;
  readonly unread?: boolean;
}

const serialsOf = (indexes: readonly number[] = []) => indexes.map((at) => pool[at] ?? '');

const issued = new Map<string, IssuedCrl>();

function trustWith(known: readonly Known[]): Trust {
  const crls = known.flatMap(({ listed, unread, day: on = 0 }, at) => {
    const issuer = cas[at];
    if (issuer === undefined || unread) return [];
    const entries = serialsOf(listed).map((serial) => ({ serial }));
    const times = { thisUpdate: start + on * day, nextUpdate: start + 100 * day };
    // The same CRL has the same signature.
    const id = `${at} ${listed.join()} ${on}`;
    const crl = issued.get(id) ?? issuer.issueCrl({ entries, ...times });
    issued.set(id, crl);
    return [{ issuer, crl }];
  });
  const trust = trustOf({ cas, crls });
  const since = '2026-11-01T00:00:00Z';
  const revocation: RevocationSet = {
    ...trust.revocation,
    unread: new Map(known.flatMap(({ unread }, at) => (unread ? [[keys[at] ?? '', 'crl-copy-lost']] : []))),
    retained: new Map(known.map(({ retained }, at) => [keys[at] ?? '', serialsOf(retained)])),
    denied: known.flatMap(({ denied }, at) =>
      serialsOf(denied).map((serial) => ({
        serial,
        caKey: keys[at] ?? '',
        ca: names[at] ?? '',
        by: 'ann',
        why: 'stolen',
        since,
      })),
    ),
    released: known.flatMap(({ released }, at) =>
      serialsOf(released).map((serial) => ({ caKey: keys[at] ?? '', serial, since: '2026-11-20T00:00:00Z' })),
    ),
  };
  return { ...trust, revocation };
}

const refusedIn = async (world: World, now: number) => {
  const admits = admitsIn(world, now);
  const out = new Set<string>();
  for (const issuer of names)
    for (const [at, serial] of pool.entries())
      if (!(await admits(serial, issuer))) out.add(`${issuer} ${at}`);
  return out;
};

const none: Known = { listed: [] };
const later: Known = { listed: [], day: 1 };

describe.each(forms)('what is refused survives the state (%s)', (form) => {
  const run = { now: start, target: targetOf(form) };
  const world = applied(
    emptyWorld,
    trustWith([{ listed: [0], denied: [1], retained: [2] }, none, none]),
    run,
  );

  it('stands in items of its own, exact and readable', () => {
    const held = denialsIn(itemsInUse(world));
    expect([...held].sort((a, b) => (a.origin < b.origin ? -1 : 1))).toMatchObject([
      { caKey: keys[0], serial: pool[1], origin: 'denied', since: '2026-11-01T00:00:00Z', issuer: 'CN=Ours' },
      { caKey: keys[0], serial: pool[2], origin: 'retained', since: '2026-11-26T08:00:00Z' },
    ]);
    for (const [key, value] of itemsInUse(world))
      expect([key, Buffer.byteLength(value) <= 1024]).toEqual([key, true]);
  });

  it('`deny: []` written into the object: the denied client is refused', async () => {
    const next = applied(world, trustWith([{ listed: [0], retained: [2], day: 1 }, later, later]), run);
    expect(await refusedIn(next, start)).toEqual(new Set(['CN=Ours 0', 'CN=Ours 1', 'CN=Ours 2']));
    expect(
      planIn(next, trustWith([{ listed: [0], retained: [2], day: 1 }, later, later]), run).steps,
    ).toEqual([]);
  });

  it('only the retained serials deleted: they stay refused', async () => {
    const next = applied(world, trustWith([{ listed: [0], denied: [1], day: 1 }, later, later]), run);
    expect(await refusedIn(next, start)).toEqual(new Set(['CN=Ours 0', 'CN=Ours 1', 'CN=Ours 2']));
  });

  it('and goes along to a store of the other form', async () => {
    const other = { now: start, target: targetOf(form === 'exact' ? 'compact' : 'exact') };
    const next = applied(world, trustWith([{ listed: [0], day: 1 }, later, later]), other);
    expect(next.live?.store).not.toBe(world.live?.store);
    expect(await refusedIn(next, start)).toEqual(new Set(['CN=Ours 0', 'CN=Ours 1', 'CN=Ours 2']));
  });

  it('goes when `unrevoke` named it', async () => {
    const next = applied(
      world,
      trustWith([{ listed: [0], retained: [2], released: [1], day: 1 }, later, later]),
      run,
    );
    expect(await refusedIn(next, start)).toEqual(new Set(['CN=Ours 0', 'CN=Ours 2']));
    expect(denialsIn(itemsInUse(next)).map(({ serial }) => serial)).toEqual([pool[2]]);
  });

  it('the source serves an older CRL beside a lost state: the serial of the newer one is refused', async () => {
    const newer = applied(world, trustWith([{ listed: [0, 3], day: 5 }, none, none]), run);
    const old = trustWith([{ listed: [0], day: 1 }, none, none]);
    for (const stateLost of [true, false]) {
      const next = applied(newer, old, { ...run, stateLost });
      expect((await refusedIn(next, start)).has('CN=Ours 3')).toBe(true);
    }
    const switching = planIn(newer, old, {
      now: start,
      target: targetOf(form === 'exact' ? 'compact' : 'exact'),
    });
    const [publish] = switching.steps.filter(({ kind }) => kind === 'publish-function');
    expect(publish?.consents).toEqual([expect.stringMatching(/^readmit:[0-9a-f]{64}$/)]);
    const consented = planIn(newer, old, run);
    expect(consented.steps.map(({ id, effect, affects }) => [id, effect, affects])).toEqual([
      [
        'older-crls:1',
        'readmit',
        [old.revocation.crls.find(({ issuer }) => issuer.subject.text === 'CN=Ours')?.crl.sha256],
      ],
    ]);
    const readmitted = worldsAfter(newer, consented).at(-1) ?? newer;
    expect((await refusedIn(readmitted, start)).has('CN=Ours 3')).toBe(false);
    expect(planIn(readmitted, old, run).steps).toEqual([]);
  });

  it('with the state lost nothing goes, what is new comes, the later end counts, and no store is switched', async () => {
    const soon = trustWith([{ listed: [4], day: 2 }, none, none]);
    const lost = { ...run, stateLost: true, target: targetOf(form === 'exact' ? 'compact' : 'exact') };
    const next = applied(world, soon, lost);
    expect(next.live?.store).toBe(world.live?.store);
    expect(await refusedIn(next, start)).toEqual(
      new Set(['CN=Ours 0', 'CN=Ours 1', 'CN=Ours 2', 'CN=Ours 4']),
    );
    expect(planIn(next, soon, lost).steps).toEqual([]);
    expect((await refusedIn(next, start + 101 * day)).size).toBe(names.length * pool.length);
  });

  it('with the state lost and nothing read of a CA, its clients are admitted until the end that the store has', async () => {
    const trust = trustOf({ cas });
    const next = applied(world, trust, { ...run, stateLost: true });
    expect((await refusedIn(next, start + 99 * day)).size).toBe(3);
    expect((await refusedIn(next, start + 101 * day)).size).toBe(names.length * pool.length);
  });

  it('`revoke` beside an apply that prepares a new store writes to both', async () => {
    const plan = planIn(world, trustWith([{ listed: [0], day: 1 }, later, later]), {
      now: start,
      target: targetOf(form === 'exact' ? 'compact' : 'exact'),
    });
    const at = plan.steps.findIndex(({ kind }) => kind === 'create-key-value-store');
    const prepared = worldsAfter(world, { ...plan, steps: plan.steps.slice(0, at + 1) }).at(-1) ?? world;
    const denied = trustWith([{ listed: [0], denied: [1, 7], retained: [2], day: 1 }, later, later]);
    const revoke = planIn(prepared, denied, run);
    const revoked = worldsAfter(prepared, {
      ...revoke,
      steps: revoke.steps.filter(({ effect }) => effect === 'revoke'),
    }).at(-1);
    const rest = worldsAfter(revoked ?? prepared, {
      ...plan,
      steps: plan.steps.filter(({ kind }) => /function/.test(kind)),
    }).at(-1);
    const created = prepared.stores.at(-1)?.arn ?? '';
    const switched: World = {
      stores: rest?.stores ?? [],
      live: { code: world.live?.code ?? '', store: created },
    };
    for (const one of [revoked ?? prepared, switched])
      expect((await refusedIn(one, start)).has('CN=Ours 7')).toBe(true);
  });

  it('a store in use that cannot be read is neither written nor replaced', () => {
    const unreadable = { ...world, stores: world.stores.map(({ held: _, ...store }) => store) };
    const plan = planIn(unreadable, trustWith([none, none, none]), run);
    expect(plan.steps).toEqual([]);
    expect(plan.findings).toContainEqual(
      expect.objectContaining({ code: 'key-value-store-unread', severity: 'error' }),
    );
    const foreign = { ...world, stores: [] };
    expect(planIn(foreign, trustWith([none, none, none]), { ...run, stateLost: true }).steps).toEqual([]);
  });
});

const some = fc.uniqueArray(fc.nat({ max: pool.length - 1 }), { maxLength: 5 });
const known = fc.record({
  listed: some,
  denied: some,
  retained: some,
  released: fc.oneof(fc.constant<number[]>([]), some),
  day: fc.nat({ max: 4 }),
  unread: fc.boolean(),
});

it('nobody who was refused is admitted without an explanation, and no CA decides over clients of another', async () => {
  const three = fc.tuple(known, known, known);
  await fc.assert(
    fc.asyncProperty(
      three,
      three,
      fc.record({
        form: fc.constantFrom(...forms),
        other: fc.boolean(),
        lost: fc.boolean(),
        quiet: fc.boolean(),
      }),
      async (one, two, { form, other, lost, quiet }) => {
        const before = one.map((ca) => ({ ...ca, unread: false, released: [] as readonly number[] }));
        // Half of the runs read every CRL, or nothing would ever go.
        const after = two.map((ca) => ({ ...ca, unread: ca.unread && !quiet }));
        const run = { now: start + 5 * day, target: targetOf(form), stateLost: lost };
        const held = applied(emptyWorld, trustWith(before), { now: start, target: targetOf(form) });
        const target = targetOf(other === (form === 'exact') ? 'compact' : 'exact');
        const trust = trustWith(after);
        const plan = planIn(held, trust, { ...run, target });
        const steps = withoutConsent(plan.steps);
        const unsure =
          lost ||
          after.some(({ unread }) => unread) ||
          after.some(({ day: on }, at) => on < (before[at]?.day ?? 0));
        const was = await refusedIn(held, run.now);
        const mustStay = new Set<string>();
        const due = new Set<string>();
        const mayBe = new Set<string>();
        for (const [at, name] of names.entries()) {
          const [old, next] = [before[at], after[at]];
          if (old === undefined || next === undefined) continue;
          for (const index of pool.keys()) {
            const id = `${name} ${index}`;
            const denied = old.denied.includes(index) && !next.released.includes(index);
            const wanted =
              next.denied.includes(index) ||
              next.retained.includes(index) ||
              (!next.unread && next.listed.includes(index));
            const now =
              old.listed.includes(index) || old.denied.includes(index) || old.retained.includes(index);
            if (now && (unsure || denied || old.retained.includes(index) || wanted)) mustStay.add(id);
            if (wanted) due.add(id);
            if (now || wanted) mayBe.add(id);
          }
        }
        for (const id of mustStay) expect([id, was.has(id)]).toEqual([id, true]);
        let world = held;
        for (const next of worldsAfter(held, { ...plan, steps })) {
          world = next;
          const refused = await refusedIn(world, run.now);
          expect([...mustStay].filter((id) => !refused.has(id))).toEqual([]);
          expect([...refused].filter((id) => !mayBe.has(id))).toEqual([]);
        }
        const refused = await refusedIn(world, run.now);
        expect([...due].filter((id) => !refused.has(id))).toEqual([]);
        if (lost) expect(world.live?.store).toBe(held.live?.store);
        const { steps: again } = planIn(world, trust, { ...run, target });
        if (steps.length === plan.steps.length) expect(again).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
