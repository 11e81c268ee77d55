import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa, createTestClock } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  crlIssuer,
  crlPem,
  diffCrls,
  isTrustloomError,
  judgeCrl,
  parseCrl,
  readCertificate,
  readCrl,
  verifyCrl,
} from '../src/index.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
const clock = createTestClock('2026-11-24T10:00:00Z');
const ca = await createTestCa({ subject: 'CN=Acme Root,O=Acme', clock });
const issuer = readCertificate(ca.der);
const serials = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    (BigInt(index) * 0x9e3779b97f4a7c15n + 0x51n).toString(16).slice(-30),
  );
const entries = (count: number) =>
  serials(count).map((serial, index) => ({
    serial,
    ...(index % 3 === 0 ? { reason: 'keyCompromise' as const } : {}),
  }));

describe.skipIf(!openssl)('CRLs read as openssl crl reads them (needs openssl)', () => {
  test.each([0, 1, 1_000, 14_102])(
    '%i entries: count, serials, number and dates, from DER and from PEM',
    (count) => {
      const testCrl = ca.issueCrl({ entries: entries(count), number: 77 });
      const folder = mkdtempSync(join(tmpdir(), 'crl-'));
      try {
        const file = join(folder, 'list.crl');
        writeFileSync(file, testCrl.der);
        const said = execFileSync(
          'openssl',
          [
            'crl',
            '-inform',
            'DER',
            '-in',
            file,
            '-noout',
            '-text',
            '-crlnumber',
            '-lastupdate',
            '-nextupdate',
          ],
          { encoding: 'utf8', maxBuffer: 64e6 },
        );
        const other = [...said.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, serial = '']) =>
          serial.toLowerCase().replace(/^0+(?=.)/, ''),
        );
        const date = (name: string) => Date.parse(new RegExp(`${name}=(.*)`).exec(said)?.[1] ?? '');
        for (const crl of [readCrl(testCrl.der), parseCrl(testCrl.pem, 'list.pem')]) {
          expect(crl.entryCount).toBe(count);
          expect([...crl.serials()]).toEqual(other);
          expect(crl.number).toBe(
            String(Number.parseInt(/crlNumber=(?:0x)?([0-9A-F]+)/i.exec(said)?.[1] ?? '', 16)),
          );
          expect(crl.thisUpdate).toBe(date('lastUpdate'));
          expect(crl.nextUpdate).toBe(date('nextUpdate'));
          expect(verifyCrl(crl, issuer)).toBe('valid');
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('a CRL', () => {
  test('without nextUpdate keeps its entries', () => {
    const crl = readCrl(ca.issueCrl({ entries: entries(3), nextUpdate: undefined }).der);
    expect(crl.nextUpdate).toBeUndefined();
    expect([...crl.serials()]).toEqual(serials(3).map((serial) => serial.replace(/^0+(?=.)/, '')));
  });

  test('is asked by value: any notation of the integer but the sign byte, and never a neighbour', () => {
    const crl = readCrl(
      ca.issueCrl({ entries: [{ serial: '80' }, { serial: '00ff01' }, { serial: '1' }] }).der,
    );
    expect(['80', 'ff01', '1'].every((serial) => crl.has(serial))).toBe(true);
    expect(['81', 'ff02', '2', '0', '', 'zz', '-80'].some((serial) => crl.has(serial))).toBe(false);
  });

  test('answers for every serial of a long CRL, and for none beside it', () => {
    const all = serials(20_000);
    const crl = readCrl(ca.issueCrl({ entries: all.map((serial) => ({ serial })) }).der);
    expect(all.every((serial) => crl.has(serial))).toBe(true);
    expect(all.filter((serial) => crl.has(`1${serial}`))).toEqual([]);
  });

  test('round-trips through PEM', () => {
    const crl = ca.issueCrl({ entries: entries(10) });
    expect(parseCrl(crlPem(readCrl(crl.der)), 'x').sha256).toBe(readCrl(crl.der).sha256);
  });

  test('whose signature was made by another key of the same name is not that CA’s', async () => {
    const rekeyed = readCertificate((await ca.rekey()).der);
    const crl = readCrl(ca.issueCrl({ entries: entries(1) }).der);
    expect(crlIssuer(crl, [rekeyed, issuer])?.sha256).toBe(issuer.sha256);
    expect(verifyCrl(crl, rekeyed)).toBe('invalid');
  });

  test('that was changed anywhere is refused by a code, or its signature no longer verifies', () => {
    const der = ca.issueCrl({ entries: entries(20) }).der;
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(der);
        changed[at] = (changed[at] ?? 0) ^ flip;
        try {
          expect(verifyCrl(readCrl(changed), issuer)).not.toBe('valid');
        } catch (error) {
          expect(isTrustloomError(error) && error.code).toBe('crl-malformed');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('that was cut, or has something behind it, is refused', () => {
    const der = ca.issueCrl({ entries: entries(20) }).der;
    for (let length = 0; length < der.length; length += 7)
      expect(() => readCrl(der.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'crl-malformed' }),
      );
    expect(() => readCrl(Uint8Array.from([...der, 0]))).toThrow(
      expect.objectContaining({ code: 'crl-malformed' }),
    );
  });

  test.each([
    ['a web page', '<html>not found</html>'],
    ['a certificate', ca.pem],
    ['two CRLs', ca.issueCrl({}).pem + ca.issueCrl({}).pem],
    ['nothing', ''],
  ])('cannot be %s', (_name, text) => {
    expect(() => parseCrl(text, 'crl')).toThrow(expect.objectContaining({ code: 'crl-malformed' }));
  });
});

describe('judging a CRL', () => {
  const now = clock.now();
  const crl = (options: Parameters<typeof ca.issueCrl>[0]) => readCrl(ca.issueCrl(options).der);
  const inForce = { sha256: 'f'.repeat(64), number: '5', thisUpdate: now - 3_600_000, entries: 2 };
  const codes = (judged: ReturnType<typeof judgeCrl>) => judged.findings.map(({ code }) => code);

  test('a newer one is accepted, the same one is the same', () => {
    const newer = crl({ number: 6, thisUpdate: now });
    expect(judgeCrl({ crl: newer, issuer, now, inForce })).toEqual({
      outcome: 'accepted',
      lost: [],
      findings: [],
    });
    expect(judgeCrl({ crl: newer, issuer, now, inForce: { ...inForce, sha256: newer.sha256 } }).outcome).toBe(
      'same',
    );
  });

  test('an older one is refused, and what is in force stays', () => {
    const judged = judgeCrl({
      crl: crl({ number: 4, thisUpdate: now - 7_200_000, nextUpdate: now + 1_000 }),
      issuer,
      now,
      inForce,
    });
    expect([judged.outcome, ...codes(judged)]).toEqual(['refused', 'crl-older']);
  });

  test('an expired one is reported, a future one refused', () => {
    expect(
      codes(judgeCrl({ crl: crl({ thisUpdate: now - 7_200_000, nextUpdate: now - 1_000 }), issuer, now })),
    ).toEqual(['crl-expired']);
    const future = judgeCrl({
      crl: crl({ thisUpdate: now + 3_600_000, nextUpdate: now + 7_200_000 }),
      issuer,
      now,
    });
    expect([future.outcome, ...codes(future)]).toEqual(['refused', 'crl-not-yet-valid']);
  });

  test('one signed by another key is refused', async () => {
    const other = readCertificate((await ca.rekey()).der);
    const judged = judgeCrl({ crl: crl({}), issuer: other, now });
    expect([judged.outcome, ...codes(judged)]).toEqual(['refused', 'crl-bad-signature']);
  });

  test('what changed from one issue to the next is counted and shown', () => {
    const older = crl({ entries: [{ serial: 'a1' }, { serial: 'b2' }] });
    const newer = crl({ entries: [{ serial: 'b2' }, { serial: 'c3' }, { serial: 'd4' }] });
    expect(diffCrls(older, newer)).toMatchObject({
      added: 2,
      removed: 1,
      addedSerials: ['c3', 'd4'],
      removedSerials: ['a1'],
    });
  });
});
