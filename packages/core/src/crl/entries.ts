import { childrenOf, DerError, hexOf, integerHex, oidText, readTlv, type Tlv, tags } from '../base/der.ts';

/** The entries of a list as offsets of their serials; no object is made for any of them. */
export interface Entries {
  readonly count: number;
  has(serial: string): boolean;
  serials(): Iterable<string>;
  readonly indirect: boolean;
  /** An entry says removeFromCRL, which only a delta list may. */
  readonly removes: boolean;
}

const none: Entries = { count: 0, has: () => false, *serials() {}, indirect: false, removes: false };

/**
 * Walks revokedCertificates once, strictly: every length, serial and time is checked, and what is kept is one offset per entry.
 *
 * @throws DerError
 * @see RFC 5280, 5.1.2.6
 */
export function readEntries(der: Uint8Array, list: Tlv | undefined): Entries {
  if (list === undefined) return none;
  let offsets = new Uint32Array(Math.max(16, Math.ceil((list.end - list.content) / 36)));
  let count = 0;
  let indirect = false;
  let removes = false;
  for (let at = list.content; at < list.end; ) {
    if (der[at] !== tags.sequence) throw new DerError(`no entry at byte ${at}`);
    let content = at + 2;
    let end = content + (der[at + 1] as number);
    if ((der[at + 1] as number) >= 0x80) ({ content, end } = readTlv(der, at, list.end));
    if (end > list.end) throw new DerError(`entry at byte ${at} goes beyond the list`);
    const after = checkSerial(der, content, end);
    let next = checkTime(der, after, end);
    if (next < end) {
      if (!isPlainReason(der, next, end)) {
        const seen = entryExtensions(der, readTlv(der, next, end, tags.sequence));
        indirect ||= seen.indirect;
        removes ||= seen.removes;
      } else if (der[end - 1] === removeFromCrl) removes = true;
      next = end;
    }
    if (count === offsets.length) offsets = grown(offsets);
    offsets[count] = content;
    count += 1;
    at = end;
  }
  return { count, indirect, removes, ...lookup(der, offsets.subarray(0, count)) };
}

function grown(offsets: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(offsets.length * 2);
  larger.set(offsets);
  return larger;
}

/** INTEGER of at most 127 bytes, in its shortest form; gives the offset after it. */
function checkSerial(der: Uint8Array, at: number, limit: number): number {
  const length = der[at + 1] as number;
  const end = at + 2 + length;
  if (der[at] !== tags.integer || length === 0 || length > 0x7f || end > limit)
    throw new DerError(`no serial at byte ${at}`);
  const first = der[at + 2] as number;
  if (length > 1 && (first === 0 || first === 0xff) && first >>> 7 === (der[at + 3] as number) >>> 7) {
    throw new DerError(`serial not in its shortest form at byte ${at}`);
  }
  return end;
}

/** UTCTime `YYMMDDHHMMSSZ` or GeneralizedTime `YYYYMMDDHHMMSSZ`, in range; gives the offset after it. */
function checkTime(der: Uint8Array, at: number, limit: number): number {
  const length = der[at + 1] as number;
  const end = at + 2 + length;
  const long = der[at] === tags.generalizedTime;
  if (
    end > limit ||
    (long ? length !== 15 : der[at] !== tags.utcTime || length !== 13) ||
    der[end - 1] !== 0x5a
  ) {
    throw new DerError(`no time of RFC 5280 at byte ${at}`);
  }
  for (let index = at + 2; index < end - 1; index += 1) {
    const digit = der[index] as number;
    if (digit < 0x30 || digit > 0x39) throw new DerError(`no time of RFC 5280 at byte ${at}`);
  }
  const two = (index: number) => ((der[index] as number) - 0x30) * 10 + (der[index + 1] as number) - 0x30;
  const month = two(end - 11);
  const day = two(end - 9);
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > 31 ||
    two(end - 7) > 23 ||
    two(end - 5) > 59 ||
    two(end - 3) > 59
  ) {
    throw new DerError(`no such time at byte ${at}`);
  }
  return end;
}

