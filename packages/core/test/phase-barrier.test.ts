import { beforeEach, describe, expect, test } from 'vitest';
import { createPhaseBarrier, type PhaseBarrier } from '../src/apply/phase-barrier.ts';
import type { Phase } from '../src/apply/phases.ts';

/** By target: the phases that it blocks now. */
let blocked: { one: Set<Phase>; two: Set<Phase> };
let barrier: PhaseBarrier;
const target = (name: 'one' | 'two') => (phase: Phase) => blocked[name].has(phase);

/** True when the promise is resolved by now. */
async function isPassed(passed: Promise<void>): Promise<boolean> {
  const later = new Promise<false>((resolve) => setTimeout(() => resolve(false), 0));
  return Promise.race([passed.then(() => true), later]);
}

beforeEach(() => {
  blocked = { one: new Set(), two: new Set() };
  barrier = createPhaseBarrier([target('one'), target('two')]);
});

describe('a phase', () => {
  test('is passed at once where nobody blocks it', async () => {
    expect(await isPassed(barrier.passed('grant'))).toBe(true);
  });

  test('is passed when the last target comes further, and not before it says so', async () => {
    blocked = { one: new Set(['grant']), two: new Set(['grant']) };
    const passed = barrier.passed('grant');
    blocked.one.clear();
    barrier.advanced();
    expect(await isPassed(passed)).toBe(false);
    blocked.two.clear();
    expect(await isPassed(passed)).toBe(false);
    barrier.advanced();
    expect(await isPassed(passed)).toBe(true);
  });

  test('is the same for all who wait for it', async () => {
    blocked.two.add('grant');
    const waiting = [barrier.passed('grant'), barrier.passed('grant')];
    blocked.two.clear();
    barrier.advanced();
    expect(await Promise.all(waiting.map(isPassed))).toEqual([true, true]);
  });

  test('is not waited for by those who wait for another', async () => {
    blocked.two.add('enforce');
    expect(await isPassed(barrier.passed('grant'))).toBe(true);
    expect(await isPassed(barrier.passed('enforce'))).toBe(false);
  });

  test('does not wait again for a target that had passed it, and was planned again', async () => {
    blocked = { one: new Set(), two: new Set(['grant']) };
    const passed = barrier.passed('grant');
    blocked = { one: new Set(['grant']), two: new Set() };
    barrier.advanced();
    expect(await isPassed(passed)).toBe(true);
  });

  test('without targets is passed', async () => {
    expect(await isPassed(createPhaseBarrier([]).passed('cleanup'))).toBe(true);
  });
});
