import { createTestCa, createTestClock } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { formatRetained, parseRetained, retain } from '../src/crl/retained.ts';
import { judgeCrl, readCertificate, readCrl } from '../src/index.ts';

const hour = 3_600_000;
const day = 24 * hour;
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const ca = await createTestCa({ subject: 'CN=Issuing', clock });
const issuer = readCertificate(ca.der);
type Entries = NonNullable<NonNullable<Parameters<typeof ca.issueCrl>[0]>['entries']>;

const serials = (count: number, from = 1): Entries =>
  Array.from({ length: count }, (_, index) => ({ serial: 0x1000 + from + index, date: now - 10 * day }));
const older = (entries: Entries, number = 5) =>
  readCrl(ca.issueCrl({ entries, number, thisUpdate: now - hour, nextUpdate: now + hour }).der);
const newer = (entries: Entries, number = 6) =>
  readCrl(ca.issueCrl({ entries, number, thisUpdate: now, nextUpdate: now + day }).der);

function judge(
  before: ReturnType<typeof older>,
  crl: ReturnType<typeof newer>,
  more: { leafLifeMs?: number; readmit?: boolean; forget?: boolean } = {},
) {
  const { forget, ...rest } = more;
  const { sha256, number = '', thisUpdate, entryCount: entries } = before;
  const inForce = { sha256, number, thisUpdate, entries, ...(forget ? {} : { crl: before }) };
  const { verdict, lost, findings } = judgeCrl({ crl, issuer, now, inForce, ...rest });
  return { verdict, codes: findings.map(({ code }) => code), lost, findings };
}

describe('serials that left a list', () => {
  test('a few without a reason are named; the list is taken', () => {
    const { verdict, codes, findings } = judge(older(serials(20)), newer(serials(18, 3)));
    expect([verdict, ...codes]).toEqual(['accepted', 'crl-serials-lost']);
    expect(findings[0]?.message).toContain('no longer names 1001, 1002');
  });

  test('more than ten and more than a tenth refuse it, unless that very list is readmitted', () => {
    const [before, after] = [older(serials(50)), newer(serials(39, 12))];
    const { verdict, codes, findings } = judge(before, after);
    expect([verdict, ...codes]).toEqual(['refused', 'crl-shrunk']);
    expect(findings[0]?.message).toContain('lost 11 of 50 serials');
    expect(findings[0]?.message).toContain(`readmit:${after.sha256}`);
    expect(judge(before, after, { readmit: true }).verdict).toBe('accepted');
    expect(judge(older(serials(50)), newer(serials(40, 11))).verdict).toBe('accepted');
    expect(judge(older(serials(111)), newer(serials(100, 12))).verdict).toBe('accepted');
  });

  test('of certificates that must have expired they may go, as many as there are', () => {
    const { verdict, codes } = judge(older(serials(50)), newer([]), { leafLifeMs: 9 * day });
    expect([verdict, ...codes]).toEqual(['accepted']);
    expect(judge(older(serials(50)), newer([]), { leafLifeMs: 11 * day }).verdict).toBe('refused');
  });

  test('on hold they may go at once', () => {
    const held = serials(30).map((entry) => ({ ...entry, reason: 'certificateHold' as const }));
    const { verdict, codes, lost } = judge(older(held), newer([]));
    expect([verdict, ...codes]).toEqual(['accepted']);
    expect(lost).toHaveLength(30);
    expect(lost[0]).toEqual({ serial: '1001', revokedAt: now - 10 * day, reason: 6 });
  });
});

describe('a number that went back', () => {
  test('is told when nothing was lost, as after a CA was re-created', () => {
    const { verdict, codes } = judge(older(serials(3), 400), newer(serials(4), 0));
    expect([verdict, ...codes]).toEqual(['accepted', 'crl-number-back']);
  });

  test('refuses a list that lost a single serial', () => {
    const { verdict, codes } = judge(older(serials(3), 400), newer(serials(2), 0));
    expect([verdict, ...codes]).toEqual(['refused', 'crl-shrunk']);
  });

  test('refuses a list when nobody can tell what was lost', () => {
    const { verdict, codes } = judge(older(serials(3), 400), newer(serials(4), 0), { forget: true });
    expect([verdict, ...codes]).toEqual(['refused', 'crl-number-back']);
    expect(judge(older(serials(3), 400), newer(serials(4), 401), { forget: true }).verdict).toBe('accepted');
  });
});

describe('what stays refused where Trustloom owns the check', () => {
  const lost = [
    { serial: 'a1', revokedAt: now - day },
    { serial: 'b2', revokedAt: now - day, reason: 6 },
  ];
  const base = { before: [], lost, isListed: () => false, thisUpdate: now };

  test('is what was lost, but not what was on hold', () => {
    expect(retain(base)).toEqual([{ serial: 'a1', since: now }]);
  });

  test('goes when it is listed again, or when the longest leaf life has passed since', () => {
    const before = [
      { serial: 'c3', since: now - 40 * day },
      { serial: 'd4', since: now - 20 * day },
    ];
    const kept = (more: object) => retain({ ...base, before, ...more }).map(({ serial }) => serial);
    expect(kept({})).toEqual(['a1', 'c3', 'd4']);
    expect(kept({ leafLifeMs: 30 * day })).toEqual(['a1', 'd4']);
    expect(kept({ isListed: (serial: string) => serial === 'd4' })).toEqual(['a1', 'c3']);
  });

  test('is remembered as text, one serial a line', () => {
    const text = formatRetained([{ serial: 'a1', since: now }]);
    expect(text).toBe('a1 2026-11-24T10:00:00Z\n');
    expect(parseRetained(text)).toEqual([{ serial: 'a1', since: now }]);
    expect(() => parseRetained('not a serial\n')).toThrow(
      expect.objectContaining({ code: 'record-unreadable' }),
    );
  });
});
