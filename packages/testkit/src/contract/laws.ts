import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { isTrustloomError, type Trust } from '@trustloom/core';
import type { Cast } from './cast.ts';
import { deepFreeze } from './freeze.ts';
import type { Held } from './oracle.ts';
import { type Memory, type Planned, type Process, startProcess, type Watch } from './process.ts';
import type { ContractWorld } from './world.ts';

/** What every adapter must keep. */
export interface Law {
  /** Name for skips: `converges`. */
  readonly id: string;
  /** The law in words. */
  readonly title: string;
  /** Longest time, in ms, where it is much. */
  readonly timeoutMs?: number;
  /** Throws when the law is broken. `open` gives a fresh world, closed by who asked. */
  check(open: () => Promise<ContractWorld>, cast: Cast): Promise<void>;
}

const fresh = (): Memory => ({ notes: {} });

/** One whole run: look, plan, perform. */
async function apply(world: ContractWorld, memory: Memory, trust: Trust | undefined, watch?: Watch) {
  const process = startProcess(world, memory);
  const planned = await process.plan(trust);
  const steps = await process.run(planned, watch);
  return { process, planned, steps };
}

/** The target holds what the rendering says, and a new process finds nothing to do. */
async function assertHolds(world: ContractWorld, memory: Memory, trust: Trust, what: string): Promise<Held> {
  const process = startProcess(world, memory);
  const again = await process.plan(trust);
  assert.deepEqual(
    again.plan.steps.map(({ id }) => id),
    [],
    `${what}: a second run must plan nothing`,
  );
  world.local.settle();
  const held = world.oracle();
  const anchors = (again.rendering?.anchors ?? []).map(({ sha256 }) => sha256).sort();
  assert.deepEqual([...held.cas].sort(), anchors, `${what}: the CAs in force are not those of the rendering`);
  if (process.bound.facts.capabilities.revocation === 'list') {
    const wanted = trust.revocation.lists.map(({ crl }) => crl.sha256).sort();
    assert.deepEqual(
      [...held.lists].sort(),
      wanted,
      `${what}: the lists in force are not those of the trust`,
    );
  }
  assert.equal(held.enforcing, true, `${what}: somebody without a certificate gets in`);
  return held;
}

const allOf = (holder: readonly string[], held: readonly string[], what: string) =>
  assert.deepEqual(
    held.filter((one) => !holder.includes(one)),
    [],
    what,
  );

const revokedIn = (held: Held, cast: Cast): readonly string[] =>
  held.lists.flatMap((list) => cast.revokedBy.get(list) ?? []);

/** Nothing that is good before and after is lost on the way: no CA, no revocation, no enforcement. */
function neverLess(world: ContractWorld, cast: Cast, before: Held, after: Held): Watch {
  const keptCas = before.cas.filter((ca) => after.cas.includes(ca));
  const revokedAfter = revokedIn(after, cast);
  const keptRevoked = revokedIn(before, cast).filter((serial) => revokedAfter.includes(serial));
  return {
    after(step) {
      const now = world.oracle();
      allOf(now.cas, keptCas, `after step ${step.id}: a CA that stays trusted was dropped on the way`);
      allOf(revokedIn(now, cast), keptRevoked, `after step ${step.id}: a revocation was lifted on the way`);
      if (before.enforcing && after.enforcing)
        assert.equal(now.enforcing, true, `after step ${step.id}: enforcement was off on the way`);
    },
  };
}

const converges: Law = {
  id: 'converges',
  title: 'converges from empty: the target holds what the definition says, and a second run plans nothing',
  async check(open, cast) {
    await using world = await open();
    const memory = fresh();
    const { steps } = await apply(world, memory, cast.one);
    assert.ok(steps.length > 0, 'from empty there must be something to do');
    await assertHolds(world, memory, cast.one, 'after the first run');
    // The record may be lost: then everything is found again by its mark.
    await assertHolds(world, fresh(), cast.one, 'with the record lost');
  },
};

const changes: Law = {
  id: 'changes',
  title: 'follows a new list, a CA more and a CA less, and never trusts, revokes or enforces less on the way',
  async check(open, cast) {
    await using world = await open();
    const memory = fresh();
    await apply(world, memory, cast.one);
    const chain = [
      ['a new list', cast.revokedMore],
      ['an older list again', cast.one],
      ['a CA more', cast.two],
      ['a CA less', cast.one],
    ] as const;
    for (const [what, trust] of chain) {
      const before = world.oracle();
      const held = await heldAfter(open, cast, trust);
      await apply(world, memory, trust, neverLess(world, cast, before, held));
      await assertHolds(world, memory, trust, what);
    }
  },
};

