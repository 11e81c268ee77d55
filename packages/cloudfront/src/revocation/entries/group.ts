import { joinEntries, splitEntries } from './buckets.ts';
import { baseKey, deltaKey, type Layout, valueBytes } from './layout.ts';

/** One delta bucket and the base buckets below it. */
export interface Group {
  readonly layout: Layout;
  readonly index: number;
  /** Value of a base bucket as it would be in a new store, by bucket. */
  readonly wanted: readonly string[];
  readonly items: ReadonlyMap<string, string>;
  /** True for an entry that stays though it is not wanted. */
  readonly stays: (entry: string) => boolean;
  /** The base was written long enough ago to be at every edge: what the delta repeats may go. */
  readonly settled: boolean;
}

/** The writes of one group. */
export interface GroupChanges {
  readonly base: readonly (readonly [key: string, value: string])[];
  readonly delta: readonly (readonly [key: string, value: string])[];
  /** Entries that the store does not refuse yet, with their buckets. */
  readonly missing: readonly (readonly [bucket: number, entry: string])[];
  /** How many entries it refuses and should not. */
  readonly surplus: number;
  /** Base buckets without room for what belongs there. */
  readonly overflowing: readonly number[];
}

/**
 * Entries that the delta may add in `compact`: with a base bucket as full as it is made, the bound
 * of 2^-41 holds.
 */
const mostCompactAdded = 58;

/**
 * The writes of one group, from what its buckets hold to what they should say. What is new goes to
 * the delta; when that is full, into the base, and a later write clears the delta. An entry is in
 * force as the function reads it: what the delta adds, else what the base has and the delta does
 * not remove.
 */
export function planGroup(group: Group): GroupChanges {
  const { layout, items, index, stays: isKept, settled } = group;
  const { form } = layout;
  const text = items.get(deltaKey(index));
  const buckets = bucketsOf(group);
  const created = buckets.filter(({ stored }) => stored === undefined);
  const differing = buckets.filter(({ stored, wanted }) => stored !== undefined && stored !== wanted);
  const whole = created.map(({ bucket, wanted }) =>
    putBase(bucket, wanted.length <= valueBytes ? wanted : '.'),
  );
  const tooFull = created.filter(({ wanted }) => wanted.length > valueBytes).map(({ bucket }) => bucket);
  if (differing.length === 0 && text === '|')
    return { base: whole, delta: [], missing: [], surplus: 0, overflowing: tooFull };

  const delta = readDelta(form, text);
  const wanted = new Set(buckets.flatMap((one) => splitEntries(form, one.wanted)));
  const diffs = differing.map((one) => ({ ...one, ...diffOf(form, one.stored ?? '', one.wanted) }));
  const unknown = diffs.flatMap(({ bucket, more }) => more.map((entry) => [bucket, entry] as const));
  const fresh = new Set(unknown.map(([, entry]) => entry));
  const added = new Set(delta.added);
  const removed = new Set(delta.removed);
  const missing = [
    ...unknown.filter(([, entry]) => !added.has(entry)),
    ...delta.removed
      .filter((entry) => wanted.has(entry) && !fresh.has(entry) && !added.has(entry))
      .map((entry) => [index, entry] as const),
  ];
  // An entry of another bucket may look the same in compact form: it is never removed then, for
  // that would admit the other one.
  const extra = diffs.flatMap((one) => one.gone).filter((entry) => !wanted.has(entry));
  const gone = extra.filter((entry) => !isKept(entry) || removed.has(entry));
  const strays = delta.added.filter((entry) => !wanted.has(entry) && !isKept(entry));
  const surplus = strays.length + gone.filter((entry) => !removed.has(entry)).length;
  const same = { missing, surplus };
  const wellFormed = text !== undefined && text === deltaText(form, delta);
  if (missing.length === 0 && surplus === 0 && wellFormed)
    return { ...same, base: whole, delta: [], overflowing: tooFull };

  const stray = new Set(strays);
  const stays = delta.added.filter((entry) => !stray.has(entry));
  // What the base has by now may leave the delta; what is only kept stands nowhere else.
  const repeated = stays.filter((entry) => !settled || !wanted.has(entry));
  const next: Delta = { added: [...new Set([...fresh, ...repeated])], removed: gone };
  const fits =
    deltaText(form, next).length <= valueBytes && (form === 'exact' || next.added.length <= mostCompactAdded);
  if (fits) return { ...same, base: whole, delta: putDelta(group, text, next), overflowing: tooFull };

  const merged = diffs.map(({ bucket, stored, wanted: value }) => ({
    bucket,
    value: joinEntries(
      form,
      [...new Set([...splitEntries(form, stored ?? '').filter(isKept), ...splitEntries(form, value)])].sort(),
    ),
  }));
  return {
    ...same,
    base: [
      ...whole,
      ...merged
        .filter(({ value }) => value.length <= valueBytes)
        .map(({ bucket, value }) => putBase(bucket, value)),
    ],
    delta: putDelta(group, text, {
      added: stays,
      removed: delta.removed.filter((entry) => !wanted.has(entry)),
    }),
    overflowing: [
      ...tooFull,
      ...merged.filter(({ value }) => value.length > valueBytes).map(({ bucket }) => bucket),
    ],
  };
}

function bucketsOf({ layout, index, wanted, items }: Group) {
  const size = layout.buckets / layout.groups;
  return Array.from({ length: size }, (_, at) => {
    const bucket = index * size + at;
    return {
      bucket,
      wanted: wanted[bucket] ?? joinEntries(layout.form, []),
      stored: items.get(baseKey(bucket)),
    };
  });
}

function diffOf(form: Layout['form'], stored: string, wanted: string) {
  const before = new Set(splitEntries(form, stored));
  const after = new Set(splitEntries(form, wanted));
  return {
    more: [...after].filter((entry) => !before.has(entry)),
    gone: [...before].filter((entry) => !after.has(entry)),
  };
}

const putBase = (bucket: number, value: string) => [baseKey(bucket), value] as const;

function putDelta({ layout, index }: Group, text: string | undefined, delta: Delta) {
  const value = deltaText(layout.form, delta);
  return value === text ? [] : [[deltaKey(index), value] as const];
}

/**
 * What a delta bucket says of the base buckets below it: who is refused besides, and who of them is
 * refused no longer.
 */
interface Delta {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Reads a delta bucket; one that is not there says nothing. */
function readDelta(form: Layout['form'], text = '|'): Delta {
  const [added = '', removed = ''] = text.split('|');
  return { added: splitEntries(form, added), removed: splitEntries(form, removed) };
}

/** The value of a delta bucket. */
function deltaText(form: Layout['form'], { added, removed }: Delta): string {
  return [added, removed]
    .map((entries) => (entries.length === 0 ? '' : joinEntries(form, [...entries].sort())))
    .join('|');
}
