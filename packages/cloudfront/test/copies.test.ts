import { describe, expect, test } from 'vitest';
import { copiesIn } from '../src/keys-copy.ts';
import { planCopies, planLastCopies } from '../src/plan-copies.ts';

const file = (n: number) => ({ key: `acme/keys/${n}.json`, version: `v${n}` });
const files = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => file(from + n));
const noted = (before: readonly object[], current = file(99)) => ({
  keys: { arn: 'a', etag: 'e', location: { bucket: 'b', ...current }, before: before as never },
});

describe('copies of a key value store', () => {
  test('wait until they are worth a call, and never count for the approval', () => {
    expect(planCopies(copiesIn(noted(files(0, 9))))).toEqual([]);
    const [step] = planCopies(copiesIn(noted(files(0, 10))));
    expect(step).toMatchObject({ effect: 'clean', things: [], input: { files: files(0, 10) } });
  });

  test('that were deleted are not deleted again before the next write has forgotten them', () => {
    const notes = { ...noted(files(0, 10)), cleaned: files(0, 10) };
    expect(planCopies(copiesIn(notes))).toEqual([]);
    expect(copiesIn({ ...noted(files(10, 12)), cleaned: files(0, 10) }).old).toEqual(files(10, 12));
  });

  test('the newest is never deleted, though the store may have held the same before', () => {
    const again = copiesIn(noted([...files(0, 10), file(99)]));
    expect(again.old).toEqual(files(0, 10));
  });

  test('all go with a target that leaves, once', () => {
    const [step] = planLastCopies(copiesIn(noted(files(0, 2))), ['delete-function']);
    expect(step).toMatchObject({ input: { files: [...files(0, 2), file(99)] }, after: ['delete-function'] });
    const after = { ...noted(files(0, 2)), cleaned: step?.input.cleaned ?? [] };
    expect(planLastCopies(copiesIn(after), [])).toEqual([]);
  });

  test('a record that says nothing, or nonsense, gives nothing to delete', () => {
    for (const notes of [{}, { keys: 1 }, { keys: { before: [{ key: 1 }, 'x'] } }])
      expect(copiesIn(notes)).toEqual({ old: [], listed: [] });
  });
});
