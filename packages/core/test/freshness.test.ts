import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { type Content, isoTime, type ObservedCrl, readCertificate } from '../src/index.ts';
import { caName } from '../src/kit/ca-words.ts';
import { type FreshnessInput, freshnessOf, type KeyedCrl } from '../src/state/freshness.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const clock = createTestClock('2026-11-24T08:15:00Z');
const issued = clock.now();
const ends = issued + day + 10 * minute;
const ca = await createTestCa({ subject: 'CN=CA', clock });
const known = [readCertificate(ca.der)];

/** A CA that publishes each day for a day and ten minutes, and the CRL of today. */
function daily(more: Partial<KeyedCrl> = {}): KeyedCrl {
  return {
    keySha256: known[0]?.keySha256 ?? '',
    complete: true,
    sha256: 'today',
    issuer: 'CN=CA',
    thisUpdate: isoTime(issued),
    nextUpdate: isoTime(ends),
    entries: 3,
    acceptedAt: isoTime(issued + minute),
    recent: [1, 2, 3, 4, 5].map((days) => isoTime(issued - days * day)),
    first: { at: isoTime(issued - 30 * day), entries: 0 },
    ...more,
  };
}

const held = (more: Partial<ObservedCrl> = {}): ObservedCrl => ({
  sha256: 'today',
  issuer: 'CN=CA',
  entries: 3,
  thisUpdate: issued,
  nextUpdate: ends,
  inForce: true,
  ...more,
});

function judge(
  now: number,
  {
    row = daily(),
    crl = held(),
    ...more
  }: Partial<FreshnessInput> & { row?: KeyedCrl; crl?: ObservedCrl } = {},
  content: Partial<Content> = {},
) {
  const held: Content = {
    exists: true,
    cas: [],
    crls: [crl],
    attachments: [],
    bypasses: [],
    endpoints: [],
    findings: [],
    ...content,
  };
  const [fresh] = freshnessOf(held, { rows: [row], known, graceMs: hour, ...more }, now);
  return fresh;
}

describe('a CRL that lives a day and ten minutes', () => {
  test.each([
    ['an hour after its issue', issued + hour, 'fresh', 0],
    ['in its last hour', ends - 30 * minute, 'last-hour', 0],
    ['when the next is due', ends - 10 * minute, 'last-hour', 0],
    ['when half of the ten minutes is gone', ends - 5 * minute + 1, 'overdue', 1],
    ['past its end', ends, 'expired', 1],
  ] as const)('%s', (_name, now, state, red) => {
    const fresh = judge(now);
    expect([fresh?.state, fresh?.red.length]).toEqual([state, red]);
  });

  test.each([
    [
      'a CRL by hand came between',
      [3.75 * hour, 3.75 * hour + day, 3.75 * hour + 2 * day, 3.75 * hour + 3 * day],
    ],
    ['one run was missed', [day, 3 * day, 4 * day, 5 * day, 6 * day]],
  ] as const)('is overdue at the same time when %s', (_name, before) => {
    const row = daily({ recent: before.map((ago) => isoTime(issued - ago)) });
    expect(judge(ends - 6 * minute, { row })?.state).toBe('last-hour');
    expect(judge(ends - 2 * minute, { row })?.state).toBe('overdue');
  });

  test('one run that was late by seven minutes may be late by as much again', () => {
    const before = [day - 7 * minute, 2 * day, 3 * day, 4 * day, 5 * day];
    const row = daily({ recent: before.map((ago) => isoTime(issued - ago)) });
    expect(judge(ends - 2 * minute, { row })?.state).toBe('last-hour');
    expect(judge(ends - minute + 1, { row })?.state).toBe('overdue');
  });
});

