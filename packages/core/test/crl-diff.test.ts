import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffCrls, parseCrl, readCrl } from '../src/index.ts';
import { writePem } from '../src/x509/pem.ts';
import { crlOf, entry, serialOf } from './support/crls.ts';
import * as der from './support/der.ts';

const reason = (code: number) => der.sequence(der.extension('551d15', Buffer.of(0x0a, 1, code)));
/**
 * Some entries with a reason, some with a long form of extensions; always the same for one number.
 */
const entryOf = (number: number) => {
  const serial = der.integer(serialOf(number));
  if (number % 3 === 0) return entry(serial);
  const code = reason(number % 2 === 0 ? 1 : 6);
  return entry(serial, undefined, number % 5 === 0 ? withInvalidity(code) : code);
};
const withInvalidity = (code: Buffer) =>
  der.sequence(code.subarray(2), der.extension('551d18', der.generalizedTime('20261101000000Z')));
const issue = (numbers: readonly number[]) => readCrl(crlOf({ entries: numbers.map(entryOf) }));
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('what changes from one issue to the next', () => {
  const count = 400;
  const all = range(count);
  /** Some leave, some come, at any place; then the order is kept or not. */
  const next = fc.record({
    gone: fc.array(fc.nat(count - 1), { maxLength: 60 }),
    burst: fc.tuple(fc.nat(count), fc.nat(150)),
    come: fc.array(fc.tuple(fc.nat(count), fc.integer({ min: count, max: 2 * count })), { maxLength: 60 }),
    shuffle: fc.option(fc.integer(), { nil: undefined }),
  });

  test('is exactly what came and what left, in any order', () => {
    const older = issue(all);
    fc.assert(
      fc.property(next, ({ gone, burst: [from, length], come, shuffle }) => {
        const left = new Set([...gone, ...all.slice(from, from + length)]);
        const added = new Map(come.map(([at, number]) => [number, at]));
        const numbers = all.filter((number) => !left.has(number));
        for (const [number, at] of added) numbers.splice(Math.min(at, numbers.length), 0, number);
        if (shuffle !== undefined)
          numbers.sort((a, b) => serialOf(a * shuffle).localeCompare(serialOf(b * shuffle)));
        const diff = diffCrls(older, issue(numbers), Number.POSITIVE_INFINITY);
        const serials = (some: Iterable<number>) => [...some].map(serialOf).sort();
        expect([...diff.addedSerials].sort()).toEqual(serials(added.keys()));
        expect([...diff.removedSerials].sort()).toEqual(serials(left));
        expect([diff.added, diff.removed]).toEqual([added.size, left.size]);
      }),
      { numRuns: 60 },
    );
  });

  test('comes with the reasons and dates that the CRLs give', () => {
    const { addedEntries, removedEntries } = diffCrls(issue([0, 1, 2]), issue([2, 3, 4, 5]));
    const revokedAt = Date.parse('2026-11-24T09:30:00Z');
    expect(removedEntries).toEqual([
      { serial: serialOf(0), revokedAt },
      { serial: serialOf(1), revokedAt, reason: 6 },
    ]);
    expect(addedEntries.map(({ reason: code }) => code)).toEqual([undefined, 1, 6]);
  });

  test('an entry whose date or reason alone changed neither came nor left', () => {
    const dated = readCrl(crlOf({ entries: [entry(der.integer('41'), der.utcTime('250101000000Z'))] }));
    const again = readCrl(crlOf({ entries: [entry(der.integer('41'), undefined, reason(1))] }));
    expect(diffCrls(dated, again)).toMatchObject({ added: 0, removed: 0 });
    const all = range(2_000).map(entryOf);
    const some = all.map((one, at) =>
      at % 97 === 0 ? entry(der.integer(serialOf(at)), undefined, reason(4)) : one,
    );
    const [older, newer] = [readCrl(crlOf({ entries: all })), readCrl(crlOf({ entries: some }))];
    expect(diffCrls(older, newer)).toMatchObject({ added: 0, removed: 0 });
  });
});

describe('a large CRL as PEM', () => {
  const crl = crlOf({ entries: range(1_500).map(entryOf) });
  const pem = writePem('X509 CRL', crl);
  const sha256 = readCrl(crl).sha256;
  const body = (text: string) => pem.replace(/(?<=CRL-----\n)[^-]+/, text);
  const lines = pem.slice(pem.indexOf('\n') + 1, pem.indexOf('-----END'));

  test.each([
    ['as openssl writes it', pem],
    ['with the line ends of Windows', pem.replaceAll('\n', '\r\n')],
    ['in lines of 76', body(`${lines.replaceAll('\n', '').replace(/.{76}/g, '$&\n')}\n`)],
    ['with text before it', `Certificate Revocation CRL (CRL):\n${pem}`],
    ['without its last line end', pem.trimEnd()],
  ])('is read %s', (_what, text) => {
    expect(parseCrl(Buffer.from(text), 'crl').sha256).toBe(sha256);
  });

  test.each([
    ['a character of the alphabet of URLs', (at: string) => at.replace('A', '_')],
    ['a dash', (at: string) => at.replace('A', '-')],
    ['a character of none', (at: string) => at.replace('A', '!')],
    ['padding in its midst', (at: string) => at.replace('A', '=')],
    ['a line too few', (at: string) => at.slice(65)],
    ['a character too few', (at: string) => at.replace('A', '')],
    ['a line end in the wrong place', (at: string) => at.replace(/(.)\n(.)/, '$1$2\n').replace(/^./, '')],
    ['a header', (at: string) => `Proc-Type: 4,ENCRYPTED\n\n${at}`],
  ])('is refused with %s', (_what, change) => {
    const refused = /^(pem-malformed|pem-headers|crl-malformed)$/;
    expect(() => parseCrl(Buffer.from(body(change(lines))), 'crl')).toThrow(
      expect.objectContaining({ code: expect.stringMatching(refused) }),
    );
  });
});
