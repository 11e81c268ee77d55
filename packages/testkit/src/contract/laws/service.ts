import { strict as assert } from 'node:assert';
import { isTrustloomError } from '@trustloom/core';
import { startProcess, type Watch } from '../process.ts';
import { allOf, apply, fresh, type Law, run } from './law.ts';

export const errors: Law = {
  id: 'errors',
  title: 'AccessDenied, throttling and failures of the service arrive as their codes, on reads and on writes',
  async check(open, fixtures) {
    const cases = [
      { name: 'AccessDeniedException', status: 403, code: 'access-denied' },
      { name: 'ThrottlingException', status: 429, code: 'throttled' },
      { name: 'InternalFailure', status: 500, code: 'service-unavailable' },
    ] as const;
    await using world = await open();
    const writing = await run(open, undefined, fixtures.one);
    const write = writing.writes[0];
    assert.ok(write, 'from empty there must be a write');
    const failing = async (where: { service: string; action?: string }, doing: () => Promise<unknown>) => {
      for (const { code, ...error } of cases) {
        const heal = world.local.faults.add({ ...where, error, times: 100 });
        const thrown = await doing().then(
          () => undefined,
          (one: unknown) => one,
        );
        heal();
        assert.ok(
          isTrustloomError(thrown),
          `${error.name}: must end in an error of ours, not ${String(thrown)}`,
        );
        assert.equal(thrown.code, code, `${error.name} arrived as ${thrown.code}`);
      }
    };
    const process = startProcess(world, fresh());
    await failing({ service: write.service }, () => process.observe());
    await failing(write, () => apply(world, fresh(), fixtures.one));
  },
};

export const permissions: Law = {
  id: 'permissions',
  title: 'every API action that is called stands in facts.permissions, and every step names its own',
  async check(open, fixtures) {
    await using world = await open();
    const memory = fresh();
    const permissionOf = world.options.permissionOf ?? (({ service, action }) => `${service}:${action}`);
    const before = world.local.calls().length;
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
    const called = world.local
      .calls()
      .slice(before)
      .filter(({ service }) => service !== 's3' && service !== 'sts')
      .map(permissionOf);
    allOf([...listed], [...new Set(called)].sort(), 'called, but not in facts.permissions');
    allOf([...listed], [...named].sort(), 'named by a step, but not in facts.permissions');
  },
};
