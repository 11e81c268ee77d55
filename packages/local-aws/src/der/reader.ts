/**
 * Bytes that are not what X.509 says they should be. The message never holds the bytes themselves.
 */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DerError';
  }
}

/** One element: where it stands in the bytes. Offsets, so that nothing is copied. */
export interface Element {
  readonly tag: number;
  /** Offset of the tag. */
  readonly start: number;
  /** Offset of the contents. */
  readonly body: number;
  /** Offset after the last byte. */
  readonly end: number;
}

export const TAG = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
});

/** Reads the element at an offset: definite, shortest lengths only, low tag numbers only. */
export function elementAt(bytes: Uint8Array, start: number, limit: number): Element {
  if (start + 2 > limit) throw new DerError('an element is cut short');
  const tag = bytes[start] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag number above 30');
  const first = bytes[start + 1] ?? 0;
  if (first < 0x80) return within(tag, start, start + 2, first, limit);
  const count = first & 0x7f;
  if (count === 0) throw new DerError('an indefinite length');
  if (count > 4 || start + 2 + count > limit) throw new DerError('a length that does not fit');
  let length = 0;
  for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[start + 2 + i] ?? 0);
  if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length that is not the shortest');
  return within(tag, start, start + 2 + count, length, limit);
}

function within(tag: number, start: number, body: number, length: number, limit: number): Element {
  const end = body + length;
  if (end > limit) throw new DerError('an element is longer than what holds it');
  return { tag, start, body, end };
}

/** Walks the elements inside another one. */
export interface Walk {
  /** The next element; with a tag given, it must have that tag. */
  next(tag?: number): Element;
  /** The next element if it has that tag. */
  optional(tag: number): Element | undefined;
  /** Tag of the next element; -1 at the end. */
  peek(): number;
  /** Refuses anything that is left. */
  done(): void;
}

export function walk(bytes: Uint8Array, parent: { readonly body: number; readonly end: number }): Walk {
  let at = parent.body;
  const peek = () => (at < parent.end ? (bytes[at] ?? -1) : -1);
  const next = (tag?: number): Element => {
    const element = elementAt(bytes, at, parent.end);
    if (tag !== undefined && element.tag !== tag)
      throw new DerError('an element of another type than expected');
    at = element.end;
    return element;
  };
  return {
    next,
    optional: (tag) => (peek() === tag ? next(tag) : undefined),
    peek,
    done() {
      if (at !== parent.end) throw new DerError('elements that do not belong there');
    },
  };
}

/** The one element that fills all the bytes. */
export function whole(bytes: Uint8Array, tag: number = TAG.sequence): Element {
  const element = elementAt(bytes, 0, bytes.length);
  if (element.tag !== tag) throw new DerError('an element of another type than expected');
  if (element.end !== bytes.length) throw new DerError('bytes after the end');
  return element;
}

/** All elements inside another one. */
export function children(bytes: Uint8Array, parent: Element): readonly Element[] {
  const inside = walk(bytes, parent);
  const found: Element[] = [];
  while (inside.peek() !== -1) found.push(inside.next());
  return found;
}

export const contents = (bytes: Uint8Array, element: Element): Uint8Array =>
  bytes.subarray(element.body, element.end);

export const encoding = (bytes: Uint8Array, element: Element): Uint8Array =>
  bytes.subarray(element.start, element.end);

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export function boolean(bytes: Uint8Array, element: Element): boolean {
  const value = bytes[element.body];
  if (element.end - element.body !== 1 || (value !== 0 && value !== 0xff))
    throw new DerError('a bad boolean');
  return value === 0xff;
}

/** Contents of an INTEGER, in the shortest form only. */
export function integerBytes(bytes: Uint8Array, element: Element): Uint8Array {
  const value = contents(bytes, element);
  const [first, second] = value;
  if (first === undefined) throw new DerError('an empty integer');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw new DerError('an integer that is not in its shortest form');
  return value;
}

export function integer(bytes: Uint8Array, element: Element): bigint {
  const value = integerBytes(bytes, element);
  return BigInt.asIntN(value.length * 8, BigInt(`0x${hex(value)}`));
}

/** A small non-negative number (version, path length). */
export function count(bytes: Uint8Array, element: Element): number {
  const value = integer(bytes, element);
  if (value < 0n || value > 0xffffffffn) throw new DerError('a number out of range');
  return Number(value);
}

export function oid(bytes: Uint8Array, element: Element): string {
  const arcs: bigint[] = [];
  let value = 0n;
  let started = false;
  for (const byte of contents(bytes, element)) {
    if (!started && byte === 0x80) throw new DerError('a bad object identifier');
    started = (byte & 0x80) !== 0;
    value = value * 128n + BigInt(byte & 0x7f);
    if (started) continue;
    arcs.push(value);
    value = 0n;
  }
  const [first, ...rest] = arcs;
  if (started || first === undefined) throw new DerError('a bad object identifier');
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join('.');
}

/** A BIT STRING: its bytes, and how many bits of the last one are unused (and must be zero). */
export function bitString(bytes: Uint8Array, element: Element): { unused: number; data: Uint8Array } {
  const unused = bytes[element.body];
  const data = bytes.subarray(element.body + 1, element.end);
  if (unused === undefined || element.body === element.end || unused > 7 || (unused > 0 && data.length === 0))
    throw new DerError('a bad bit string');
  if (((data[data.length - 1] ?? 0) & ((1 << unused) - 1)) !== 0) throw new DerError('a bad bit string');
  return { unused, data };
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED = /^(\d\d\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** A Time in the one form that RFC 5280 section 4.1.2.5 allows. Milliseconds since the epoch. */
export function time(bytes: Uint8Array, element: Element): number {
  const utc = element.tag === TAG.utcTime;
  if (!utc && element.tag !== TAG.generalizedTime) throw new DerError('no time where one is expected');
  const match = (utc ? UTC : GENERALIZED).exec(Buffer.from(contents(bytes, element)).toString('latin1'));
  if (!match) throw new DerError('a time in another form than RFC 5280 allows');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const full = utc ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const date = new Date(0);
  date.setUTCFullYear(full, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  if (
    date.getUTCMonth() !== month - 1 ||
    date.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    throw new DerError('a time that does not exist');
  return date.getTime();
}
