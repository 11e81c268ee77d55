import { sha256Hex } from '@trustloom/core/adapter';
import { cloudfrontInfo } from '../../service.ts';
import type { EntryForm, Seed } from './serials.ts';

/**
 * How a store is laid out: fixed when it is made, and kept in its tag, so that its keys can be
 * judged without trusting them.
 */
export interface Layout {
  readonly form: EntryForm;
  readonly seed: Seed;
  /** Base buckets, `0` and on; a multiple of `groups`. */
  readonly buckets: number;
  /** Delta buckets, `d0` and on: each takes what is new in as many base buckets. */
  readonly groups: number;
}

/**
 * Bytes that a base bucket gets when a store is made: room to grow, and for `compact` a share of
 * the promised bound.
 */
const targetFill = 560;
/** With the manifest and the items of some CRLs, all delta buckets still fit into two updates. */
const mostGroups = 90;
/**
 * So many serials share a delta bucket: one of a hundred that comes or goes in a day leaves room
 * for more.
 */
const perGroup = { exact: 2000, compact: 5500 } as const;

/**
 * The layout for so many serials of so many bytes of text. `salt` differs from attempt to attempt.
 */
export function chooseLayout(
  form: EntryForm,
  { count, textBytes }: { readonly count: number; readonly textBytes: number },
  salt: string,
): Layout {
  const groups = Math.min(mostGroups, Math.max(4, Math.ceil(count / perGroup[form])));
  const buckets = groups * Math.max(1, Math.ceil(textBytes / targetFill / groups));
  const digest = sha256Hex(`${form} ${salt}`);
  const word = (at: number) => Number.parseInt(digest.slice(at, at + 8), 16) | 0;
  return { form, seed: [word(0), word(8)], buckets, groups };
}

/** What the tag of a store begins with: stores of another way to write entries are made anew. */
const version = 'v2';

/** As it stands in the store's tag: `v2 compact 12 -7 5400 90`. */
export function layoutTag({ form, seed, buckets, groups }: Layout): string {
  return [version, form, ...seed, buckets, groups].join(' ');
}

/** Reads the tag; undefined when it is none of ours. */
export function readLayout(tag: string | undefined): Layout | undefined {
  const [, form, a, b, buckets, groups] =
    /^v2 (exact|compact) (-?\d{1,10}) (-?\d{1,10}) (\d{1,6}) (\d{1,4})$/.exec(tag ?? '') ?? [];
  const layout = {
    seed: [Number(a) | 0, Number(b) | 0] as const,
    buckets: Number(buckets),
    groups: Number(groups),
  };
  if (form !== 'exact' && form !== 'compact') return undefined;
  if (layout.groups < 1 || layout.buckets < 1 || layout.buckets % layout.groups !== 0) return undefined;
  return { form, ...layout };
}

/**
 * Key of a base bucket, and of the delta bucket above it. Base keys are bare numbers: there are
 * thousands.
 */
export const baseKey = (bucket: number): string => String(bucket);
export const deltaKey = (group: number): string => `d${group}`;

/** Bytes that a value takes at most. */
export const valueBytes = cloudfrontInfo.limits.valueBytes.max;
