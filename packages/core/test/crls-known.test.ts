import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../src/index.ts';
import { type Judging, judging } from './support/judging.ts';

const hour = 3_600_000;
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const root = await createTestCa({ subject: 'CN=Root', clock });
const issuing = await root.intermediate('CN=Issuing');
const deep = await issuing.intermediate('CN=Deep');
const crossSigned = await issuing.renew();
const namesake = await createTestCa({ subject: 'CN=Issuing', clock });
const [rootCa, issuingCa, deepCa, crossSignedCa, namesakeCa] = [
  root,
  issuing,
  deep,
  crossSigned,
  namesake,
].map(({ der }) => readCertificate(der));
const all = { rootCa, issuingCa, deepCa, crossSignedCa, namesakeCa };

/** The CAs with these names. */
const cas = (...names: readonly (keyof typeof all)[]) => names.flatMap((name) => all[name] ?? []);
const makeCrl = (ca: typeof root, ago: number, serials: readonly string[], lives = 24 * hour) =>
  crlOf(
    ca.issueCrl({
      entries: serials.map((serial) => ({ serial })),
      thisUpdate: now - ago,
      nextUpdate: now - ago + lives,
    }),
  );
const judge = (input: Omit<Judging, 'now'>) => {
  const { crls, findings, unread } = judging({ now, ...input });
  return {
    inForce: crls.map(({ crl }) => crl.sha256),
    issuers: crls.map(({ issuer }) => issuer.subject.text),
    expired: crls.map(({ expired }) => expired),
    codes: findings.map(({ code }) => code),
    unread: [...unread.values()],
  };
};

describe('a key is known when its CA is in the lock, or offered by a source and issued by a CA in the lock', () => {
  const otherCrls = [makeCrl(issuing, hour, ['a1'])];

  test.each(['trusted', 'retired', 'distrusted'] as const)('in the lock and %s', (state) => {
    expect(judge({ locked: cas('rootCa', 'issuingCa'), state, crls: otherCrls })).toMatchObject({
      issuers: ['CN=Issuing'],
      codes: [],
    });
  });

  test('offered and issued by a CA in the lock: its CRL is in force before anybody accepts it', () => {
    expect(judge({ locked: cas('rootCa'), offered: cas('issuingCa'), crls: otherCrls })).toMatchObject({
      issuers: ['CN=Issuing'],
      codes: [],
    });
  });

  test('offered alone it is not: its CRL waits until it is accepted', () => {
    const judged = judge({ locked: cas('namesakeCa'), offered: cas('rootCa', 'issuingCa'), crls: otherCrls });
    expect(judged).toMatchObject({ inForce: [], codes: ['crl-issuer-not-accepted'] });
  });

  test('nor is one that only an offered CA issued', () => {
    const crls = [makeCrl(deep, hour, ['d1'])];
    const judged = judge({ locked: cas('rootCa'), offered: cas('issuingCa', 'deepCa'), crls });
    expect(judged).toMatchObject({ inForce: [], codes: ['crl-issuer-not-accepted'] });
  });

  test('by its key: the renewed certificate of a CA speaks for it, a namesake with another key does not', () => {
    expect(judge({ locked: cas('crossSignedCa'), crls: otherCrls }).codes).toEqual([]);
    const foreign = judge({ locked: cas('namesakeCa'), crls: otherCrls });
    expect(foreign).toMatchObject({ inForce: [] });
    expect(foreign.codes).toEqual(['crl-unknown-issuer']);
  });

  test('nobody at all signed the list: an error that leaves every other CRL alone', async () => {
    const unknownCa = await createTestCa({ subject: 'CN=Unknown CA', clock });
    const crls = [makeCrl(unknownCa, hour, ['01']), ...otherCrls];
    expect(judge({ locked: cas('rootCa', 'issuingCa'), crls })).toMatchObject({
      issuers: ['CN=Issuing'],
      codes: ['crl-unknown-issuer'],
    });
  });
});

describe('a newer CRL that is already expired', () => {
  const before = makeCrl(issuing, 30 * hour, ['a1']);
  const ended = makeCrl(issuing, 2 * hour, ['a1', 'b2'], hour);

  test('is in force by definition, marked as expired for whoever attaches CRLs', () => {
    const judged = judge({ locked: cas('issuingCa'), crls: [ended], before: [before] });
    expect(judged).toMatchObject({ inForce: [ended.sha256], expired: [true], codes: ['crl-expired'] });
  });

  test('does not take the place of one that is newer still', () => {
    const newest = makeCrl(issuing, hour, ['a1', 'b2', 'c3']);
    const judged = judge({ locked: cas('issuingCa'), crls: [ended, newest], before: [before] });
    expect(judged).toMatchObject({ inForce: [newest.sha256], expired: [false], codes: [] });
  });
});

describe('refused: the old CRL stays', () => {
  const before = makeCrl(issuing, 5 * hour, ['a1', 'b2']);
  const older = makeCrl(issuing, 9 * hour, ['a1']);

  test('as the state remembers it, and the report says so', () => {
    const judged = judge({ locked: cas('issuingCa'), crls: [older], before: [before] });
    expect(judged).toMatchObject({ inForce: [before.sha256], codes: ['crl-older'], unread: [] });
  });

  test('and whatever the services hold of that key, where the old CRL is not available', () => {
    const judged = judge({ locked: cas('issuingCa'), crls: [older], before: [before], remembered: [] });
    expect(judged).toMatchObject({ inForce: [], codes: ['crl-older'], unread: ['crl-older'] });
  });

  test('of two sources that say different things in one second, the one in force stays, and nothing is reported', () => {
    const other = makeCrl(issuing, 5 * hour, ['a1', 'c3']);
    for (const crls of [
      [before, other],
      [other, before],
    ])
      expect(judge({ locked: cas('issuingCa'), crls, before: [before] })).toMatchObject({
        inForce: [before.sha256],
        codes: [],
      });
  });

  test('alone: the CRLs of other CAs move on', () => {
    const roots = makeCrl(root, hour, ['01']);
    const judged = judge({ locked: cas('rootCa', 'issuingCa'), crls: [older, roots], before: [before] });
    expect([...judged.inForce].sort()).toEqual([before.sha256, roots.sha256].sort());
  });
});
