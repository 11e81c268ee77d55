import { describe, expect, it } from 'vitest';
import {
  contractLaws,
  type Hook,
  type LawId,
  runAdapterContract,
  type TestContext,
  type World,
} from '../src/index.ts';
import { fake } from './fake-adapter.ts';
import { fakeOptions } from './fake-options.ts';

type Body = (context: TestContext) => Promise<void>;

/** The tests that the suite registers for worlds without some hooks, by title. */
function registered(lacking: readonly Hook[], skips: Readonly<Partial<Record<LawId, string>>> = {}) {
  const tests = new Map<string, Body>();
  const skipped: string[] = [];
  const options = fakeOptions(fake);
  const without = (world: World): World => ({
    ...world,
    ...Object.fromEntries(lacking.map((hook) => [hook, undefined])),
  });
  const register = (name: string, body: Body) => void tests.set(name, body);
  runAdapterContract(
    {
      describe: (_name, body) => body(),
      it: Object.assign(register, { skip: (name: string) => void skipped.push(name) }),
    },
    { ...options, skips, worlds: { open: async (reading) => without(await options.worlds.open(reading)) } },
  );
  return { tests, skipped };
}

const titleOf = (id: LawId) => contractLaws.find((law) => law.id === id)?.title ?? id;

describe('a law that cannot look', () => {
  it.each([
    ['admits', ['revoked-refused']],
    ['foreign', ['foreign-untouched']],
    ['edits', ['edits-undone']],
    ['snapshot', ['observing-writes-nothing']],
    ['faults', ['lost-answers', 'errors']],
    [
      'calls',
      ['observing-writes-nothing', 'one-write-a-step', 'lost-answers', 'purity', 'errors', 'permissions'],
    ],
  ] as const)('is skipped with the reason, and never passes: a world without %s', async (hook, laws) => {
    expect(
      contractLaws
        .filter(({ needs }) => needs.includes(hook))
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...laws].sort());
    const { tests } = registered([hook]);
    for (const law of laws) {
      const reasons: (string | undefined)[] = [];
      await tests.get(titleOf(law))?.({ skip: (reason) => void reasons.push(reason) });
      expect(reasons, law).toEqual([`the world does not give ${hook}`]);
    }
  });

  it('says all that it lacks', async () => {
    const { tests } = registered(['calls', 'faults']);
    const reasons: (string | undefined)[] = [];
    await tests.get(titleOf('errors'))?.({ skip: (reason) => void reasons.push(reason) });
    expect(reasons).toEqual(['the world does not give calls and faults']);
  });

  it('is registered as a skip where the caller says so', () => {
    const { tests, skipped } = registered([], { leaves: 'there is only one' });
    expect(skipped).toEqual([`${titleOf('leaves')} (there is only one)`]);
    expect(tests.has(titleOf('leaves'))).toBe(false);
  });

  it('passes where every hook is given', async () => {
    const reasons: (string | undefined)[] = [];
    await registered([]).tests.get(titleOf('observing-writes-nothing'))?.({
      skip: (reason) => void reasons.push(reason),
    });
    expect(reasons).toEqual([]);
  });
});
