import type { DenyEntry, Trust } from '@trustloom/core';
import {
  type CrlOptions,
  certificateOf,
  createTestCa,
  type TestCa,
  type TestLeaf,
  trustOf,
} from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { publishedDenials } from '../src/revocation/published.ts';
import { openPublisher } from './support/refreshing.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const hour = 3_600_000;

let root: TestCa;
let issuing: TestCa;
let ann: TestLeaf;
let bob: TestLeaf;
let carl: TestLeaf;
let key: string;
beforeAll(async () => {
  root = await createTestCa({ subject: 'CN=Root', key: 'P-256', clock: { now: () => now } });
  issuing = await root.intermediate('CN=Issuing');
  [ann, bob, carl] = [
    await issuing.issue('CN=ann'),
    await issuing.issue('CN=bob'),
    await issuing.issue('CN=carl'),
  ];
  key = certificateOf(issuing).keySha256;
});

/** A CRL of the issuing CA, issued so many hours ago. */
const crl = (hoursAgo: number, revoked: readonly TestLeaf[], more: CrlOptions = {}) => ({
  issuer: issuing,
  crl: issuing.issueCrl({
    entries: revoked.map(({ serial }) => ({ serial })),
    number: 1_000 - hoursAgo,
    thisUpdate: now - hoursAgo * hour,
    nextUpdate: now - hoursAgo * hour + 24 * hour,
    ...more,
  }),
});
const trusting = (
  crls: readonly { issuer: TestCa; crl: ReturnType<TestCa['issueCrl']> }[],
  more: Partial<Trust['revocation']> = {},
): Trust => {
  const trust = trustOf({ cas: [root, issuing], crls });
  return { ...trust, revocation: { ...trust.revocation, ...more } };
};
const denied = (leaf: TestLeaf, more: Partial<DenyEntry> = {}): DenyEntry => ({
  serial: leaf.serial,
  caKey: key,
  ca: 'Issuing',
  by: 'ann',
  why: 'stolen',
  since: '2026-11-26T10:00:00Z',
  ...more,
});

describe('a client on the deny list stays refused', () => {
  test.each([
    ['`revocation.json` is deleted, refresh', true],
    ['`deny: []` is written into the object', false],
  ])('when %s', async (_name, stateLost) => {
    const { refresh, decide, published } = openPublisher();
    await refresh(trusting([crl(2, [])], { denied: [denied(bob)] }), { now });
    expect(await decide(bob.pem, now)).toBe('revoked');
    expect(await refresh(trusting([crl(1, [])]), { now, stateLost })).toEqual([]);
    expect([await decide(bob.pem, now), await decide(ann.pem, now)]).toEqual(['revoked', 'ok']);
    expect(publishedDenials(await published())).toEqual([
      {
        caKey: key,
        ca: `Issuing [${issuing.sha256.slice(0, 8)}]`,
        serial: bob.serial,
        origin: 'denied',
        since: '2026-11-26T10:00:00Z',
      },
    ]);
  });

  test('until `unrevoke` names it, and again when it is denied anew', async () => {
    const { refresh, decide } = openPublisher();
    await refresh(trusting([crl(2, [])], { denied: [denied(bob)] }), { now });
    const released = [{ caKey: key, serial: bob.serial, since: '2026-11-26T11:00:00Z' }];
    await refresh(trusting([crl(2, [])], { released }), { now });
    expect(await decide(bob.pem, now)).toBe('ok');
    const again = denied(bob, { since: '2026-11-26T11:30:00Z' });
    await refresh(trusting([crl(2, [])], { denied: [again], released }), { now });
    await refresh(trusting([crl(2, [])], { released }), { now });
    expect(await decide(bob.pem, now)).toBe('revoked');
  });

  test('until its certificate has ended', async () => {
    const { refresh, published } = openPublisher();
    const notAfter = '2026-11-27T00:00:00Z';
    await refresh(trusting([crl(2, [])], { denied: [denied(bob, { notAfter })] }), { now });
    await refresh(trusting([crl(2, [])]), { now });
    expect(publishedDenials(await published())).toMatchObject([{ notAfter }]);
    await refresh(trusting([crl(2, [])]), { now: Date.parse(notAfter) });
    expect(publishedDenials(await published())).toEqual([]);
  });
});

