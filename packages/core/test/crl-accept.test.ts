import { createTestCa, createTestClock } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { formatRetained, parseRetained, retain } from '../src/crl/retained.ts';
import { type Crl, judgeCrl, readCertificate, readCrl } from '../src/index.ts';

const hour = 3_600_000;
const day = 24 * hour;
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const ca = await createTestCa({ subject: 'CN=Issuing', clock });
const issuer = readCertificate(ca.der);
type Entries = NonNullable<NonNullable<Parameters<typeof ca.issueCrl>[0]>['entries']>;

const serials = (count: number, from = 1): Entries =>
  Array.from({ length: count }, (_, index) => ({ serial: 0x1000 + from + index, date: now - 10 * day }));
type Dated = Pick<NonNullable<Parameters<typeof ca.issueCrl>[0]>, 'number' | 'thisUpdate' | 'nextUpdate'>;
const crlOf = (entries: Entries, dated: Dated) => readCrl(ca.issueCrl({ entries, ...dated }).der);
const older = (entries: Entries, number = 5) =>
  crlOf(entries, { number, thisUpdate: now - hour, nextUpdate: now + hour });
const newer = (entries: Entries, number = 6) =>
  crlOf(entries, { number, thisUpdate: now, nextUpdate: now + day });

function judge(
  before: Crl,
  crl: Crl,
  more: { leafLifeMs?: number; readmit?: boolean; forget?: boolean; at?: number; by?: typeof issuer } = {},
) {
  const { forget, at = now, by = issuer, ...rest } = more;
  const { sha256, number, thisUpdate, nextUpdate, entryCount: entries } = before;
  const inForce = {
    sha256,
    thisUpdate,
    entries,
    ...(number === undefined ? {} : { number }),
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    ...(forget ? {} : { crl: before }),
  };
  const { outcome, lost, findings } = judgeCrl({ crl, issuer: by, now: at, inForce, ...rest });
  return { outcome, codes: findings.map(({ code }) => code), lost, findings };
}

describe('accepted is a valid signature of a known issuer key and a newer thisUpdate', () => {
  const [before, after] = [older(serials(3)), newer(serials(4))];

  test('with both it is accepted, and nothing is said', () => {
    expect(judge(before, after)).toMatchObject({ outcome: 'accepted', lost: [], findings: [] });
  });

  test('with a signature of another key, or of none, it is refused', async () => {
    const rekeyed = readCertificate((await ca.rekey()).der);
    expect(judge(before, after, { by: rekeyed })).toMatchObject({
      outcome: 'refused',
      codes: ['crl-bad-signature'],
    });
    const spoiled = Uint8Array.from(after.der);
    spoiled[spoiled.length - 1] = (spoiled.at(-1) ?? 0) ^ 1;
    expect(judge(before, readCrl(spoiled)).codes).toEqual(['crl-bad-signature']);
  });

  test('with an earlier thisUpdate it is refused, whatever its number', () => {
    expect(judge(after, older(serials(4), 99))).toMatchObject({ outcome: 'refused', codes: ['crl-older'] });
  });

  test.each([
    ['a higher number', 6, 'accepted', []],
    ['the same number', 5, 'refused', ['crl-shrunk']],
    ['no number', undefined, 'refused', ['crl-shrunk']],
    ['a lower number', 4, 'refused', ['crl-older']],
  ])('of the same second, one serial less, with %s it is %s', (_what, number, outcome, codes) => {
    const again = crlOf(serials(2), { number, thisUpdate: before.thisUpdate });
    const judged = judge(before, again);
    expect(judged.outcome).toBe(outcome);
    expect(judged.codes).toEqual(codes.length > 0 ? codes : ['crl-serials-lost']);
  });

  test('of the same second and number it is taken when it lost nothing, which somebody must be able to tell', () => {
    const again = crlOf(serials(4), { number: 5, thisUpdate: before.thisUpdate });
    expect(judge(before, again)).toMatchObject({ outcome: 'accepted', codes: [] });
    expect(judge(before, again, { forget: true })).toMatchObject({
      outcome: 'refused',
      codes: ['crl-older'],
    });
  });
});

test('a newer CRL that is already expired is accepted, to be used where the check is ours; its end is reported as an error', () => {
  const ended = crlOf(serials(4), { number: 6, thisUpdate: now - 30 * 60_000, nextUpdate: now - 60_000 });
  const { outcome, codes, findings } = judge(older(serials(3)), ended);
  expect([outcome, ...codes]).toEqual(['accepted', 'crl-expired']);
  expect(findings[0]).toMatchObject({ severity: 'error' });
  expect(findings[0]?.message).toMatch(
    /used where Trustloom enforces revocation itself and not attached elsewhere/,
  );
});

