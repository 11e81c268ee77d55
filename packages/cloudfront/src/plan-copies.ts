import type { FileVersion, Step } from '@trustloom/core';
import type { Copies } from './keys-copy.ts';

/** So many copies that nothing reads are worth a call to delete them. */
const worthACall = 10;
/** So many are noted at most: one call deletes them all. */
export const mostNoted = 1_000;

/** Copies of earlier states of a key value store, which each refresh with news leaves behind. */
export function planCopies({ old, listed }: Copies): readonly Step[] {
  return old.length < worthACall ? [] : [cleanCopies(old, listed, [])];
}

/** All of them: the target leaves. */
export function planLastCopies({ old, current, listed }: Copies, after: readonly string[]): readonly Step[] {
  const all = [...old, ...(current === undefined ? [] : [current])];
  return all.length === 0 ? [] : [cleanCopies(all, listed, after)];
}

function cleanCopies(
  files: readonly FileVersion[],
  listed: readonly FileVersion[],
  after: readonly string[],
): Step {
  return {
    id: 'clean-copies',
    effect: 'clean',
    // Every refresh may add one: an approved plan must not go stale by it.
    things: [],
    mends: `${files.length === 1 ? 'a copy' : `${files.length} copies`} of the key value store in S3, which nothing reads any more`,
    action: 's3:DeleteObjectVersion',
    input: {
      do: 'clean-copies',
      files: files.map(asJson),
      cleaned: [...new Set([...listed, ...files])].map(asJson),
    },
    after,
  };
}

const asJson = ({ key, version }: FileVersion) => ({ key, version });