test('only the retained serials are deleted (a lifecycle rule does that): they stay refused, and come on the list again', async () => {
  const { refresh, decide, published, plan } = openPublisher();
  const retained = new Map([[key, [bob.serial]]]);
  await refresh(trusting([crl(2, [])], { retained }), { now });
  const without = trusting([crl(1, [])]);
  await refresh(without, { now: now + hour });
  expect(await decide(bob.pem, now)).toBe('revoked');
  expect(publishedDenials(await published())).toMatchObject([
    { origin: 'retained', serial: bob.serial, since: '2026-11-26T12:00:00Z' },
  ]);
  expect((await plan(without, { now: now + 2 * hour })).steps).toEqual([]);
  await refresh(trusting([crl(0, [bob])]), { now: now + 2 * hour });
  expect(publishedDenials(await published())).toEqual([]);
  expect(await decide(bob.pem, now)).toBe('revoked');
});

describe('while the state is lost', () => {
  const stateLost = true;

  test('the source serves an older CRL beside it: who the newer one revoked stays refused', async () => {
    const { refresh, decide } = openPublisher();
    await refresh(trusting([crl(1, [bob])]), { now });
    expect(await refresh(trusting([crl(2, [])]), { now, stateLost })).toEqual([]);
    expect([await decide(bob.pem, now), await decide(ann.pem, now)]).toEqual(['revoked', 'ok']);
  });

  test('CRLs of one day do not lock everybody out: a newer one that dropped an ended entry gives the later end', async () => {
    const { refresh, decide, plan, published } = openPublisher();
    await refresh(trusting([crl(2, [bob])]), { now });
    const later = now + 23 * hour;
    const newer = crl(-22, [carl]);
    await refresh(trusting([newer]), { now: later, stateLost });
    const at = now + 40 * hour;
    expect([await decide(ann.pem, at), await decide(bob.pem, at), await decide(carl.pem, at)]).toEqual([
      'ok',
      'revoked',
      'revoked',
    ]);
    expect(publishedDenials(await published())).toMatchObject([{ origin: 'retained', serial: bob.serial }]);
    expect((await plan(trusting([newer]), { now: at, stateLost })).steps).toEqual([]);
  });

  test('the later end counts, whichever CRL has it', async () => {
    const { refresh, published } = openPublisher();
    await refresh(trusting([crl(2, [], { nextUpdate: now + 90 * hour })]), { now });
    await refresh(trusting([crl(1, [])]), { now, stateLost });
    const rows = (await published())?.manifest?.keys.filter((row) => row.key === key);
    expect(rows).toMatchObject([{ nextUpdate: new Date(now + 90 * hour).toISOString().replace('.000', '') }]);
  });

  test('what is published and cannot be read stays named, and what is new comes beside it', async () => {
    const { refresh, published, deleteSets, files } = openPublisher();
    await refresh(trusting([crl(2, [bob])]), { now });
    const was = (await published())?.manifest?.keys.flatMap(({ sets }) => sets) ?? [];
    const kept = new Map([...files].filter(([name]) => name.includes('/sets/')));
    deleteSets();
    await refresh(trusting([crl(1, [carl])]), { now, stateLost });
    const is = (await published())?.manifest?.keys.flatMap(({ sets }) => sets) ?? [];
    expect(is).toHaveLength(2);
    expect(is).toContainEqual(was[0]);
    // It can be read again, and the state is back: what it has becomes entries, and it goes.
    for (const [name, bytes] of kept) files.set(name, bytes);
    await refresh(trusting([crl(1, [carl])]), { now });
    expect((await published())?.manifest?.keys.flatMap(({ sets }) => sets)).toHaveLength(1);
    expect(publishedDenials(await published())).toMatchObject([{ origin: 'retained', serial: bob.serial }]);
  });

  test('a set that is gone for good goes only by the consent that names it', async () => {
    const { refresh, published, deleteSets } = openPublisher();
    await refresh(trusting([crl(2, [bob])]), { now });
    const [was] = (await published())?.manifest?.keys.flatMap(({ sets }) => sets) ?? [];
    deleteSets();
    await refresh(trusting([crl(1, [carl])]), { now, stateLost });
    expect(await refresh(trusting([crl(1, [carl])]), { now })).toEqual([['readmit', [was?.sha256]]]);
    expect(await refresh(trusting([crl(1, [carl])]), { now, allow: ['readmit'] })).toEqual([]);
    expect((await published())?.manifest?.keys.flatMap(({ sets }) => sets)).toHaveLength(1);
  });

  test('a manifest that cannot be read is not written over', async () => {
    const { refresh, files, plan } = openPublisher();
    await refresh(trusting([crl(2, [bob])]), { now });
    for (const name of files.keys()) if (name.endsWith('.json')) files.set(name, Buffer.from('{}'));
    expect((await plan(trusting([crl(1, [])]), { now, stateLost })).steps).toEqual([]);
  });
});

