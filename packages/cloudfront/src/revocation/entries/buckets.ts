import type { Layout } from './layout.ts';
import {
  exactText,
  hashName,
  hashSerial,
  issuerPrefix,
  type SerialSet,
  startOf,
  writeFour,
} from './serials.ts';

/**
 * Serials in the buckets of a layout, each bucket sorted and without doubles: the same set gives
 * the same text.
 */
export interface Packed {
  /** By bucket: the value, however long. */
  readonly values: readonly string[];
  /**
   * An index into the set for an entry of a bucket, to name its serial; undefined when there is
   * none.
   */
  readonly find: (bucket: number, entry: string) => number | undefined;
  /** Indexes of the serials in a bucket. */
  readonly members: (bucket: number) => Iterable<number>;
  /** The entry of a serial of the set. */
  readonly textOf: (index: number) => string;
}

/** The base buckets of a store that holds exactly these serials. */
export function packSerials(set: SerialSet, layout: Layout): Packed {
  const hashed = hashAll(set, layout);
  let order: Uint32Array | undefined;
  /** Indexes of the serials in a bucket; sorted out when they are first asked for. */
  const members = (bucket: number): Uint32Array => {
    order ??= orderOf(hashed);
    return order.subarray(hashed.starts[bucket], hashed.starts[bucket + 1]);
  };
  const prefixes = set.names.map((name) => issuerPrefix(name, layout.seed));
  const textOf = (index: number): string => {
    if (layout.form === 'compact') return fingerprint(hashed.fingerprints[index] ?? 0);
    const serial = exactText(set.bytes, startOf(set, index), set.ends[index] ?? 0);
    return `${prefixes[set.owners[index] ?? 0]}.${serial}`;
  };
  const values =
    layout.form === 'compact'
      ? compactValues(hashed)
      : Array.from({ length: layout.buckets }, (_, bucket) =>
          joinEntries('exact', [...new Set(Array.from(members(bucket), textOf))].sort()),
        );
  return {
    values,
    find: (bucket, entry) => members(bucket).find((index) => textOf(index) === entry),
    members,
    textOf,
  };
}

/** Serials by their hash, in the order of the set. */
interface Hashed {
  readonly bucketOf: Uint32Array;
  /**
   * 48 bits as a number: the low half of the first word of the hash, and the second. So they sort
   * without making strings.
   */
  readonly fingerprints: Float64Array;
  /** Where each bucket begins when all stand one behind the other; one more for their end. */
  readonly starts: Uint32Array;
}

function hashAll({ count, ends, bytes, owners, names }: SerialSet, layout: Layout): Hashed {
  const issuers = names.map((name) => hashName(name, layout.seed));
  const out = new Int32Array(2);
  const bucketOf = new Uint32Array(count);
  const fingerprints = new Float64Array(count);
  const starts = new Uint32Array(layout.buckets + 1);
  for (let i = 0, start = 0; i < count; i += 1) {
    const end = ends[i] ?? 0;
    hashSerial(bytes, start, end, issuers[owners[i] ?? 0] ?? layout.seed, out);
    start = end;
    const first = out[0] ?? 0;
    const bucket = Math.floor(((first >>> 0) / 4294967296) * layout.buckets);
    bucketOf[i] = bucket;
    fingerprints[i] = (first & 0xffff) * 4294967296 + ((out[1] ?? 0) >>> 0);
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
  }
  for (let bucket = 0; bucket < layout.buckets; bucket += 1)
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
  return { bucketOf, fingerprints, starts };
}

/** Counting sort: where each serial stands, bucket by bucket. */
function eachPosition({ bucketOf, starts }: Hashed, visit: (position: number, index: number) => void): void {
  const next = starts.slice();
  for (let i = 0; i < bucketOf.length; i += 1) {
    const bucket = bucketOf[i] ?? 0;
    const position = next[bucket] ?? 0;
    visit(position, i);
    next[bucket] = position + 1;
  }
}

function orderOf(hashed: Hashed): Uint32Array {
  const order = new Uint32Array(hashed.bucketOf.length);
  eachPosition(hashed, (position, index) => {
    order[position] = index;
  });
  return order;
}

/** 48 bits as eight characters. */
function fingerprint(number: number): string {
  const text = Buffer.alloc(8);
  writeEight(number, text, 0);
  return text.toString('latin1');
}

function writeEight(number: number, text: Uint8Array, at: number): void {
  const upper = Math.floor(number / 4294967296);
  const lower = number >>> 0;
  writeFour((upper << 8) | (lower >>> 24), text, at);
  writeFour(lower & 0xffffff, text, at + 4);
}

function compactValues(hashed: Hashed): readonly string[] {
  const sorted = new Float64Array(hashed.fingerprints.length);
  eachPosition(hashed, (position, index) => {
    sorted[position] = hashed.fingerprints[index] ?? 0;
  });
  const text = Buffer.allocUnsafe(sorted.length * 8);
  return Array.from({ length: hashed.starts.length - 1 }, (_, bucket) => {
    const [start, end] = [hashed.starts[bucket] ?? 0, hashed.starts[bucket + 1] ?? 0];
    sorted.subarray(start, end).sort();
    let used = start * 8;
    for (let i = start; i < end; i += 1) {
      const number = sorted[i] ?? 0;
      if (i > start && number === sorted[i - 1]) continue;
      writeEight(number, text, used);
      used += 8;
    }
    return end === start ? noEntries : text.toString('latin1', start * 8, used);
  });
}

/**
 * The value of a bucket without entries: none is empty, as the service's pages differ on empty
 * values.
 */
const noEntries = '.';

/**
 * Entries, sorted, as the text of a base bucket. In exact form an entry is its issuer's prefix and its
 * serial, and the serials of one issuer stand behind its prefix: `:AbCd.serial.serial.:EfGh.serial.`.
 */
export function joinEntries(form: Layout['form'], entries: readonly string[]): string {
  if (entries.length === 0) return noEntries;
  if (form === 'compact') return entries.join('');
  let prefix = '';
  let text = '';
  for (const entry of entries) {
    const at = entry.indexOf('.');
    if (entry.slice(0, at) !== prefix) {
      prefix = entry.slice(0, at);
      text += `:${prefix}.`;
    }
    text += `${entry.slice(at + 1)}.`;
  }
  return text;
}

/** The text of a bucket as its entries. */
export function splitEntries(form: Layout['form'], text: string): readonly string[] {
  if (text === noEntries || text === '') return [];
  if (form === 'compact') return text.match(/.{8}/gs) ?? [];
  return text
    .split(':')
    .slice(1)
    .flatMap((run) => {
      const [prefix = '', ...serials] = run.split('.');
      return serials.slice(0, -1).map((serial) => `${prefix}.${serial}`);
    });
}