const removeFromCrl = 8;
/** SEQUENCE { SEQUENCE { OID 2.5.29.21, OCTET STRING { ENUMERATED } } }: the reason code, as nearly every CA writes it. */
const plainReason = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01] as const;

function isPlainReason(der: Uint8Array, at: number, end: number): boolean {
  if (end - at !== plainReason.length + 1) return false;
  for (let index = 0; index < plainReason.length; index += 1)
    if (der[at + index] !== plainReason[index]) return false;
  return true;
}

/** RFC 5280, 5.3: reason code, invalidity date and certificate issuer are known; a critical one beside them refuses the list. */
function entryExtensions(
  der: Uint8Array,
  extensions: Tlv,
): { readonly indirect: boolean; readonly removes: boolean } {
  let indirect = false;
  let removes = false;
  for (const extension of childrenOf(der, extensions)) {
    const [type, second, third] = childrenOf(der, extension);
    const value = third ?? second;
    if (type === undefined || value?.tag !== tags.octetString)
      throw new DerError(`no extension at byte ${extension.start}`);
    const oid = oidText(der, type);
    if (oid === '2.5.29.29') indirect = true;
    else if (oid === '2.5.29.21') removes ||= hexOf(der, value.content, value.end) === '0a0108';
    else if (oid !== '2.5.29.24' && oid !== '2.5.29.23' && third !== undefined)
      throw new DerError(`critical entry extension ${oid} is not understood`);
  }
  return { indirect, removes };
}

/** Serials by value. The index is made at the first question, in linear time for any serials: its hash is seeded by the list's own bytes. */
function lookup(der: Uint8Array, offsets: Uint32Array): Pick<Entries, 'has' | 'serials'> {
  let table: Int32Array | undefined;
  const seed = seedOf(der);
  const build = () => {
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(16, offsets.length * 2)))).fill(-1);
    for (let entry = 0; entry < offsets.length; entry += 1) {
      const at = offsets[entry] as number;
      let slot = hashOf(der, at + 2, at + 2 + (der[at + 1] as number), seed) & (slots.length - 1);
      while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = entry;
    }
    return slots;
  };
  return {
    has(serial) {
      const wanted = integerBytes(serial);
      if (wanted === undefined || offsets.length === 0) return false;
      table ??= build();
      for (
        let slot = hashOf(wanted, 0, wanted.length, seed) & (table.length - 1);
        ;
        slot = (slot + 1) & (table.length - 1)
      ) {
        const entry = table[slot] as number;
        if (entry === -1) return false;
        if (sameSerial(der, offsets[entry] as number, wanted)) return true;
      }
    },
    *serials() {
      for (const at of offsets) yield integerHex(der, at + 2, at + 2 + (der[at + 1] as number));
    },
  };
}

function sameSerial(der: Uint8Array, at: number, wanted: Uint8Array): boolean {
  if (der[at + 1] !== wanted.length) return false;
  for (let index = 0; index < wanted.length; index += 1)
    if (der[at + 2 + index] !== wanted[index]) return false;
  return true;
}

/** The DER content of an INTEGER with this value; undefined for what is no integer in hex. */
function integerBytes(serial: string): Uint8Array | undefined {
  if (!/^-?[0-9a-f]+$/.test(serial)) return undefined;
  if (serial.startsWith('-')) return negativeBytes(BigInt(`0x${serial.slice(1)}`));
  const digits = serial.replace(/^0+(?=.)/, '');
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Buffer.from(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even, 'hex');
}

function negativeBytes(magnitude: bigint): Uint8Array {
  let length = 1;
  while (magnitude > 1n << BigInt(8 * length - 1)) length += 1;
  return Buffer.from(((1n << BigInt(8 * length)) - magnitude).toString(16).padStart(2 * length, '0'), 'hex');
}

function seedOf(der: Uint8Array): number {
  // The signature is at the end: nobody can choose serials that collide under it.
  return hashOf(der, Math.max(0, der.length - 32), der.length, 0x811c9dc5);
}

function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let index = from; index < to; index += 1)
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