/** What a target holds in the end, learnt in another world. */
async function heldAfter(open: () => Promise<ContractWorld>, _cast: Cast, trust: Trust): Promise<Held> {
  await using world = await open();
  await apply(world, fresh(), trust);
  world.local.settle();
  return world.oracle();
}

const leaves: Law = {
  id: 'leaves',
  title: 'a target that left the definition is detached and cleaned, and nothing of ours stays',
  async check(open, cast) {
    await using world = await open();
    const memory = fresh();
    await apply(world, memory, cast.two);
    await apply(world, memory, undefined);
    world.local.settle();
    assert.deepEqual(world.oracle().objects, [], 'objects of ours are left');
    const { plan } = await startProcess(world, memory).plan(undefined);
    assert.deepEqual(
      plan.steps.map(({ id }) => id),
      [],
      'leaving twice must plan nothing',
    );
  },
};

const observing: Law = {
  id: 'observing-writes-nothing',
  title: 'observing, rendering and planning write nothing',
  async check(open, cast) {
    await using world = await open();
    const memory = fresh();
    for (const when of ['from empty', 'once it holds']) {
      world.writes();
      const before = world.local.state();
      await startProcess(world, memory).plan(cast.two);
      assert.deepEqual(world.writes(), [], `${when}: a call that writes`);
      assert.ok(isDeepStrictEqual(world.local.state(), before), `${when}: the state has changed`);
      await apply(world, memory, cast.one);
    }
  },
};

const oneWrite: Law = {
  id: 'one-write-a-step',
  title: 'each step writes once, and survives JSON',
  async check(open, cast) {
    await using world = await open();
    const memory = fresh();
    for (const trust of [cast.one, cast.two, cast.revokedMore, undefined]) {
      await apply(world, memory, trust, {
        before(step) {
          assert.deepEqual(JSON.parse(JSON.stringify(step)), step, `step ${step.id} does not survive JSON`);
          world.writes();
          return undefined;
        },
        after(step) {
          const writes = world.writes().map(({ action }) => action);
          assert.equal(
            writes.length,
            1,
            `step ${step.id} made ${writes.length} writes: ${writes.join(', ')}`,
          );
        },
      });
    }
  },
};

