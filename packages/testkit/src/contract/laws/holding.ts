import { strict as assert } from 'node:assert';
import type { Trust } from '@trustloom/core';
import type { Fixtures } from '../fixtures.ts';
import type { Held } from '../oracle.ts';
import { startProcess, type Watch } from '../process.ts';
import type { ContractWorld } from '../world.ts';
import { allOf, apply, assertTrue, defineLaw, fresh, withWorld } from './law.ts';

const revokedIn = (held: Held, fixtures: Fixtures): readonly string[] => {
  const { refuses } = held;
  if (refuses === undefined) return held.crls.flatMap((crl) => fixtures.revokedBy.get(crl) ?? []);
  return [...new Set([...fixtures.revokedBy.values()].flat())].filter((entry) => {
    const [ca, serial = ''] = entry.split(' ');
    return refuses(serial, fixtures.two.known.find(({ sha256 }) => sha256 === ca)?.subject.text);
  });
};

/**
 * Nothing that is good before and after is lost on the way: no CA, no revocation, no enforcement.
 */
function neverLess(world: ContractWorld, fixtures: Fixtures, before: Held, after: Held): Watch {
  const casStillHeld = before.cas.filter((ca) => after.cas.includes(ca));
  const revokedAfter = revokedIn(after, fixtures);
  const revokedStillHeld = revokedIn(before, fixtures).filter((serial) => revokedAfter.includes(serial));
  return {
    after(step) {
      const now = world.oracle();
      allOf(now.cas, casStillHeld, `after step ${step.id}: a CA that stays trusted was dropped on the way`);
      allOf(
        revokedIn(now, fixtures),
        revokedStillHeld,
        `after step ${step.id}: a revocation was lifted on the way`,
      );
      if (before.enforcing && after.enforcing)
        assert.equal(now.enforcing, true, `after step ${step.id}: enforcement was off on the way`);
    },
  };
}

export const converges = defineLaw({
  id: 'converges',
  needs: [],
  title: 'converges from empty: the target holds what the definition says, and a second run plans nothing',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    const { steps } = await apply(world, memory, fixtures.one);
    assert.ok(steps.length > 0, 'from empty there must be something to do');
    await assertTrue(world, memory, fixtures.one, 'after the first run');
    // The state may be lost: then everything is found again by its ownership tag.
    await assertTrue(world, fresh(), fixtures.one, 'with the state lost');
  },
});

export const changes = defineLaw({
  id: 'changes',
  needs: [],
  title: 'follows a new CRL, a CA more and a CA less, and never trusts, revokes or enforces less on the way',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    await apply(world, memory, fixtures.one);
    const chain = [
      ['a new CRL', fixtures.revokedMore],
      ['an older CRL again', fixtures.one],
      ['a CA more', fixtures.two],
      ['a CA less', fixtures.one],
    ] as const;
    for (const [what, trust] of chain) {
      const before = world.oracle();
      const held = await heldAfter(open, trust);
      await apply(world, memory, trust, neverLess(world, fixtures, before, held));
      await assertTrue(world, memory, trust, what);
    }
  },
});

/** What a target holds in the end, learnt in another world. */
async function heldAfter(open: () => Promise<ContractWorld>, trust: Trust): Promise<Held> {
  await using world = await open();
  await apply(world, fresh(), trust);
  world.settle?.();
  return world.oracle();
}

export const leaves = defineLaw({
  id: 'leaves',
  needs: [],
  title: 'a target that left the definition is detached and cleaned, and nothing of ours stays',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    await apply(world, memory, fixtures.two);
    await apply(world, memory, undefined);
    world.settle?.();
    assert.deepEqual(world.oracle().objects, [], 'objects of ours are left');
    const { plan } = await startProcess(world, memory).plan(undefined);
    assert.deepEqual(
      plan.steps.map(({ id }) => id),
      [],
      'leaving twice must plan nothing',
    );
  },
});

export const foreign = defineLaw({
  id: 'foreign-untouched',
  needs: ['foreign'],
  title: 'objects without our ownership tag stay as they are',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    const untouched = await world.foreign();
    for (const trust of [fixtures.two, fixtures.one, undefined]) {
      await apply(world, memory, trust);
      world.settle?.();
      await untouched();
    }
  },
});

export const editsUndone = defineLaw({
  id: 'edits-undone',
  needs: ['edits'],
  title: 'what somebody changed by hand is noticed by the next plan, and undone',
  async check(open, fixtures) {
    const names = await withWorld(open, async (world) => Object.keys(world.edits));
    assert.ok(names.length > 0, 'the subject has no edits; leave out `edits` to skip this law');
    for (const name of names)
      await withWorld(open, async (world) => {
        const memory = fresh();
        await apply(world, memory, fixtures.two);
        await world.edits[name]?.();
        world.settle?.();
        const { plan } = await startProcess(world, memory).plan(fixtures.two);
        assert.ok(plan.steps.length > 0, `${name}: not noticed`);
        await apply(world, memory, fixtures.two);
        await assertTrue(world, memory, fixtures.two, name);
      });
  },
});
