import { describe, expect, test } from 'vitest';
import { deleteOldCopies, deleteRevocation } from '../src/plan/teardown.ts';
import { type Copies, copiesIn } from '../src/revocation/copies.ts';

const file = (n: number) => ({ key: `acme/entries/${n}.json`, version: `v${n}` });
const files = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => file(from + n));
const noted = (before: readonly object[], current = file(99)) => ({
  entries: { arn: 'a', etag: 'e', location: { bucket: 'b', ...current }, before: before as never },
});
/** What a target that leaves does with its copies. */
const leaving = (copies: Copies) =>
  deleteRevocation({ keyValueStores: [], distributions: [], copies }, ['detach:E2EXAMPLE']);

describe('copies of a KeyValueStore', () => {
  test('wait until they are worth a call, and never count for the approval', () => {
    expect(deleteOldCopies(copiesIn(noted(files(0, 9))))).toEqual([]);
    const [step] = deleteOldCopies(copiesIn(noted(files(0, 10))));
    expect(step).toMatchObject({ effect: 'cleanup', affects: [], input: { files: files(0, 10) } });
  });

  test('that were deleted are not deleted again before the next write has forgotten them', () => {
    const notes = { ...noted(files(0, 10)), cleaned: files(0, 10) };
    expect(deleteOldCopies(copiesIn(notes))).toEqual([]);
    expect(copiesIn({ ...noted(files(10, 12)), cleaned: files(0, 10) }).old).toEqual(files(10, 12));
  });

  test('the newest is never deleted, though the store may have held the same before', () => {
    const again = copiesIn(noted([...files(0, 10), file(99)]));
    expect(again.old).toEqual(files(0, 10));
  });

  test('all go with a target that leaves, once', () => {
    const [step] = leaving(copiesIn(noted(files(0, 2))));
    const all = [...files(0, 2), file(99)];
    expect(step).toMatchObject({ input: { files: all, noted: all }, after: ['detach:E2EXAMPLE'] });
    expect(leaving(copiesIn({ ...noted(files(0, 2)), cleaned: all }))).toEqual([]);
  });

  test('a state that says nothing, or nonsense, gives nothing to delete', () => {
    for (const notes of [{}, { entries: 1 }, { entries: { before: [{ key: 1 }, 'x'] } }])
      expect(copiesIn(notes)).toEqual({ old: [], noted: [] });
  });
});