const stops: Law = {
  id: 'stops-anywhere',
  title: 'stopping before any step and running again converges, without duplicates',
  timeoutMs: 120_000,
  async check(open, cast) {
    for (const [what, before, after] of journeys(cast)) {
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
};

const lostAnswers: Law = {
  id: 'lost-answers',
  title:
    'a write whose answer is lost is not done twice: the error passes, and the next run converges without duplicates',
  timeoutMs: 120_000,
  async check(open, cast) {
    for (const [what, before, after] of journeys(cast)) {
      const whole = await run(open, before, after);
      for (const [index, { id }] of whole.steps.entries()) {
        const write = whole.writes[index];
        assert.ok(write, `step ${id} wrote nothing`);
        await using world = await open();
        const memory = fresh();
        if (before !== undefined) await apply(world, memory, before);
        const lost = apply(world, memory, after, {
          before(_, at) {
            if (at === index) world.local.faults.add({ ...write, when: 'after', drop: true });
            return undefined;
          },
        });
        const error = await lost.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const where = `${what}, answer to ${id} lost`;
        assert.ok(isTrustloomError(error), `${where}: must end in an error of ours, not ${String(error)}`);
        assert.ok(
          error.kind === 'transient' || error.kind === 'race',
          `${where}: ${error.code} is of kind ${error.kind}, so nobody would plan again`,
        );
        await apply(world, memory, after);
        await assertSame(world, memory, after, whole.held, where);
      }
    }
  },
};

/** It holds what it should, with as many objects as after a run that nothing disturbed. */
async function assertSame(
  world: ContractWorld,
  memory: Memory,
  trust: Trust | undefined,
  whole: Held,
  what: string,
): Promise<void> {
  if (trust !== undefined) await assertHolds(world, memory, trust, what);
  world.local.settle();
  const { objects } = world.oracle();
  assert.equal(
    objects.length,
    whole.objects.length,
    `${what}: ${objects.length} objects instead of ${whole.objects.length}`,
  );
}

type Journey = readonly [what: string, before: Trust | undefined, after: Trust | undefined];

const journeys = (cast: Cast): readonly Journey[] => [
  ['from empty', undefined, cast.one],
  ['a CA more', cast.one, cast.two],
  ['a new list', cast.one, cast.revokedMore],
  ['a CA less', cast.two, cast.one],
  ['leaving', cast.one, undefined],
];

/** A whole run, undisturbed: its steps, the write of each, and what holds in the end. */
async function run(open: () => Promise<ContractWorld>, before: Trust | undefined, after: Trust | undefined) {
  await using world = await open();
  const memory = fresh();
  if (before !== undefined) await apply(world, memory, before);
  const writes: { readonly service: string; readonly action: string }[] = [];
  const { steps } = await apply(world, memory, after, {
    before() {
      world.writes();
      return undefined;
    },
    after() {
      const write = world.writes()[0];
      if (write !== undefined) writes.push({ service: write.service, action: write.action });
    },
  });
  world.local.settle();
  return { steps, writes, held: world.oracle() };
}

const order: Law = {
  id: 'input-order',
  title: 'the order of the input changes no byte',
  async check(open, cast) {
    await using world = await open();
    const turned = (trust: Trust): Trust => ({
      cas: [...trust.cas].reverse(),
      known: [...trust.known].reverse(),
      revocation: { lists: [...trust.revocation.lists].reverse(), kept: trust.revocation.kept },
    });
    const words = ({ rendering, plan }: Planned) => ({
      artifacts: rendering?.artifacts,
      anchors: rendering?.anchors.map(({ sha256 }) => sha256),
      findings: rendering?.findings,
      plan,
    });
    const process = startProcess(world, fresh());
    assert.deepEqual(words(await process.plan(turned(cast.two))), words(await process.plan(cast.two)));
  },
};

const purity: Law = {
  id: 'purity',
  title: 'render and plan are pure: frozen input, no calls, the same output each time',
  async check(open, cast) {
    await using world = await open();
    const { bound, observe } = startProcess(world, fresh());
    deepFreeze(cast.two);
    deepFreeze(world.target);
    const observation = deepFreeze(await observe());
    const calls = world.local.calls().length;
    const now = world.clock.now();
    const words = (process: Pick<Process, 'bound'>) => {
      const rendering = deepFreeze(process.bound.render(cast.two, now));
      const plan = process.bound.plan(rendering, observation, now);
      return JSON.stringify({ artifacts: rendering.artifacts, findings: rendering.findings, plan });
    };
    assert.equal(words({ bound }), words({ bound }));
    assert.equal(world.local.calls().length, calls, 'rendering or planning made a call');
  },
};

const errors: Law = {
  id: 'errors',
  title: 'AccessDenied, throttling and failures of the service arrive as their codes, on reads and on writes',
  async check(open, cast) {
    const cases = [
      { name: 'AccessDeniedException', status: 403, code: 'access-denied' },
      { name: 'ThrottlingException', status: 429, code: 'throttled' },
      { name: 'InternalFailure', status: 500, code: 'service-unavailable' },
    ] as const;
    await using world = await open();
    const writing = await run(open, undefined, cast.one);
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
    await failing(write, () => apply(world, fresh(), cast.one));
  },
};

const permissions: Law = {
  id: 'permissions',
  title: 'every API action that is called stands in facts.permissions, and every step names its own',
  async check(open, cast) {
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
    for (const trust of [cast.one, cast.two, cast.revokedMore, undefined])
      await apply(world, memory, trust, watch);
    const { facts } = startProcess(world, memory).bound;
    const { observe, refresh, apply: writing } = facts.permissions;
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

const foreign: Law = {
  id: 'foreign-untouched',
  title: 'objects without our mark stay as they are',
  async check(open, cast) {
    await using world = await open();
    assert.ok(
      world.foreign,
      'the subject makes no foreign objects; give `foreign`, or skip this law with a reason',
    );
    const memory = fresh();
    const untouched = await world.foreign();
    for (const trust of [cast.two, cast.one, undefined]) {
      await apply(world, memory, trust);
      world.local.settle();
      await untouched();
    }
  },
};

/** All laws, in the order in which they are best read. */
export const contractLaws: readonly Law[] = Object.freeze([
  converges,
  changes,
  leaves,
  observing,
  oneWrite,
  stops,
  lostAnswers,
  order,
  purity,
  errors,
  permissions,
  foreign,
]);