describe('a CA that its issuer revoked stays so', () => {
  const revoked = (trust: Trust): Trust => ({
    ...trust,
    revocation: { ...trust.revocation, revokedCas: trust.known.filter(({ keySha256 }) => keySha256 === key) },
  });
  const rootCrl = (hoursAgo: number, entries: readonly string[]) => ({
    issuer: root,
    crl: root.issueCrl({
      entries: entries.map((serial) => ({ serial })),
      number: 1_000 - hoursAgo,
      thisUpdate: now - hoursAgo * hour,
      nextUpdate: now + 24 * hour,
    }),
  });

  test.each([true, false])('when the state names it no longer (lost: %s)', async (stateLost) => {
    const { refresh, decide } = openPublisher();
    const crls = [rootCrl(2, [issuing.serial])];
    await refresh(revoked(trusting(crls)), { now });
    const left = await refresh(trusting(crls), { now, stateLost });
    expect(left).toEqual(stateLost ? [] : [['readmit', [key]]]);
    expect(await decide(ann.pem, now)).toBe('ca-revoked');
  });

  test('until a newer CRL of the issuer has it no more', async () => {
    const { refresh, decide } = openPublisher();
    await refresh(revoked(trusting([rootCrl(2, [issuing.serial])])), { now });
    expect(await refresh(trusting([rootCrl(1, [])]), { now })).toEqual([]);
    expect(await decide(ann.pem, now)).toBe('ok');
  });
});

describe('lowering waits for its consent', () => {
  test('`grace: 0s` to `3650d`: refresh goes on with the stricter one, and news arrive', async () => {
    const { refresh, decide, published } = openPublisher();
    await refresh(trusting([crl(2, [])], { graceMs: 0 }), { now });
    const graceMs = 3_650 * 24 * hour;
    expect(await refresh(trusting([crl(1, [bob])], { graceMs }), { now })).toEqual([
      ['relax', ['api.example.com grace=87600h']],
    ]);
    expect((await published())?.manifest?.graceMs).toBe(0);
    expect([await decide(bob.pem, now), await decide(ann.pem, now + 24 * hour)]).toEqual([
      'revoked',
      'stale-crl',
    ]);
    expect(await refresh(trusting([crl(1, [bob])], { graceMs }), { now, allow: ['relax'] })).toEqual([]);
    expect((await published())?.manifest?.graceMs).toBe(graceMs);
    await refresh(trusting([crl(1, [bob])], { graceMs: hour }), { now });
    expect((await published())?.manifest?.graceMs).toBe(hour);
  });

  test('`crls` dropped from the group: a key whose CRL was never read goes on refusing', async () => {
    const { refresh, decide } = openPublisher();
    await refresh(trusting([], { unread: new Map([[key, 'crl-copy-lost']]) }), { now });
    expect(await decide(ann.pem, now)).toBe('no-crl');
    expect(await refresh(trusting([]), { now })).toEqual([['relax', [`api.example.com crl:${key}=none`]]]);
    expect(await decide(ann.pem, now)).toBe('no-crl');
    await refresh(trusting([]), { now, allow: ['relax'] });
    expect(await decide(ann.pem, now)).toBe('ok');
  });

  test('`crls` dropped from the group: the CRL in force goes by the consent to readmit', async () => {
    const { refresh, decide } = openPublisher();
    const inForce = crl(2, [bob]);
    await refresh(trusting([inForce]), { now });
    const left = await refresh(trusting([], { denied: [denied(carl)] }), { now });
    expect(left).toEqual([['readmit', [inForce.crl.sha256]]]);
    expect([await decide(bob.pem, now), await decide(carl.pem, now)]).toEqual(['revoked', 'revoked']);
  });
});

test('renaming the target publishes nothing new', async () => {
  const { refresh, plan, files } = openPublisher();
  const trust = trusting([crl(2, [bob])], { denied: [denied(carl)] });
  await refresh(trust, { now, name: 'api' });
  expect([...files.keys()].filter((name) => name.endsWith('.json'))).toEqual([
    'acme/authorizers/eu-west-1/api.example.com.json',
  ]);
  expect((await plan(trust, { now, name: 'gateway' })).steps).toEqual([]);
});
