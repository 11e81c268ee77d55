import { strict as assert } from 'node:assert';
import type { Trust } from '@trustloom/core';
import type { Fixtures } from '../fixtures.ts';
import type { LawId } from '../law-id.ts';
import type { Held } from '../oracle.ts';
import { type Memory, startProcess, type Watch } from '../process.ts';
import { type Call, type ContractWorld, type Hook, missingHooks } from '../world.ts';

/** What every adapter must keep. */
export interface Law {
  readonly id: LawId;
  /** The law in words. */
  readonly title: string;
  /** Hooks without which it could not look. */
  readonly needs: readonly Hook[];
  /**
   * Real clients connect: it must hold whatever the service does where that is not documented, so
   * it is tried under both readings of every unknown.
   */
  readonly bothReadings?: true;
  /**
   * Throws when the law is broken. `open` gives a fresh world, closed by who asked.
   *
   * @throws HookMissing when the world lacks a hook of `needs`
   */
  check(open: () => Promise<ContractWorld>, fixtures: Fixtures): Promise<void>;
}

/** A law with hooks in the types of what it checks. */
interface LawWith<H extends Hook> extends Omit<Law, 'needs' | 'check'> {
  readonly needs: readonly H[];
  check(open: () => Promise<ContractWorld<H>>, fixtures: Fixtures): Promise<void>;
}

/** A law could not look: that is no proof of anything. */
export class HookMissing extends Error {
  override readonly name = 'HookMissing';
}

/** Makes a law that looks at no world which lacks a hook that it needs. */
export function defineLaw<H extends Hook = never>(law: LawWith<H>): Law {
  return Object.freeze({
    ...law,
    check: (open: () => Promise<ContractWorld>, fixtures: Fixtures) =>
      law.check(async () => {
        const world = await open();
        const missing = missingHooks(world, law.needs);
        if (hasHooks(world, law.needs)) return world;
        await world[Symbol.asyncDispose]();
        throw new HookMissing(`the world does not give ${missing.join(' and ')}`);
      }, fixtures),
  });
}

function hasHooks<H extends Hook>(
  world: ContractWorld,
  needs: readonly H[],
): world is ContractWorld & ContractWorld<H> {
  return missingHooks(world, needs).length === 0;
}

/** A state with nothing in it. */
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
  world.settle?.();
  const held = world.oracle();
  const anchors = (again.rendering?.anchors ?? []).map(({ sha256 }) => sha256).sort();
  assert.deepEqual([...held.cas].sort(), anchors, `${what}: the CAs in force are not those of the rendering`);
  if (process.bound.info.capabilities.revocation === 'crl') {
    const all = () => trust.revocation.crls.map(({ crl }) => crl.sha256);
    const wanted = [...(world.options.crlsInForce?.(trust) ?? all())].sort();
    assert.deepEqual([...held.crls].sort(), wanted, `${what}: the CRLs in force are not those of the trust`);
  }
  if (held.refuses !== undefined) {
    const listed = trust.revocation.crls.flatMap(({ crl, issuer }) =>
      [...crl.serials()].map((serial) => [serial, issuer.subject.text] as const),
    );
    const { refuses } = held;
    assert.deepEqual(
      listed.filter(([serial, issuer]) => !refuses(serial, issuer)),
      [],
      `${what}: revoked, and admitted`,
    );
    for (const issuer of [undefined, ...new Set(listed.map(([, name]) => name))])
      assert.equal(
        refuses('70d1c0ffee5e41a1', issuer),
        false,
        `${what}: a client that nobody revoked is refused`,
      );
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

/** The calls that wrote while something was done. */
export async function writesDuring(
  { calls }: Pick<ContractWorld<'calls'>, 'calls'>,
  doing: () => Promise<unknown>,
): Promise<readonly Call[]> {
  const before = calls().length;
  await doing();
  return writesSince({ calls }, before);
}

/** The calls that wrote, after the first so many of all. */
export function writesSince(
  { calls }: Pick<ContractWorld<'calls'>, 'calls'>,
  before: number,
): readonly Call[] {
  return calls()
    .slice(before)
    .filter(({ writes }) => writes);
}

/** A whole run, undisturbed: its steps, and what holds in the end. */
export async function run(
  open: () => Promise<ContractWorld>,
  before: Trust | undefined,
  after: Trust | undefined,
) {
  await using world = await open();
  const memory = fresh();
  if (before !== undefined) await apply(world, memory, before);
  const { steps } = await apply(world, memory, after);
  world.settle?.();
  return { steps, held: world.oracle() };
}

/** A whole run, undisturbed, with the write of each step. */
export async function runWithWrites(
  open: () => Promise<ContractWorld<'calls'>>,
  before: Trust | undefined,
  after: Trust | undefined,
) {
  await using world = await open();
  const memory = fresh();
  if (before !== undefined) await apply(world, memory, before);
  const writes: Call[] = [];
  let seen = 0;
  const { steps } = await apply(world, memory, after, {
    before() {
      seen = world.calls().length;
      return undefined;
    },
    after() {
      writes.push(...writesSince(world, seen).slice(0, 1));
    },
  });
  world.settle?.();
  return { steps, writes, held: world.oracle() };
}

/** Opens a world for as long as something is done in it. */
export async function withWorld<W extends ContractWorld, T>(
  open: () => Promise<W>,
  doing: (world: W) => Promise<T>,
): Promise<T> {
  await using world = await open();
  return await doing(world);
}
