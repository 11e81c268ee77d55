import { strict as assert } from 'node:assert';
import type { Trust } from '@trustloom/core';
import type { Fixtures } from '../fixtures.ts';
import type { Held } from '../oracle.ts';
import { type Memory, startProcess, type Watch } from '../process.ts';
import type { ContractWorld } from '../world.ts';

/** What every adapter must keep. */
export interface Law {
  /** Name for skips: `converges`. */
  readonly id: string;
  /** The law in words. */
  readonly title: string;
  /** Longest time, in ms, where it is much. */
  readonly timeoutMs?: number;
  /**
   * Real clients knock: it must hold whatever AWS does where it is not documented, so it is tried under
   * both readings of every unknown.
   */
  readonly bothReadings?: true;
  /** Throws when the law is broken. `open` gives a fresh world, closed by who asked. */
  check(open: () => Promise<ContractWorld>, fixtures: Fixtures): Promise<void>;
}

/** A record with nothing in it. */
export const fresh = (): Memory => ({ notes: {} });

/** One whole run: look, plan, perform. */
export async function apply(world: ContractWorld, memory: Memory, trust: Trust | undefined, watch?: Watch) {
  const process = startProcess(world, memory);
  const planned = await process.plan(trust);
  const steps = await process.run(planned, watch);
  return { process, planned, steps };
}

/** The target holds what the rendering says, and a new process finds nothing to do. */
export async function assertTrue(
  world: ContractWorld,
  memory: Memory,
  trust: Trust,
  what: string,
): Promise<Held> {
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
  if (process.bound.info.capabilities.revocation === 'crl') {
    const all = () => trust.revocation.crls.map(({ crl }) => crl.sha256);
    const wanted = [...(world.options.crlsInForce?.(trust) ?? all())].sort();
    assert.deepEqual([...held.crls].sort(), wanted, `${what}: the CRLs in force are not those of the trust`);
  }
  if (held.refuses !== undefined) {
    const serials = trust.revocation.crls.flatMap(({ crl }) => [...crl.serials()]);
    const { refuses } = held;
    assert.deepEqual(
      serials.filter((serial) => !refuses(serial)),
      [],
      `${what}: revoked, and admitted`,
    );
    assert.equal(refuses('70d1c0ffee5e41a1'), false, `${what}: a client that nobody revoked is refused`);
  }
  assert.equal(held.enforcing, true, `${what}: somebody without a certificate is admitted`);
  return held;
}

/** Fails with what of `held` is not in `holder`. */
export const allOf = (holder: readonly string[], held: readonly string[], what: string) =>
  assert.deepEqual(
    held.filter((one) => !holder.includes(one)),
    [],
    what,
  );

/** A whole run, undisturbed: its steps, the write of each, and what holds in the end. */
export async function run(
  open: () => Promise<ContractWorld>,
  before: Trust | undefined,
  after: Trust | undefined,
) {
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

/** Opens a world for as long as something is done in it. */
export async function withWorld<T>(
  open: () => Promise<ContractWorld>,
  doing: (world: ContractWorld) => Promise<T>,
): Promise<T> {
  await using world = await open();
  return await doing(world);
}
