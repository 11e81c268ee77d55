import { createTestCa, createTestClock } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { mergeCrls, slotOf } from '../src/crl/merged.ts';
import { type Crl, judgeCrl, readCertificate, readCrl, revocationSet } from '../src/index.ts';
import { checkedKeys } from '../src/kit/checked-keys.ts';
import { crlOf } from './support/crls.ts';
import * as der from './support/der.ts';
import { judging } from './support/judging.ts';

const hour = 3_600_000;
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const ca = await createTestCa({ subject: 'CN=Issuing', clock });
const issuer = readCertificate(ca.der);
type Options = NonNullable<Parameters<typeof ca.issueCrl>[0]>;
type Entry = NonNullable<Options['entries']>[number];

const from = (serials: string, reason?: Entry['reason']): readonly Entry[] =>
  serials.split(' ').map((serial) => ({ serial, ...(reason === undefined ? {} : { reason }) }));
const issue = (entries: readonly Entry[], more: Options = {}) =>
  readCrl(ca.issueCrl({ entries, ...more }).der);
const listed = (...crls: readonly Crl[]) => crls.map((crl) => ({ issuer, crl, expired: false }));
const visited = (...crls: readonly Crl[]) => {
  const serials: string[] = [];
  const merged = mergeCrls(listed(...crls));
  merged.eachSerial((bytes, start, end) =>
    serials.push(Buffer.from(bytes.subarray(start, end)).toString('hex')),
  );
  expect(serials).toHaveLength(merged.count);
  expect(serials.every((serial) => merged.has(serial))).toBe(true);
  return serials.sort().join(' ');
};

describe('partitions of one CA', () => {
  const one = issue(from('a1 b2'), { partition: 'http://crl.example/1', nextUpdate: now + 3 * hour });
  const two = issue(from('c3'), { partition: 'http://crl.example/2', nextUpdate: now + hour });

  test('are taken together, until the first of them ends', () => {
    expect(visited(one, two)).toBe('a1 b2 c3');
    const [key] = checkedKeys({
      known: [issuer],
      revocation: revocationSet({ crls: listed(one, two) }),
    });
    expect([key?.state, key?.count, key?.nextUpdate]).toEqual(['listed', 3, now + hour]);
  });

  test('stand in places of their own, by what they say that they cover', () => {
    const scopes = [
      der.sequence(der.tlv(0x81, Buffer.of(255))),
      der.sequence(der.tlv(0x82, Buffer.of(255))),
      der.sequence(der.tlv(0x85, Buffer.of(255))),
      der.sequence(der.tlv(0x83, Buffer.of(1, 2))),
    ].map((idp) => readCrl(crlOf({ extensions: [der.extension('551d1c', idp, der.boolean(255))] })));
    expect(scopes.map(({ scope }) => scope)).toEqual(['partition', 'partition', 'partition', 'partition']);
    const slots = [one, two, issue([]), ...scopes].map(slotOf);
    expect(new Set(slots).size).toBe(7);
    expect(slotOf(issue([], { partition: 'http://crl.example/1' }))).toBe(slotOf(one));
  });
});

describe('a delta CRL', () => {
  const base = issue([...from('a1 b2'), ...from('c3', 'certificateHold')], { number: 5 });
  const delta = (entries: readonly Entry[], deltaOf: number, number: number) =>
    issue(entries, { deltaOf, number, nextUpdate: now + 1_000 });

  test('adds to its base and takes from it', () => {
    const entries = [...from('d4', 'certificateHold'), ...from('c3 ee', 'removeFromCRL')];
    expect(visited(base, delta(entries, 5, 6))).toBe('a1 b2 d4');
    expect(visited(base, delta(entries, 3, 6))).toBe('a1 b2 d4');
  });

  test('says nothing over a base that is older than what it builds on, or as new as itself', () => {
    expect(visited(base, delta(from('d4'), 6, 7))).toBe('a1 b2 c3');
    expect(visited(base, delta(from('a1', 'removeFromCRL'), 4, 5))).toBe('a1 b2 c3');
  });

  test('of a partition counts for that partition alone', () => {
    const part = issue(from('f1'), { number: 5, partition: 'http://crl.example/1' });
    const change = issue(from('f1 a1', 'removeFromCRL'), {
      number: 6,
      deltaOf: 5,
      partition: 'http://crl.example/1',
    });
    expect(visited(base, part, change)).toBe('a1 b2 c3');
  });

  test('ends without ending its base', () => {
    const merged = mergeCrls(listed(base, delta(from('d4'), 5, 6)));
    expect(merged.nextUpdate).toBe(base.nextUpdate);
  });
});

test('an indirect CRL is refused by name', () => {
  const indirect = readCrl(
    ca.issueCrl({
      extensions: [{ oid: '2.5.29.28', critical: true, value: der.sequence(der.tlv(0x84, Buffer.of(255))) }],
    }).der,
  );
  const { outcome, findings } = judgeCrl({ crl: indirect, issuer, now });
  expect([outcome, ...findings.map(({ code }) => code)]).toEqual(['refused', 'crl-indirect']);
});

describe('judging CRLs of several kinds', () => {
  const key = issuer.keySha256;
  const judge = (crls: readonly Crl[], before: readonly Crl[] = [], remembered: readonly Crl[] = before) =>
    judging({ now, locked: [issuer], crls, before, remembered });
  const at = (minutes: number) => ({ thisUpdate: now - minutes * 60_000 });
  const [old, complete] = [issue(from('a1'), at(30)), issue(from('a1 b2'), { number: 2, ...at(20) })];
  const part = issue(from('c3'), { number: 9, partition: 'http://crl.example/1', ...at(20) });
  const newerPart = issue(from('c3 d4'), { number: 10, partition: 'http://crl.example/1', ...at(10) });
  const change = issue(from('e5'), { number: 3, deltaOf: 2, ...at(10) });

  test('keeps the newest of each kind, the complete one first', () => {
    const { crls, accepted, rows, findings } = judge([change, part, newerPart, old, complete]);
    expect(crls.map(({ crl }) => crl.sha256)).toEqual(
      [complete, newerPart, change].map(({ sha256 }) => sha256),
    );
    expect([...accepted.keys()].sort()).toEqual([key, `${key}/${slotOf(part)}`, `${key}/delta`].sort());
    expect(rows.every(({ keySha256 }) => keySha256 === key)).toBe(true);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('a kind whose source gives nothing stays as it was accepted; lost, it is reported', () => {
    const before = [complete, part];
    expect(judge([complete], before).crls.map(({ crl }) => crl.sha256)).toEqual([
      complete.sha256,
      part.sha256,
    ]);
    const { unread } = judge([complete], before, [complete]);
    expect([...unread]).toEqual([[key, 'crl-copy-lost']]);
  });

  test('an older partition is refused, and its complete sibling goes on', () => {
    const { crls, findings } = judge([complete, part], [complete, newerPart]);
    expect(findings.map(({ code }) => code)).toEqual(['crl-older']);
    expect(crls.map(({ crl }) => crl.sha256)).toEqual([complete.sha256, newerPart.sha256]);
  });

  test('entries of a delta CRL come and go; one without its base is named', () => {
    const next = issue(from('f6'), { number: 4, deltaOf: 2, ...at(5) });
    expect(judge([complete, next], [complete, change]).findings).toEqual([]);
    const ahead = issue(from('f6'), { number: 9, deltaOf: 8, ...at(5) });
    expect(judge([complete, ahead]).findings.map(({ code }) => code)).toEqual(['crl-delta-base']);
  });
});
