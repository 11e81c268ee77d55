import { describe, expect, test } from 'vitest';
import type { Effect } from '../src/adapter/step.ts';
import { isBlockingOthers, nextStep } from '../src/apply/next-step.ts';
import { type Phase, phases, type Stage } from '../src/apply/phases.ts';
import type { PlannedStep } from '../src/plan/consent.ts';

const step = (id: string, effect: Effect, more: Partial<PlannedStep> = {}): PlannedStep => ({
  id,
  effect,
  kind: 'write',
  affects: [],
  summary: `do ${id}`,
  reason: `${id} is missing`,
  action: 'fake:Write',
  target: 'edge',
  needs: [],
  missing: [],
  ...more,
});

const grant = step('grant', 'grant');
const enforce = step('enforce', 'enforce', { after: ['grant'] });
const revoke = step('revoke', 'revoke');

interface Case {
  readonly steps: readonly PlannedStep[];
  readonly stage: Stage;
  readonly done?: readonly string[];
  readonly failed?: readonly string[];
  readonly next: string | undefined;
}

describe('the step that is done next', () => {
  test.each<[string, Case]>([
    ['of none: none', { steps: [], stage: 'cleanup', next: undefined }],
    ['the first in the order of the plan', { steps: [grant, enforce], stage: 'enforce', next: 'grant' }],
    ['one that stands before what it needs', { steps: [enforce, grant], stage: 'enforce', next: 'grant' }],
    ['after what it needs', { steps: [grant, enforce], stage: 'enforce', done: ['grant'], next: 'enforce' }],
    ['all done', { steps: [grant], stage: 'cleanup', done: ['grant'], next: undefined }],
    ['not before its phase', { steps: [enforce], stage: 'grant', next: undefined }],
    ['of an earlier phase, late', { steps: [step('tag', 'tag')], stage: 'cleanup', next: 'tag' }],
    ['a revocation before all else', { steps: [grant, revoke], stage: 'cleanup', next: 'revoke' }],
    ['a revocation in each phase', { steps: [revoke], stage: 'tag', next: 'revoke' }],
    ['nothing but revocations in their stage', { steps: [grant, revoke], stage: 'revoke', next: 'revoke' }],
    ['no grant in the stage of revocations', { steps: [grant], stage: 'revoke', next: undefined }],
    [
      'a revocation that waits for a grant: the grant',
      { steps: [step('crl', 'revoke', { after: ['grant'] }), grant], stage: 'grant', next: 'grant' },
    ],
    [
      'a revocation that waits for a grant, in the stage of revocations',
      { steps: [step('crl', 'revoke', { after: ['grant'] }), grant], stage: 'revoke', next: undefined },
    ],
    [
      'none that was left out',
      { steps: [step('grant', 'grant', { skipped: 'consent' })], stage: 'cleanup', next: undefined },
    ],
    [
      'none that waits for one that was left out',
      { steps: [{ ...grant, skipped: 'consent' }, enforce], stage: 'cleanup', next: undefined },
    ],
    [
      'one that waits for a step that the plan does not have any more',
      { steps: [enforce], stage: 'enforce', next: 'enforce' },
    ],
    [
      'the next revocation after one that was refused',
      { steps: [revoke, step('other', 'revoke')], stage: 'revoke', failed: ['revoke'], next: 'other' },
    ],
    [
      'none that waits for a revocation that was refused',
      {
        steps: [revoke, step('enforce', 'enforce', { after: ['revoke'] })],
        stage: 'cleanup',
        failed: ['revoke'],
        next: undefined,
      },
    ],
  ])('%s', (_, { steps, stage, done = [], failed = [], next }) => {
    expect(nextStep(steps, new Set(done), new Set(failed), stage)?.id).toBe(next);
  });

  test('each step comes once, and none before what it needs', () => {
    const all = [
      step('cleanup', 'cleanup', { after: ['remove'] }),
      step('remove', 'remove'),
      enforce,
      revoke,
      grant,
    ];
    const done = new Set<string>();
    for (const stage of ['revoke', ...phases] as const)
      for (
        let next = nextStep(all, done, new Set(), stage);
        next;
        next = nextStep(all, done, new Set(), stage)
      )
        done.add(next.id);
    expect([...done]).toEqual(['revoke', 'grant', 'enforce', 'remove', 'cleanup']);
  });
});

interface Blocking {
  readonly steps: readonly PlannedStep[];
  readonly phase: Phase;
  readonly done?: readonly string[];
  readonly failed?: readonly string[];
  readonly busy?: string;
  readonly blocks: boolean;
}

describe('other targets wait', () => {
  test.each<[string, Blocking]>([
    ['for a grant before they enforce', { steps: [grant], phase: 'grant', blocks: true }],
    ['no longer once it is done', { steps: [grant], phase: 'grant', done: ['grant'], blocks: false }],
    [
      'while the service is still busy with it',
      { steps: [grant], phase: 'grant', done: ['grant'], busy: 'grant', blocks: true },
    ],
    ['not for a later phase', { steps: [enforce], phase: 'grant', blocks: false }],
    ['for an earlier phase', { steps: [grant], phase: 'remove', blocks: true }],
    ['not for a revocation', { steps: [revoke], phase: 'cleanup', blocks: false }],
    ['not for a tag', { steps: [step('tag', 'tag')], phase: 'cleanup', blocks: false }],
    [
      'not for what has no consent',
      { steps: [step('grant', 'grant', { skipped: 'consent' })], phase: 'grant', blocks: false },
    ],
    ['not for what was refused', { steps: [grant], phase: 'grant', failed: ['grant'], blocks: false }],
    [
      'not for a grant that blocks nobody, before they enforce',
      { steps: [step('grant', 'grant', { nonBlocking: true })], phase: 'grant', blocks: false },
    ],
    [
      'for a grant that blocks nobody, before they remove',
      { steps: [step('grant', 'grant', { nonBlocking: true })], phase: 'enforce', blocks: true },
    ],
  ])('%s', (_, { steps, phase, done = [], failed = [], busy, blocks }) => {
    expect(isBlockingOthers(steps, new Set(done), new Set(failed), busy, phase)).toBe(blocks);
  });
});
