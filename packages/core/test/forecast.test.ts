import { createTestCa, createTestClock, trustOf } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { isoTime } from '../src/index.ts';
import { forecastFull } from '../src/plan/forecast.ts';
import type { KeyedCrl } from '../src/state/freshness.ts';
import { serialOf } from './support/crls.ts';
import { infoOf } from './support/services.ts';

const day = 86_400_000;
const clock = createTestClock('2026-11-24T08:15:00Z');
const now = clock.now();
const ca = await createTestCa({ subject: 'CN=CA', clock });
const entries = Array.from({ length: 100 }, (_, index) => ({ serial: serialOf(index) }));
const trust = trustOf({
  cas: [ca],
  crls: [{ issuer: ca, crl: ca.issueCrl({ entries, nextUpdate: now + day }) }],
});
const { crls } = trust.revocation;

/** The CRL had this many entries so many days ago. */
function since(days: number, before: number): readonly KeyedCrl[] {
  return crls.map(({ issuer, crl }) => ({
    keySha256: issuer.keySha256,
    complete: true,
    sha256: crl.sha256,
    issuer: issuer.subject.text,
    thisUpdate: isoTime(crl.thisUpdate),
    entries: crl.entryCount,
    acceptedAt: isoTime(crl.thisUpdate),
    first: { at: isoTime(crl.thisUpdate - days * day), entries: before },
  }));
}

const reported = (limits: Readonly<Record<string, number>>, rows: readonly KeyedCrl[]) =>
  forecastFull(crls, rows, infoOf('alb', limits), now).map(({ severity, message }) => [severity, message]);

test('a store is full when its largest CRL does not fit twice', () => {
  // 100 entries twice, and 5 a day more: 5 twice. 600 left: 60 days.
  expect(reported({ crlEntries: 800 }, since(20, 0))).toEqual([
    ['warning', expect.stringMatching(/10 more a day: full on 2027-01-23 at the present rate$/)],
  ]);
  expect(reported({ crlEntries: 2_000 }, since(20, 0))[0]?.[0]).toBe('note');
});

test('a CRL is full when its bytes are', () => {
  const bytes = 2 * (crls[0]?.crl.der.length ?? 0);
  const [[severity, message] = []] = reported({ crlBytes: bytes }, since(20, 0));
  expect(severity).toBe('warning');
  expect(message).toMatch(
    /has 100 entries and grows by 5 a day; The alb takes about 14\d of them .*full on 2026-12-0\d/,
  );
});

test.each([
  ['is far off', { crlEntries: 10_000 }, since(20, 0)],
  ['is not coming: the CRL does not grow', { crlEntries: 201 }, since(20, 100)],
  ['cannot be judged by a few days', { crlEntries: 201 }, since(3, 0)],
  ['is here, which is an error of its own', { crlEntries: 150 }, since(20, 0)],
])('nothing is said when the end %s', (_name, limits, rows) => {
  expect(reported(limits, rows)).toEqual([]);
});
