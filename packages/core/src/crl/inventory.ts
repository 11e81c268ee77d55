import { TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { sha256Hex } from '../util/bytes.ts';
import type { SerialVisitor } from './crl.ts';

/**
 * Serials that the CAs of a group have issued, as the group's `inventory` names them: revoked ones
 * and valid ones.
 */
export interface Inventory {
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  /** Serials in it; one may stand there twice. */
  readonly count: number;
  /**
   * Shows each serial, in the file's order: its magnitude, big-endian, without leading zeros.
   * Nothing is made on the way.
   */
  eachSerial(visit: SerialVisitor): void;
}

/** No serial here is longer, in bytes; RFC 5280 allows 20. */
const longest = 127;
const [newline, hash, colon, zero] = [0x0a, 0x23, 0x3a, 0x30];

/**
 * Reads an inventory: one serial a line in hex, in either case, with or without `0x`, leading zeros
 * and colons. Empty lines and lines that begin with `#` are left out. Strict: a line that is
 * anything else refuses the file, and is named by its number, never by its text.
 *
 * @throws TrustloomError `inventory-malformed`
 * @example
 * parseInventory(new TextEncoder().encode('# issued\n0a:3f\n0x1B\n'), 'issued.txt').count // 2
 */
export function parseInventory(file: Uint8Array, name: string): Inventory {
  const bytes = new Uint8Array(file.length / 2 + 1);
  let ends = new Uint32Array(1024);
  let used = 0;
  let count = 0;
  const nibbles = new Uint8Array(2 * longest);
  for (let at = startOf(file), line = 1; at < file.length; line += 1) {
    const [start, next] = [at, lineEnd(file, at)];
    at = next + 1;
    const end = trimmedEnd(file, start, next);
    if (end === start || file[start] === hash) continue;
    const digits = readDigits(file, start, end, nibbles);
    if (digits === undefined) throw malformed(name, line);
    if (digits % 2 === 1) bytes[used++] = nibbles[0] ?? 0;
    for (let digit = digits % 2; digit < digits; digit += 2)
      bytes[used++] = ((nibbles[digit] ?? 0) << 4) | (nibbles[digit + 1] ?? 0);
    if (count === ends.length) ends = grown(ends);
    ends[count++] = used;
  }
  return {
    sha256: sha256Hex(file),
    count,
    eachSerial(visit) {
      for (let index = 0, start = 0; index < count; index += 1) {
        const end = ends[index] ?? 0;
        visit(bytes, start, end);
        start = end;
      }
    },
  };
}

/** Behind a byte order mark, which editors on Windows write. */
const startOf = (file: Uint8Array) => (file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf ? 3 : 0);

function lineEnd(file: Uint8Array, from: number): number {
  const at = file.indexOf(newline, from);
  return at < 0 ? file.length : at;
}

/** Without spaces, tabs and a carriage return at the end. */
function trimmedEnd(file: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && [0x20, 0x09, 0x0d].includes(file[at - 1] ?? 0)) at -= 1;
  return at;
}

/**
 * Digits of one line without leading zeros, and how many; undefined when it is no serial in hex.
 */
function readDigits(file: Uint8Array, start: number, end: number, out: Uint8Array): number | undefined {
  const prefixed = file[start] === zero && ((file[start + 1] ?? 0) | 0x20) === 0x78;
  let digits = 0;
  let before = colon;
  for (let at = prefixed ? start + 2 : start; at < end; at += 1) {
    const byte = file[at] ?? 0;
    const digit = digitOf(byte);
    if (digit < 0 && (byte !== colon || before === colon)) return undefined;
    before = byte;
    if (digit < 0 || (digit === 0 && digits === 0)) continue;
    if (digits === out.length) return undefined;
    out[digits++] = digit;
  }
  return before === colon ? undefined : digits;
}

/** The value of a hex digit; -1 for any other byte. */
function digitOf(byte: number): number {
  if (byte >= zero && byte <= 0x39) return byte - zero;
  const letter = (byte | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

function grown(old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(old.length * 2);
  larger.set(old);
  return larger;
}

function malformed(file: string, line: number): TrustloomError {
  const message = `${file}:${line}:1: not a serial in hex; the inventory is not used`;
  const finding: Finding = {
    code: 'inventory-malformed',
    severity: 'error',
    message,
    about: file,
    at: { file, line, column: 1 },
  };
  return new TrustloomError('inventory-malformed', message, { context: { file, line }, findings: [finding] });
}
