import { revocationSet } from '@trustloom/core';
import { type TestCa, trustOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { makeFixtures } from './support/fixtures.ts';
import {
  listenerArn,
  listenerOf,
  ofKind,
  pemOf,
  planOf,
  storedCrlOf,
  storeOf,
  targetOf,
} from './support/scenario.ts';

const entries = [{ serial: '1001' }];
const second = listenerArn('0000000000000002');
const { old, fresh, trustIn, crlFrom, settled } = await makeFixtures();

describe('a second store', () => {
  test('for a CA that has revoked somebody: filled, then switched to, then the first goes', () => {
    const store = settled();
    const plan = planOf(trustIn(old, fresh), { stores: [store] });
    expect(plan.reported).toEqual([
      'tag create-store',
      'revoke add-crl:next',
      'revoke add-crl:next',
      'grant switch',
      'cleanup delete:acme-edge-1',
    ]);
    const crls = plan.steps.filter(({ effect }) => effect === 'revoke').map(({ id }) => id);
    expect(plan.file(plan.step('create-store'))).toBe(pemOf(old, fresh));
    expect(plan.step('switch')).toMatchObject({ affects: [fresh.sha256], after: ['create-store', ...crls] });
    expect(plan.step('delete').after).toEqual([plan.step('switch').id]);
  });

  test('for one two levels below a new root', async () => {
    const below = await (await fresh.intermediate('CN=Middle')).intermediate('CN=Below');
    const middle = below.issuer as TestCa;
    const cas = [old, fresh, middle, below];
    const crls = [
      { issuer: old, crl: crlFrom(old) },
      { issuer: below, crl: below.issueCrl({ entries }) },
    ];
    const plan = planOf(trustOf({ cas, crls }), { stores: [settled()] });
    expect(plan.reported).toContain('grant switch');
  });

  test.each<[string, () => ReturnType<typeof planOf>]>([
    [
      'has revoked nobody',
      () =>
        planOf(
          trustOf({
            cas: [old, fresh],
            crls: [
              { issuer: old, crl: crlFrom(old) },
              { issuer: fresh, crl: fresh.issueCrl() },
            ],
          }),
          { stores: [settled()] },
        ),
    ],
    [
      'has its CRL in the store already',
      () =>
        planOf(trustIn(old, fresh), {
          stores: [storeOf([old], [storedCrlOf(1, crlFrom(old)), storedCrlOf(2, crlFrom(fresh))])],
        }),
    ],
    [
      'stands in a store that no listener uses',
      () => planOf(trustIn(old, fresh), { stores: [settled()], listeners: [listenerOf(undefined)] }),
    ],
  ])('not for one that %s', (_, plan) => {
    expect(plan().reported).toContain('grant grant-cas');
    expect(plan().reported).not.toContain('tag create-store');
  });

  test('the CAs that go come along, and go after the switch', () => {
    const plan = planOf(trustIn(fresh), { stores: [settled()] });
    expect(plan.reported).toEqual([
      'tag create-store',
      'revoke add-crl:next',
      'revoke add-crl:next',
      'grant switch',
      'remove remove-cas',
      'cleanup clean-up-crls:next',
      'cleanup delete:acme-edge-1',
    ]);
    expect(plan.file(plan.step('create-store'))).toBe(pemOf(old, fresh));
    expect(plan.step('remove-cas')).toMatchObject({ after: [plan.step('switch').id], affects: [old.sha256] });
  });

  test('a run that was killed goes on with what it began', () => {
    const store = settled();
    const begun = storeOf([old, fresh], [storedCrlOf(1, crlFrom(fresh))], { name: beginning(store) });
    const plan = planOf(trustIn(old, fresh), { stores: [store, begun] });
    expect(plan.reported).toEqual(['revoke add-crl:next', 'grant switch', 'cleanup delete:acme-edge-1']);
    expect(plan.step('switch')).toMatchObject({ input: { store: begun.arn } });
  });

  test('one that was begun and then changed by hand is filled again before the switch', () => {
    const store = settled();
    const begun = storeOf([fresh], [storedCrlOf(1, crlFrom(fresh)), storedCrlOf(2, crlFrom(old))], {
      name: beginning(store),
    });
    const plan = planOf(trustIn(old, fresh), { stores: [store, begun] });
    expect(plan.reported).toEqual(['tag fill-store', 'grant switch', 'cleanup delete:acme-edge-1']);
    expect(plan.step('switch').after).toEqual(['fill-store']);
  });

  test.each(['first', 'last'])(
    'killed between two listeners, the new store crlFrom %s: the other one follows',
    (where) => {
      const crls = [storedCrlOf(1, crlFrom(old)), storedCrlOf(2, crlFrom(fresh))];
      const stale = settled();
      const next = storeOf([old, fresh], crls, { name: 'acme-edge-2' });
      const stores = where === 'first' ? [next, stale] : [stale, next];
      const listeners = [listenerOf(next), listenerOf(stale, { arn: second, port: 8443 })];
      const plan = planOf(trustIn(old, fresh), {
        stores,
        listeners,
        target: targetOf({ listeners: [listenerArn(), second] }),
      });
      expect(plan.reported).toEqual(['grant switch', 'cleanup delete:acme-edge-1']);
      expect(plan.steps[0]?.input).toMatchObject({ arn: second, store: next.arn });
    },
  );

  test('CRLs in force of which no newer one is known come along; nothing is readmitted', () => {
    const trust = { ...trustIn(old, fresh) };
    const crls = trust.revocation.crls.filter(({ issuer }) => issuer.sha256 === fresh.sha256);
    const plan = planOf({ ...trust, revocation: revocationSet({ crls }) }, { stores: [settled()] });
    expect(
      plan.steps
        .filter(({ effect }) => effect === 'revoke')
        .flatMap(({ affects }) => affects)
        .sort(),
    ).toEqual([crlFrom(old).sha256, crlFrom(fresh).sha256].sort());
    for (const step of plan.steps.filter(({ effect }) => effect === 'revoke'))
      expect(plan.file(step)).toContain('X509 CRL');
  });

  test('a CRL that cannot come along makes the switch need a consent', () => {
    const store = storeOf([old], [storedCrlOf(1, crlFrom(old)), { id: 2, entries: 3, crl: undefined }]);
    const plan = planOf(trustIn(old, fresh), { stores: [store] });
    expect(plan.step('switch').consents).toEqual([`readmit:${store.arn}/2`]);
  });

  test('settings of a listener follow its switch', () => {
    const store = settled();
    const plan = planOf(trustIn(old, fresh), {
      stores: [store],
      target: targetOf({ advertiseCaNames: true, ignoreExpiry: true }),
    });
    expect(plan.step('switch').input).toMatchObject({ ignoreExpiry: false, advertise: false });
    expect(plan.step('listener')).toMatchObject({
      effect: 'relax',
      input: { ignoreExpiry: true, advertise: true },
    });
    expect(plan.step('listener').after).toContain(plan.step('switch').id);
  });

  test('its name differs from that of the store that it replaces, even for the same CAs', () => {
    const before = settled(old, { name: beginning(settled()) });
    expect(beginning(before)).not.toBe(before.name);
  });

  test('the first stays while a listener uses it that the definition does not name', () => {
    const stale = settled(old, { otherUsers: [second] });
    const next = storeOf([old, fresh], [storedCrlOf(1, crlFrom(old)), storedCrlOf(2, crlFrom(fresh))], {
      name: 'acme-edge-2',
    });
    const plan = planOf(trustIn(old, fresh), { stores: [next, stale] });
    expect(plan.steps).toEqual([]);
    expect(plan.codes).toEqual(['attachment-foreign warning']);
  });

  test('the first stays while an external listener uses it', () => {
    const stale = settled();
    const next = storeOf([old, fresh], [storedCrlOf(1, crlFrom(old)), storedCrlOf(2, crlFrom(fresh))], {
      name: 'acme-edge-2',
    });
    const listeners = [listenerOf(next), listenerOf(stale, { arn: second })];
    const target = targetOf({ listeners: [listenerArn(), second] });
    const terms = { attach: 'external' } as const;
    const plan = planOf(trustIn(old, fresh), { stores: [next, stale], listeners, target, terms });
    expect(plan.steps).toEqual([]);
    expect(plan.codes).toEqual(['attachment-external warning']);
  });

  /** The name that a plan gives to the second store. */
  function beginning(store: ReturnType<typeof storeOf>): string {
    return ofKind('create-store', planOf(trustIn(old, fresh), { stores: [store] }).step('create-store')).input
      .name;
  }
});
