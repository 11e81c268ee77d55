import type { KeyForm } from './layout.ts';
import { joinEntries, splitEntries } from './pack.ts';

/** What a delta bucket says of the base buckets below it: who is refused besides, and who of them is refused no longer. */
export interface Delta {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Reads a delta bucket; one that is not there says nothing. */
export function readDelta(form: KeyForm, text = '|'): Delta {
  const [added = '', removed = ''] = text.split('|');
  return { added: splitEntries(form, added), removed: splitEntries(form, removed) };
}

/** The value of a delta bucket. */
export function deltaText(form: KeyForm, { added, removed }: Delta): string {
  return [added, removed]
    .map((entries) => (entries.length === 0 ? '' : joinEntries(form, [...entries].sort())))
    .join('|');
}
