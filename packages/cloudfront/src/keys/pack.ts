import type { Layout } from './layout.ts';
import { exactText, hashSerial, writeFour } from './serial-hash.ts';
import type { SerialSet } from './serial-set.ts';

/** Serials in the buckets of a layout, each bucket sorted and without doubles: the same set gives the same text. */
export interface Packed {
  /** By bucket: the value, however long. */
  readonly values: readonly string[];
  /** An index into the set for an entry of a bucket, so that people can be told which serial it is; undefined when there is none. */
  readonly find: (bucket: number, entry: string) => number | undefined;
}

/** The base buckets of a store that holds exactly these serials. */
export function packSerials(set: SerialSet, layout: Layout): Packed {
  const { count, ends, bytes } = set;
  const out = new Int32Array(2);
  const bucketOf = new Uint32Array(count);
  const high = new Uint16Array(count);
  const low = new Uint32Array(count);
  const sizes = new Uint32Array(layout.buckets + 1);
  for (let i = 0, start = 0; i < count; i += 1) {
    const end = ends[i] ?? 0;
    hashSerial(bytes, start, end, layout.seed, out);
    start = end;
    const first = out[0] ?? 0;
    const bucket = Math.floor(((first >>> 0) / 4294967296) * layout.buckets);
    bucketOf[i] = bucket;
    high[i] = first & 0xffff;
    low[i] = out[1] ?? 0;
    sizes[bucket] = (sizes[bucket] ?? 0) + 1;
  }
  const starts = startsOf(sizes, layout.buckets);
  const order = orderOf(bucketOf, starts, count);
  const textOf = (index: number) =>
    layout.form === 'compact'
      ? fingerprint(high[index] ?? 0, low[index] ?? 0)
      : exactText(bytes, index === 0 ? 0 : (ends[index - 1] ?? 0), ends[index] ?? 0);
  const members = (bucket: number) => order.subarray(starts[bucket], starts[bucket + 1]);
  const values = Array.from({ length: layout.buckets }, (_, bucket) =>
    layout.form === 'compact'
      ? compactValue(members(bucket), high, low)
      : exactValue(members(bucket), textOf),
  );
  return { values, find: (bucket, entry) => members(bucket).find((index) => textOf(index) === entry) };
}

function startsOf(sizes: Uint32Array, buckets: number): Uint32Array {
  const starts = new Uint32Array(buckets + 1);
  for (let bucket = 0; bucket < buckets; bucket += 1)
    starts[bucket + 1] = (starts[bucket] ?? 0) + (sizes[bucket] ?? 0);
  return starts;
}

/** Counting sort: the indexes of the serials, bucket by bucket. */
function orderOf(bucketOf: Uint32Array, starts: Uint32Array, count: number): Uint32Array {
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const bucket = bucketOf[i] ?? 0;
    const at = next[bucket] ?? 0;
    order[at] = i;
    next[bucket] = at + 1;
  }
  return order;
}

/** 48 bits as eight characters: the low half of the first word of the hash, and the second. */
function fingerprint(high: number, low: number): string {
  const text = Buffer.alloc(8);
  writeFour((high << 8) | (low >>> 24), text, 0);
  writeFour(low & 0xffffff, text, 4);
  return text.toString('latin1');
}

function compactValue(members: Uint32Array, high: Uint16Array, low: Uint32Array): string {
  // As numbers of 48 bits they sort without making strings.
  const numbers = new Float64Array(members.length);
  for (let i = 0; i < members.length; i += 1) {
    const index = members[i] ?? 0;
    numbers[i] = (high[index] ?? 0) * 4294967296 + (low[index] ?? 0);
  }
  numbers.sort();
  const text = Buffer.allocUnsafe(numbers.length * 8);
  let used = 0;
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    if (i > 0 && number === numbers[i - 1]) continue;
    const upper = Math.floor(number / 4294967296);
    const lower = number >>> 0;
    writeFour((upper << 8) | (lower >>> 24), text, used);
    writeFour(lower & 0xffffff, text, used + 4);
    used += 8;
  }
  return used === 0 ? nobody : text.toString('latin1', 0, used);
}

function exactValue(members: Uint32Array, textOf: (index: number) => string): string {
  return joinEntries('exact', [...new Set(Array.from(members, textOf))].sort());
}

/** The value of a bucket without entries: no value is empty, since the service's word on empty ones differs from page to page. */
const nobody = '.';

/** Entries as the text of a base bucket. */
export function joinEntries(form: Layout['form'], entries: readonly string[]): string {
  if (entries.length === 0) return nobody;
  return form === 'compact' ? entries.join('') : `.${entries.join('.')}.`;
}

/** The text of a bucket as its entries. */
export function splitEntries(form: Layout['form'], text: string): readonly string[] {
  if (text === nobody || text === '') return [];
  if (form === 'exact') return text.slice(1, -1).split('.');
  return text.match(/.{8}/gs) ?? [];
}
