import type { SignatureAlgorithm } from './algorithm.ts';
import { readSigned, sameAlgorithm, serialHex } from './certificate.ts';
import { authorityKeyId, EXTENSION, rawExtensions } from './extensions.ts';
import { type Name, readName } from './name.ts';
import { count, DerError, type Element, elementAt, integer, TAG, time, walk, whole } from './reader.ts';

/**
 * A certificate revocation list, as read. Entries stay in the bytes; `has` looks them up by an
 * index.
 */
export interface CrlInfo {
  readonly der: Uint8Array;
  readonly issuer: Name;
  /** Encoded name of the issuer. */
  readonly issuerDer: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly entryCount: number;
  /** Whether an entry has a negative serial. */
  readonly hasNegativeSerial: boolean;
  /** Lower-case hex. */
  readonly authorityKeyId: string | undefined;
  readonly number: bigint | undefined;
  readonly isDelta: boolean;
  /**
   * Has an issuingDistributionPoint: covers only part of what the issuer revoked, or more than its
   * own.
   */
  readonly hasIdp: boolean;
  /** Object identifiers of critical extensions of the CRL that are not understood here. */
  readonly unknownCritical: readonly string[];
  /**
   * Whether a serial is listed: hex of the number (`-1` where it is negative), leading zeros and
   * case do not matter.
   */
  has(serialHex: string): boolean;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
}

const KNOWN: readonly string[] = [
  EXTENSION.authorityKeyId,
  EXTENSION.crlNumber,
  EXTENSION.deltaCrl,
  EXTENSION.issuingDistributionPoint,
];

/** Reads a CRL in one pass, strictly (RFC 5280 section 5.1). Throws `DerError`. */
export function readCrl(der: Uint8Array): CrlInfo {
  const { tbs, inside, signatureAlgorithm, signature } = readSigned(der);
  const versionField = inside.optional(TAG.integer);
  if (versionField && count(der, versionField) !== 1) throw new DerError('a CRL of an unknown version');
  sameAlgorithm(der, inside.next(TAG.sequence), signatureAlgorithm.element);
  const issuer = readName(der, inside.next(TAG.sequence));
  const thisUpdate = time(der, inside.next());
  const next = inside.peek();
  const nextUpdate =
    next === TAG.utcTime || next === TAG.generalizedTime ? time(der, inside.next()) : undefined;
  const revoked = inside.optional(TAG.sequence);
  const extensionField = versionField ? inside.optional(0xa0) : undefined;
  inside.done();
  const extensions = extensionField ? rawExtensions(der, walk(der, extensionField).next(TAG.sequence)) : [];
  const value = (type: string) => extensions.find((one) => one.oid === type)?.value;
  const number = value(EXTENSION.crlNumber);
  const key = value(EXTENSION.authorityKeyId);
  const entries = scan(der, revoked);
  let find: ((serial: string) => boolean) | undefined;
  return {
    der,
    issuer,
    issuerDer: issuer.der,
    thisUpdate,
    nextUpdate,
    entryCount: entries.starts.length,
    hasNegativeSerial: entries.negative,
    authorityKeyId: key ? authorityKeyId(key) : undefined,
    number: number ? integer(number, whole(number, TAG.integer)) : undefined,
    isDelta: value(EXTENSION.deltaCrl) !== undefined,
    hasIdp: value(EXTENSION.issuingDistributionPoint) !== undefined,
    unknownCritical: extensions
      .filter((one) => one.critical && !KNOWN.includes(one.oid))
      .map((one) => one.oid),
    has(serial) {
      find ??= index(der, entries.starts);
      return find(serial);
    },
    tbs,
    signature,
    signatureAlgorithm: signatureAlgorithm.value,
  };
}

/** Finds where each entry's serial stands; checks the shape of every entry on the way. */
function scan(der: Uint8Array, revoked: Element | undefined): { starts: Uint32Array; negative: boolean } {
  if (!revoked) return { starts: new Uint32Array(0), negative: false };
  if (revoked.body === revoked.end) throw new DerError('revokedCertificates without entries');
  // The smallest entry has 20 bytes: frame 2, serial 3, time 15.
  const starts = new Uint32Array(Math.floor((revoked.end - revoked.body) / 20) + 1);
  let found = 0;
  let negative = false;
  for (let at = revoked.body; at < revoked.end; found += 1) {
    const entry = elementAt(der, at, revoked.end);
    const serial = elementAt(der, entry.body, entry.end);
    const date = elementAt(der, serial.end, entry.end);
    const first = der[serial.body] ?? 0;
    if (entry.tag !== TAG.sequence || serial.tag !== TAG.integer || serial.body === serial.end)
      throw new DerError('a bad entry in a CRL');
    if (serial.end - serial.body > 1 && first === 0 && (der[serial.body + 1] ?? 0) < 0x80)
      throw new DerError('an integer that is not in its shortest form');
    checkDate(der, date);
    if (date.end !== entry.end && elementAt(der, date.end, entry.end).tag !== TAG.sequence)
      throw new DerError('a bad entry in a CRL');
    negative ||= first >= 0x80;
    starts[found] = serial.start;
    at = entry.end;
  }
  return { starts: starts.subarray(0, found), negative };
}

/** An open hash table over the serials; made at the first question. */
function index(der: Uint8Array, starts: Uint32Array): (serial: string) => boolean {
  const size = 2 ** Math.ceil(Math.log2(starts.length * 2 + 1));
  const slots = new Uint32Array(size);
  const magnitude = (start: number) => {
    const { body, end } = elementAt(der, start, der.length);
    return {
      from: body + (body + 1 < end && der[body] === 0 ? 1 : 0),
      to: end,
      negative: (der[body] ?? 0) >= 0x80,
    };
  };
  /** Rare, and against RFC 5280: as text. */
  const negatives = new Set<string>();
  for (const start of starts) {
    const { from, to, negative } = magnitude(start);
    if (negative) {
      negatives.add(serialHex(der.subarray(from, to)));
      continue;
    }
    let slot = hash(der, from, to) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = start;
  }
  return (serial) => {
    if (serial.startsWith('-')) return negatives.has(serial.toLowerCase());
    if (!/^[0-9a-fA-F]+$/.test(serial)) return false;
    const digits = serial.replace(/^0+(?=.)/, '');
    const wanted = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
    let slot = hash(wanted, 0, wanted.length) & (size - 1);
    for (let start = slots[slot] ?? 0; start !== 0; start = slots[slot] ?? 0) {
      const { from, to } = magnitude(start);
      if (wanted.equals(der.subarray(from, to))) return true;
      slot = (slot + 1) & (size - 1);
    }
    return false;
  };
}

/** Shape of an entry's date, without working it out: a CRL has many. */
function checkDate(der: Uint8Array, date: Element): void {
  const digits = date.tag === TAG.utcTime ? 12 : date.tag === TAG.generalizedTime ? 14 : -1;
  let good = date.end - date.body === digits + 1 && der[date.end - 1] === 0x5a;
  for (let at = date.body; good && at < date.end - 1; at += 1) {
    const byte = der[at] ?? 0;
    good = byte >= 0x30 && byte <= 0x39;
  }
  if (!good) throw new DerError('a bad date in a CRL');
}

function hash(bytes: Uint8Array, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let i = from; i < to; i += 1) value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
