import { strict as assert } from 'node:assert';
import { isTrustloomError, type Trust } from '@trustloom/core';
import type { Fixtures } from '../fixtures.ts';
import type { Held } from '../oracle.ts';
import type { Memory } from '../process.ts';
import type { ContractWorld } from '../world.ts';
import { apply, assertTrue, defineLaw, fresh, run, runWithWrites } from './law.ts';

type Journey = readonly [what: string, before: Trust | undefined, after: Trust | undefined];

const journeys = (fixtures: Fixtures): readonly Journey[] => [
  ['from empty', undefined, fixtures.one],
  ['a CA more', fixtures.one, fixtures.two],
  ['a new CRL', fixtures.one, fixtures.revokedMore],
  ['a CA less', fixtures.two, fixtures.one],
  ['leaving', fixtures.one, undefined],
];

export const stops = defineLaw({
  id: 'stops-anywhere',
  needs: [],
  title: 'stopping before any step and running again converges, without duplicates',
  async check(open, fixtures) {
    for (const [what, before, after] of journeys(fixtures)) {
      const whole = await run(open, before, after);
      for (let stop = 0; stop < whole.steps.length; stop += 1) {
        await using world = await open();
        const memory = fresh();
        if (before !== undefined) await apply(world, memory, before);
        await apply(world, memory, after, { before: (_, index) => (index === stop ? 'stop' : undefined) });
        await apply(world, memory, after);
        await assertSame(world, memory, after, whole.held, `${what}, stopped before step ${stop + 1}`);
      }
    }
  },
});

export const lostAnswers = defineLaw({
  id: 'lost-answers',
  needs: ['calls', 'faults'],
  title:
    'a write whose answer is lost is not done twice: the error passes, and the next run converges without duplicates',
  async check(open, fixtures) {
    for (const [what, before, after] of journeys(fixtures)) {
      const whole = await runWithWrites(open, before, after);
      for (const [index, { id }] of whole.steps.entries()) {
        const write = whole.writes[index];
        assert.ok(write, `step ${id} wrote nothing`);
        await using world = await open();
        const memory = fresh();
        if (before !== undefined) await apply(world, memory, before);
        const lost = apply(world, memory, after, {
          before(_, at) {
            if (at === index) world.faults.loseAnswer({ service: write.service, action: write.action });
            return undefined;
          },
        });
        const error = await lost.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const where = `${what}, answer to ${id} lost`;
        // A conditional write may look for itself whether it was done; everything else must say
        // that it does not know.
        if (error !== undefined || write.conditional !== true) {
          assert.ok(isTrustloomError(error), `${where}: must end in an error of ours, not ${String(error)}`);
          assert.ok(
            error.kind === 'transient' || error.kind === 'race',
            `${where}: ${error.code} is of kind ${error.kind}, so nobody would plan again`,
          );
        }
        await apply(world, memory, after);
        await assertSame(world, memory, after, whole.held, where);
      }
    }
  },
});

/** It holds what it should, with as many objects as after a run that nothing disturbed. */
async function assertSame(
  world: ContractWorld,
  memory: Memory,
  trust: Trust | undefined,
  whole: Held,
  what: string,
): Promise<void> {
  if (trust !== undefined) await assertTrue(world, memory, trust, what);
  world.settle?.();
  const { objects } = world.oracle();
  assert.equal(
    objects.length,
    whole.objects.length,
    `${what}: ${objects.length} objects instead of ${whole.objects.length}`,
  );
}
