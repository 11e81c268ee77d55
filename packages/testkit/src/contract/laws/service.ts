import { strict as assert } from 'node:assert';
import { isTrustloomError } from '@trustloom/core';
import { startProcess, type Watch } from '../process.ts';
import type { CallName } from '../world.ts';
import { allOf, apply, defineLaw, fresh, runWithWrites } from './law.ts';

export const errors = defineLaw({
  id: 'errors',
  needs: ['calls', 'faults'],
  title: 'AccessDenied, throttling and failures of the service arrive as their codes, on reads and on writes',
  async check(open, fixtures) {
    await using world = await open();
    const writing = await runWithWrites(open, undefined, fixtures.one);
    const write = writing.writes[0];
    assert.ok(write, 'from empty there must be a write');
    const failing = async (where: CallName, doing: () => Promise<unknown>) => {
      for (const code of ['access-denied', 'throttled', 'service-unavailable'] as const) {
        const heal = world.faults.fail(where, code);
        const thrown = await doing().then(
          () => undefined,
          (one: unknown) => one,
        );
        heal();
        assert.ok(isTrustloomError(thrown), `${code}: must end in an error of ours, not ${String(thrown)}`);
        assert.equal(thrown.code, code, `${code} arrived as ${thrown.code}`);
      }
    };
    const process = startProcess(world, fresh());
    await failing({ service: write.service }, () => process.observe());
    await failing({ service: write.service, action: write.action }, () =>
      apply(world, fresh(), fixtures.one),
    );
  },
});

export const permissions = defineLaw({
  id: 'permissions',
  needs: ['calls'],
  title: 'every API action that is called stands in info.permissions, and every step names its own',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    const before = world.calls().length;
    const named = new Set<string>();
    const watch: Watch = {
      before(step) {
        named.add(step.action);
        return undefined;
      },
    };
    for (const trust of [fixtures.one, fixtures.two, fixtures.revokedMore, undefined])
      await apply(world, memory, trust, watch);
    const { info } = startProcess(world, memory).bound;
    const { observe, refresh, apply: writing } = info.permissions;
    const listed = new Set([...observe, ...refresh, ...writing]);
    const called = world
      .calls()
      .slice(before)
      .flatMap(({ permission }) => permission ?? []);
    allOf([...listed], [...new Set(called)].sort(), 'called, but not in info.permissions');
    allOf([...listed], [...named].sort(), 'named by a step, but not in info.permissions');
  },
});
