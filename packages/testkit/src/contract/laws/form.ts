import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Trust } from '@trustloom/core';
import { deepFreeze } from '../freeze.ts';
import { dataOf, type Planned, startProcess } from '../process.ts';
import { apply, defineLaw, fresh, writesDuring, writesSince } from './law.ts';

export const observing = defineLaw({
  id: 'observing-writes-nothing',
  needs: ['calls', 'snapshot'],
  title: 'observing, rendering and planning write nothing',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    // The first look at a place makes its (empty) entry in the raw state; that is not a change.
    await startProcess(world, memory).observe();
    for (const when of ['from empty', 'once it holds']) {
      const before = world.snapshot();
      const writes = await writesDuring(world, () => startProcess(world, memory).plan(fixtures.two));
      assert.deepEqual(writes, [], `${when}: a call that writes`);
      assert.ok(isDeepStrictEqual(world.snapshot(), before), `${when}: the state has changed`);
      await apply(world, memory, fixtures.one);
    }
  },
});

export const oneWrite = defineLaw({
  id: 'one-write-a-step',
  needs: ['calls'],
  title: 'each step writes once, and survives JSON',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    let seen = 0;
    for (const trust of [fixtures.one, fixtures.two, fixtures.revokedMore, undefined]) {
      await apply(world, memory, trust, {
        before(step) {
          assert.deepEqual(JSON.parse(JSON.stringify(step)), step, `step ${step.id} does not survive JSON`);
          seen = world.calls().length;
          return undefined;
        },
        after(step) {
          const writes = writesSince(world, seen).map(({ action }) => action);
          assert.equal(
            writes.length,
            1,
            `step ${step.id} made ${writes.length} writes: ${writes.join(', ')}`,
          );
        },
      });
    }
  },
});

export const order = defineLaw({
  id: 'input-order',
  needs: [],
  title: 'the order of the input changes no byte',
  async check(open, fixtures) {
    await using world = await open();
    const turned = (trust: Trust): Trust => ({
      cas: [...trust.cas].reverse(),
      revoked: [...trust.revoked].reverse(),
      groups: [...trust.groups].reverse(),
      known: [...trust.known].reverse(),
      revocation: { ...trust.revocation, crls: [...trust.revocation.crls].reverse() },
    });
    const words = ({ rendering, plan }: Planned) => ({
      artifacts: rendering?.artifacts,
      anchors: rendering?.anchors.map(({ sha256 }) => sha256),
      findings: rendering?.findings,
      plan,
    });
    const process = startProcess(world, fresh());
    assert.deepEqual(
      words(await process.plan(turned(fixtures.two))),
      words(await process.plan(fixtures.two)),
    );
  },
});

export const purity = defineLaw({
  id: 'purity',
  needs: ['calls'],
  title: 'render and plan are pure: frozen input, no calls, the same output each time',
  async check(open, fixtures) {
    await using world = await open();
    const { bound, observe } = startProcess(world, fresh());
    deepFreeze(fixtures.two);
    deepFreeze(world.target);
    const observed = deepFreeze(await observe(fixtures.two));
    const calls = world.calls().length;
    const now = world.clock.now();
    const words = () => {
      const { rendering } = deepFreeze(bound.render(fixtures.two, now));
      const { plan } = dataOf(observed.plan(now));
      return JSON.stringify({ artifacts: rendering?.artifacts, findings: rendering?.findings, plan });
    };
    assert.equal(words(), words());
    assert.equal(world.calls().length, calls, 'rendering or planning made a call');
  },
});
