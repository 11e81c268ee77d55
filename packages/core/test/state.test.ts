import { describe, expect, test } from 'vitest';
import { revocationLane, withLease } from '../src/state/leases.ts';
import { leaseMs, openState } from '../src/state/state.ts';
import { jumpClock, memoryStore } from './support/world.ts';

const target = {
  name: 'edge',
  trust: ['devices'],
  groups: [],
  kind: 'alb',
  accountRegion: { account: '222222222222', region: 'eu-west-1' },
  accountName: 'apps',
  attach: 'managed',
  anchors: 'all',
  config: {},
  notes: {},
} as const;

describe('the state', () => {
  test('is empty before anything was applied, and reading writes nothing', async () => {
    const store = memoryStore();
    const state = openState(store, jumpClock());
    expect(await state.trust.read()).toEqual({ formatVersion: 1, targets: {}, distrusted: {} });
    expect(await state.revocation.read()).toEqual({ formatVersion: 1, crls: {}, deny: [] });
    expect(store.writes).toEqual([]);
  });

  test('keeps what is written under a lease', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    const lease = await openState(store, clock).trust.acquire('ann');
    await lease.update((current) => ({ ...current, targets: { edge: target } }));
    await lease.release();
    expect((await openState(store, clock).trust.read()).targets).toEqual({ edge: target });
  });

  test('a second run is refused while the lease lasts, and its error names who holds it', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    await openState(store, clock).trust.acquire('ann');
    await expect(openState(store, clock).trust.acquire('bob')).rejects.toMatchObject({
      code: 'lease-held',
      context: { holder: 'ann' },
    });
  });

  test('a lease that a killed run left behind ends by itself', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    await openState(store, clock).trust.acquire('ann');
    clock.jump(leaseMs + 1_000);
    await openState(store, clock).trust.acquire('bob');
    expect((await openState(store, clock).trust.read()).lease).toMatchObject({
      holder: 'bob',
      generation: 2,
    });
  });

  test('what many targets want remembered at once is kept, in as few writes', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    const lease = await openState(store, clock).trust.acquire('ann');
    const writes = store.writes.length;
    const names = Array.from({ length: 80 }, (_, index) => `edge-${index}`);
    await Promise.all(
      names.map((name) =>
        lease.update((current) => ({ ...current, targets: { ...current.targets, [name]: target } })),
      ),
    );
    expect(Object.keys((await openState(store, clock).trust.read()).targets).sort()).toEqual(names.sort());
    expect(store.writes.length - writes).toBeLessThanOrEqual(2);
  });

  test('of two that ask for the lease in one process one gets it', async () => {
    const { trust } = openState(memoryStore(), jumpClock());
    await trust.read();
    const asked = await Promise.allSettled(['ann', 'bob', 'eve'].map((holder) => trust.acquire(holder)));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await trust.read()).toMatchObject({ lease: { holder: 'ann', generation: 1 } });
  });

  test('who lost the lease can neither write nor renew', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    const ann = await openState(store, clock).trust.acquire('ann');
    clock.jump(leaseMs + 1_000);
    const bob = await openState(store, clock).trust.acquire('bob');
    await expect(ann.update((current) => ({ ...current, targets: { edge: target } }))).rejects.toMatchObject({
      code: 'lease-lost',
    });
    await expect(ann.keep()).rejects.toMatchObject({ code: 'lease-lost' });
    await bob.keep();
    expect((await openState(store, clock).trust.read()).targets).toEqual({});
  });

  test('a lease is renewed when half of it is gone, and not before', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    const lease = await openState(store, clock).trust.acquire('ann');
    const writes = store.writes.length;
    clock.jump(leaseMs / 2 - 1);
    await lease.keep();
    expect(store.writes).toHaveLength(writes);
    clock.jump(1);
    await lease.keep();
    expect(store.writes).toHaveLength(writes + 1);
  });

  test('two writers at once: both changes survive', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    const state = openState(store, clock);
    const lease = await state.trust.acquire('ann');
    await Promise.all([
      lease.update((current) => ({ ...current, targets: { ...current.targets, edge: target } })),
      lease.update((current) => ({ ...current, targets: { ...current.targets, web: target } })),
    ]);
    expect(Object.keys((await state.trust.read()).targets).sort()).toEqual(['edge', 'web']);
  });

  test('what another version wrote is not guessed at', async () => {
    const store = memoryStore();
    await store.put('trust.json', '{"formatVersion":2}', { ifNoneMatch: '*' });
    await expect(openState(store, jumpClock()).trust.read()).rejects.toMatchObject({
      code: 'state-unreadable',
    });
  });
});

describe('a lease does not depend on the clock of whoever holds it', () => {
  const parts = (clock: ReturnType<typeof jumpClock>, holder: string) => ({
    clock: { ...clock, sleep: async (ms: number) => clock.jump(ms) },
    holder,
    onEvent: () => undefined,
    signal: new AbortController().signal,
  });

  test('left behind by a machine whose clock is a day fast, it is taken over after 30 seconds', async () => {
    const store = memoryStore();
    const fast = jumpClock();
    fast.jump(86_400_000);
    await openState(store, fast).revocation.acquire('fast, and killed');
    const clock = jumpClock();
    const start = clock.now();
    await withLease(openState(store, clock).revocation, parts(clock, 'ann'), async () => undefined);
    expect(clock.now() - start).toBeLessThan(leaseMs + 2_000);
  });

  test('released by a machine whose clock is 10 minutes fast, it is gone', async () => {
    const store = memoryStore();
    const fast = jumpClock();
    fast.jump(600_000);
    const lease = await openState(store, fast).revocation.acquire('fast');
    await lease.release();
    const clock = jumpClock();
    const start = clock.now();
    await withLease(openState(store, clock).revocation, parts(clock, 'ann'), async () => undefined);
    expect(clock.now()).toBe(start);
  });

  test('one that is renewed is not taken over, however wrong its end is', async () => {
    const store = memoryStore();
    const fast = jumpClock();
    fast.jump(86_400_000);
    const held = await openState(store, fast).revocation.acquire('fast, and alive');
    const clock = jumpClock();
    const waiting = {
      ...parts(clock, 'ann'),
      clock: {
        ...clock,
        sleep: async (ms: number) => {
          clock.jump(ms);
          fast.jump(ms);
          await held.keep();
        },
      },
    };
    await expect(
      withLease(openState(store, clock).revocation, waiting, async () => undefined),
    ).rejects.toMatchObject({ code: 'lease-held' });
  });

  test('an emergency does not wait for it', async () => {
    const store = memoryStore();
    const clock = jumpClock();
    const state = openState(store, clock);
    await state.revocation.acquire('a refresh that was killed');
    const start = clock.now();
    const lane = revocationLane({
      ...parts(clock, 'ann'),
      state,
      isOutdated: async () => false,
      urgent: true,
    });
    expect(await lane(async () => 'written')).toBe('written');
    expect(clock.now()).toBe(start);
  });

  test('generations grow, though nobody holds it in between', async () => {
    const store = memoryStore();
    const state = openState(store, jumpClock());
    for (const generation of [1, 2, 3]) {
      const lease = await state.trust.acquire('ann');
      expect((await state.trust.read()).lease?.generation).toBe(generation);
      await lease.release();
      expect((await state.trust.read()).lease).toBeUndefined();
    }
  });
});