describe('nobody is called late before the own usual time has passed', () => {
  test('`OVERDUE` 52 seconds before its time: a CA with an overlap of 4 min 8 s whose rhythm is unknown', () => {
    const until = issued + day + 248_000;
    const crl = held({ nextUpdate: until });
    for (const recent of [[], [issued - day]]) {
      const row = daily({ nextUpdate: isoTime(until), recent: recent.map((at) => isoTime(at)) });
      expect(judge(until - 299_000, { row, crl })?.state).toBe('last-hour');
      expect(judge(until - 1, { row, crl })?.state).toBe('last-hour');
      expect(judge(until, { row, crl })?.state).toBe('expired');
    }
  });

  test('a CA that publishes within six minutes of 08:15 is never late within them', () => {
    const late = [2, 6, 0, 5, 1, 3, 6, 0, 4, 6, 0];
    const issues = late.map((minutes, index) => issued - index * day + minutes * minute);
    const [last = issued, ...before] = issues;
    const until = last + day + 10 * minute;
    const row = daily({
      thisUpdate: isoTime(last),
      nextUpdate: isoTime(until),
      recent: before.slice(0, 10).map((at) => isoTime(at)),
    });
    const crl = held({ thisUpdate: last, nextUpdate: until });
    expect(judge(issued + day + 6 * minute, { row, crl })?.state).toBe('last-hour');
  });

  test('nor where a newer CRL is accepted and not in force here: the CA has published it', () => {
    const row = daily({ sha256: 'newer', thisUpdate: isoTime(issued + day) });
    const fresh = judge(ends - minute, { row, crl: held({ sha256: 'today' }) });
    expect([fresh?.behind, fresh?.state]).toEqual([true, 'last-hour']);
    expect(fresh?.red.join()).not.toContain('overdue');
  });
});

describe('the way of a CRL from its issue to here', () => {
  test('within the ten minutes, and beyond: with the settings that would fix it', () => {
    expect(judge(issued + hour)).toMatchObject({ lagMs: minute, budgetMs: 10 * minute, red: [] });
    const late = judge(issued + hour, { row: daily({ acceptedAt: isoTime(issued + 11 * minute) }) });
    expect(late?.red).toEqual([expect.stringMatching(/at least every 10 min.*issuing_crl_seconds/)]);
  });

  test('against maxLag where that is shorter', () => {
    const row = daily({ acceptedAt: isoTime(issued + 6 * minute) });
    expect(judge(issued + hour, { row, maxLagMs: 5 * minute })?.red).toEqual([
      expect.stringContaining('more than revocation.maxLag of 5 min'),
    ]);
  });

  test('grows while a newer one is not in force, found by its key among CAs of one name', async () => {
    const crl = crlOf(ca.issueCrl({ thisUpdate: issued - day, nextUpdate: ends - day }));
    const testCrl = held({ sha256: crl.sha256, crl, nextUpdate: ends });
    const other = daily({ keySha256: 'other', sha256: 'else', acceptedAt: isoTime(issued + 9 * hour) });
    const fresh = judge(issued + 20 * minute, { crl: testCrl, rows: [other, daily()] });
    expect(fresh).toMatchObject({ behind: true, lagMs: 20 * minute });
    expect(fresh?.red).toEqual([expect.stringContaining('not in force')]);
  });

  test('of the first CRL ever nothing is said', () => {
    const { recent: _none, ...row } = daily({ acceptedAt: isoTime(issued + 9 * hour) });
    expect(judge(issued + 9 * hour, { row, maxLagMs: minute })).toMatchObject({ red: [] });
  });
});

test('where Trustloom owns the check, an expired CRL says until when it is used', () => {
  const enforcement = { mechanism: 'authorizer', state: 'enforced', gaps: [] } as const;
  const fresh = judge(ends + minute, {}, { enforcement });
  expect(fresh?.red).toEqual([expect.stringContaining(isoTime(ends + hour))]);
});

test('CAs of one name are told apart where their key is known', async () => {
  const rekeyed = readCertificate((await ca.rekey()).der);
  const all = { known: [...known, rekeyed] };
  const first = judge(issued, all);
  const second = judge(issued, { ...all, row: daily({ keySha256: rekeyed.keySha256 }) });
  expect([first?.issuer, second?.issuer]).toEqual([...known, rekeyed].map(caName));
  const [older, other] = [
    daily({ sha256: 'newer' }),
    daily({ keySha256: rekeyed.keySha256, sha256: 'else' }),
  ];
  expect(judge(issued, { ...all, rows: [older, other] })?.issuer).toBe('CN=CA');
  const crls = [held(), held({ sha256: 'else' })];
  expect(judge(issued, { ...all, rows: [other, older] }, { crls })).toMatchObject({
    issuer: known.map(caName)[0],
    behind: true,
  });
});

test('a CRL that is not in force is not judged', () => {
  expect(judge(ends, { crl: held({ inForce: false }) })).toBeUndefined();
});
