import { spawnSync } from 'node:child_process';
import { isTrustloomError, readCrl } from '../../src/index.ts';
import { crlOf, entry, serialOf } from './crls.ts';
import * as der from './der.ts';

/** What a reader made of some bytes: its serials, or `undefined` when it refused them. */
export type Reading = readonly string[] | undefined;

/** Python's `cryptography` is here. */
export const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0;
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** No CRL may take longer, in milliseconds. */
const slowest = 2_000;

/** A small generator, so that a seed names a run (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const reason = (code: number) => der.sequence(der.extension('551d15', Buffer.of(0x0a, 1, code)));
const invalidity = der.sequence(der.extension('551d18', der.generalizedTime('20261101000000Z')));
const good: readonly Buffer[] = [
  crlOf({
    entries: [
      entry(der.integer(serialOf(1))),
      entry(der.integer('00ff'), undefined, reason(1)),
      entry(der.integer('00'), der.generalizedTime('20501124093000Z'), invalidity),
      entry(der.integer('7f'.repeat(20)), undefined, reason(6)),
    ],
    extensions: [
      der.extension('551d14', der.integer('05')),
      der.extension('551d23', der.sequence(der.tlv(0x80, Buffer.alloc(20, 7)))),
    ],
  }),
  crlOf({ extensions: [der.extension('551d14', der.integer('05'))] }),
  crlOf({
    entries: [entry(der.integer('41'), undefined, reason(8))],
    extensions: [
      der.extension('551d14', der.integer('06')),
      der.extension('551d1b', der.integer('05'), der.boolean(255)),
    ],
  }),
];

/** A CRL that was right, with bytes changed, cut out, doubled or put in. */
export function mutant(random: (below: number) => number): Uint8Array {
  let bytes = [...(good[random(good.length)] ?? [])];
  for (let changes = 1 + random(3); changes > 0; changes -= 1) {
    const at = random(bytes.length);
    const length = 1 + random(8);
    const kinds = [
      () => bytes.splice(at, 1, random(256)),
      () => bytes.splice(at, 1, (bytes[at] ?? 0) ^ (1 << random(8))),
      () => bytes.splice(at, length),
      () => bytes.splice(at, 0, ...bytes.slice(at, at + length)),
      () => bytes.splice(at, 0, ...Array.from({ length }, () => random(256))),
    ];
    // Mostly one byte: most else is noticed by the first length.
    const kind = random(3) > 0 ? kinds[random(2)] : kinds[random(kinds.length)];
    kind?.();
    if (bytes.length === 0) bytes = [0];
  }
  return Uint8Array.from(bytes);
}

/** Ours; anything but a code of this kind, or more time than allowed, is an error. */
export function ownReading(bytes: Uint8Array): Reading {
  // The time of the processor: it is the same on a busy machine.
  const start = process.cpuUsage();
  const reading = readOrRefuse(bytes);
  if (process.cpuUsage(start).user > slowest * 1000) throw new Error('a CRL took too long');
  return reading;
}

function readOrRefuse(bytes: Uint8Array): Reading {
  try {
    return [...readCrl(bytes).serials()];
  } catch (error) {
    if (!isTrustloomError(error) || error.code !== 'crl-malformed') throw error;
    return undefined;
  }
}

const script = `
import sys, json
from cryptography import x509
for line in sys.stdin:
    try:
        crl = x509.load_der_x509_crl(bytes.fromhex(line.strip()))
        serials = [format(one.serial_number, "x") for one in crl]
        crl.extensions, crl.issuer, crl.next_update_utc, crl.last_update_utc
        for one in crl: one.extensions, one.revocation_date_utc
        print(json.dumps(serials))
    except Exception:
        print("null")
`;

/** What Python's cryptography makes of many CRLs, in one process. */
export function pythons(crls: readonly Uint8Array[]): readonly Reading[] {
  const input = crls.map((bytes) => `${Buffer.from(bytes).toString('hex')}\n`).join('');
  const { stdout } = spawnSync('python3', ['-W', 'ignore', '-c', script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as readonly string[] | null) ?? undefined);
}

/** What openssl makes of one list. */
export function openssls(bytes: Uint8Array): Reading {
  const { status, stdout } = spawnSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], {
    input: bytes,
    encoding: 'utf8',
  });
  if (status !== 0) return undefined;
  return [...stdout.matchAll(/^ {4}Serial Number: (-?)([0-9A-F]+)/gm)].map(
    ([, sign = '', hex = '']) => sign + hex.toLowerCase().replace(/^0+(?=.)/, ''),
  );
}

/** What is wrong with our reading beside the others': undefined when nothing is. */
export function fault(bytes: Uint8Array, mine: Reading, python: Reading): string | undefined {
  if (mine === undefined) return needlesslyRefused(bytes, python);
  // Python refuses more than the encoding of a CRL; only what openssl refuses, too, is ours to
  // refuse.
  if (python === undefined && hasOpenssl && openssls(bytes) === undefined)
    return 'taken here, and refused by openssl and cryptography';
  if (python !== undefined && python.join() !== mine.join())
    return `other serials than cryptography: ${mine.join()} and ${python.join()}`;
  return undefined;
}

/**
 * Of what both others take, two things are refused: a critical extension that is not understood
 * (RFC 5280, 5.2), and a signature in bits.
 */
function needlesslyRefused(bytes: Uint8Array, python: Reading): string | undefined {
  if (python === undefined || !hasOpenssl || openssls(bytes) === undefined) return undefined;
  const why = whyRefused(bytes);
  return /critical (?:entry )?extension [\d.]+ is not understood|no signature at the end/.test(why)
    ? undefined
    : `taken by openssl and cryptography, and refused here: ${why}`;
}

function whyRefused(bytes: Uint8Array): string {
  try {
    readCrl(bytes);
    return '';
  } catch (error) {
    return String(error);
  }
}
