import type { Code } from '../errors/codes.ts';
import type { Path } from './source.ts';

/** Collects what is wrong; everything is reported at once. */
export type Complain = (code: Code, path: Path, message: string, where?: 'key' | 'value') => void;

/**
 * What is said behind an unknown word: the nearest known one, or something else where none is near.
 *
 * @example
 * didYouMean('edgr', ['edge', 'web']) // '; did you mean `edge`?'
 */
export function didYouMean(word: string, known: readonly string[], otherwise = ''): string {
  const near = nearest(word, known);
  return near === undefined ? otherwise : `; did you mean \`${near}\`?`;
}

/** The known word nearest to a wrong one; undefined when none is near. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= Math.max(2, Math.floor(word.length / 3))
    ? best.candidate
    : undefined;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