describe('refused: the CRL in force stays, and the report says so', () => {
  const shrunk = newer(serials(39, 12));

  test('with the only consent that takes the newer one', () => {
    const [said] = judge(older(serials(50)), shrunk).findings;
    expect(said?.message).toContain('the CRL in force stays');
    expect(said?.message).not.toContain('although');
    expect(said?.message).toContain(`--allow readmit:${shrunk.sha256}`);
  });

  test('never silently while an expired one stays in force', () => {
    const [said] = judge(older(serials(50)), shrunk, { at: now + 2 * hour }).findings;
    expect(said).toMatchObject({ code: 'crl-shrunk', severity: 'error' });
    expect(said?.message).toContain(
      'the CRL in force stays, although that one ended at 2026-11-24T11:00:00Z',
    );
  });

  test('with none in force it is not used, and that is said', () => {
    const wrong = crlOf(serials(1), { thisUpdate: now + hour });
    const { outcome, findings } = judgeCrl({ crl: wrong, issuer, now });
    expect(outcome).toBe('refused');
    expect(findings[0]?.message).toContain('it is not used');
  });
});

describe('serials that disappeared are reported, and refused above a threshold', () => {
  test('a few without a reason are named; the CRL is taken', () => {
    const { outcome, codes, findings } = judge(older(serials(20)), newer(serials(18, 3)));
    expect([outcome, ...codes]).toEqual(['accepted', 'crl-serials-lost']);
    expect(findings[0]?.message).toContain('no longer names 1001, 1002');
  });

  test('more than ten and more than a tenth refuse it, unless that very CRL is readmitted', () => {
    const [before, after] = [older(serials(50)), newer(serials(39, 12))];
    const { outcome, codes, findings } = judge(before, after);
    expect([outcome, ...codes]).toEqual(['refused', 'crl-shrunk']);
    expect(findings[0]?.message).toContain('lost 11 of 50 serials');
    expect(findings[0]?.message).toContain(`readmit:${after.sha256}`);
    expect(judge(before, after, { readmit: true }).outcome).toBe('accepted');
    expect(judge(older(serials(50)), newer(serials(40, 11))).outcome).toBe('accepted');
    expect(judge(older(serials(111)), newer(serials(100, 12))).outcome).toBe('accepted');
  });

  test('of certificates that must have expired they may go, as many as there are', () => {
    const { outcome, codes } = judge(older(serials(50)), newer([]), { leafLifeMs: 9 * day });
    expect([outcome, ...codes]).toEqual(['accepted']);
    expect(judge(older(serials(50)), newer([]), { leafLifeMs: 11 * day }).outcome).toBe('refused');
  });

  test('on hold they may go at once', () => {
    const held = serials(30).map((entry) => ({ ...entry, reason: 'certificateHold' as const }));
    const { outcome, codes, lost } = judge(older(held), newer([]));
    expect([outcome, ...codes]).toEqual(['accepted']);
    expect(lost).toHaveLength(30);
    expect(lost[0]).toEqual({ serial: '1001', revokedAt: now - 10 * day, reason: 6 });
  });
});

describe('a lower number needs a later thisUpdate and no unexplained loss', () => {
  test('with both it is taken and reported, as after a CA was re-created', () => {
    const { outcome, codes } = judge(older(serials(3), 400), newer(serials(4), 0));
    expect([outcome, ...codes]).toEqual(['accepted', 'crl-number-back']);
  });

  test('refuses a CRL that lost a single serial', () => {
    const { outcome, codes } = judge(older(serials(3), 400), newer(serials(2), 0));
    expect([outcome, ...codes]).toEqual(['refused', 'crl-shrunk']);
  });

  test('refuses a CRL when it is unknown what was lost', () => {
    const { outcome, codes } = judge(older(serials(3), 400), newer(serials(4), 0), { forget: true });
    expect([outcome, ...codes]).toEqual(['refused', 'crl-number-back']);
    expect(judge(older(serials(3), 400), newer(serials(4), 401), { forget: true }).outcome).toBe('accepted');
  });
});

describe('in our own checkers serials that disappeared stay until leafLife has passed, without it for good', () => {
  const lost = [
    { serial: 'a1', revokedAt: now - day },
    { serial: 'b2', revokedAt: now - day, reason: 6 },
  ];
  const base = { before: [], lost, isRevoked: () => false, thisUpdate: now };

  test('entries on certificateHold go at once', () => {
    expect(retain(base)).toEqual([{ serial: 'a1', since: now }]);
  });

  test('one goes when it is listed again, or when the longest leaf life has passed since', () => {
    const before = [
      { serial: 'c3', since: now - 40 * day },
      { serial: 'd4', since: now - 20 * day },
    ];
    const kept = (more: object) => retain({ ...base, before, ...more }).map(({ serial }) => serial);
    expect(kept({})).toEqual(['a1', 'c3', 'd4']);
    expect(kept({ leafLifeMs: 30 * day })).toEqual(['a1', 'd4']);
    expect(kept({ isRevoked: (serial: string) => serial === 'd4' })).toEqual(['a1', 'c3']);
  });

  test('they are remembered as text, one serial a line', () => {
    const text = formatRetained([{ serial: 'a1', since: now }]);
    expect(text).toBe('a1 2026-11-24T10:00:00Z\n');
    expect(parseRetained(text)).toEqual([{ serial: 'a1', since: now }]);
    expect(() => parseRetained('not a serial\n')).toThrow(
      expect.objectContaining({ code: 'state-unreadable' }),
    );
  });
});
