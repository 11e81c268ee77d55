import { describe, expect, test } from 'vitest';
import type { Admission } from '../src/plan/plan.ts';
import { standingWords, wrongWords } from '../src/report/standing.ts';

const targets = [{ name: 'web' }, { name: 'edge' }, { name: 'api' }];
const nobody: Admission = { exposure: [], lockout: [] };
const kinds = ['anybody', 'untrusted', 'revoked', 'unknown', 'bypass', 'consented'] as const;
const exposed = (kind: (typeof kinds)[number]): Admission => ({
  ...nobody,
  exposure: [{ kind, text: 'api: whatever is so' }],
});
const words = (admission: Admission, errors = 0, asDefined = targets) =>
  standingWords({ asDefined, targets, admission, errors });

describe('nothing is called in sync beside an open admission or an error', () => {
  test('all is well', () => expect(words(nobody)).toBe('In sync: all 3 targets'));

  test.each(kinds)('%s', (kind) => {
    const text = words(exposed(kind));
    if (kind === 'consented') expect(text).toBe('In sync: all 3 targets');
    else expect(text).toMatch(/^As defined, but .*\bapi\b/);
  });

  test('revoked clients that are admitted are named with their target', () =>
    expect(words(exposed('revoked'))).toBe('As defined, but revoked clients are admitted on api'));

  test('good clients that are refused, and errors', () => {
    const locked = { ...nobody, lockout: ['web: clients of Acme find no complete chain'] };
    expect(words(locked)).toBe('As defined, but good clients are refused on web');
    expect(words(nobody, 2)).toBe('As defined, but 2 errors');
  });

  test('where not all targets are as defined, how many', () => {
    expect(words(nobody, 0, targets.slice(1))).toBe('In sync: 2 of 3 targets');
    expect(words(exposed('anybody'), 1, targets.slice(1))).toBe(
      'As defined: 2 of 3 targets; anybody is admitted on api; 1 error',
    );
  });

  test('only some kinds, for a refresh', () =>
    expect(wrongWords(exposed('bypass'), targets, ['revoked'])).toEqual([]));
});
