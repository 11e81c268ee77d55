import { revocationSet } from '@trustloom/core';
import { caName, ownershipTags } from '@trustloom/core/adapter';
import { certificateOf, createTestCa, type TestCa, trustOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import type { StoredListener } from '../src/model.ts';
import { storeName } from '../src/plan/index.ts';
import { makeFixtures } from './support/fixtures.ts';
import {
  context,
  listenerArn,
  listenerOf,
  pemOf,
  planOf,
  storeArn,
  storedCrlOf,
  storeOf,
  targetOf,
} from './support/scenario.ts';

const entries = [{ serial: '1001' }];
const { old, fresh, trustIn, crlFrom, settled } = await makeFixtures();

describe('from nothing', () => {
  test('the store, then its CRLs, and only then the listener', () => {
    const plan = planOf(trustIn(old), { listeners: [listenerOf(undefined)] });
    expect(plan.reported).toEqual(['grant create-store', 'revoke add-crl', 'enforce listener']);
    const [create, crl, listener] = plan.steps;
    expect(create).toMatchObject({
      affects: [old.sha256],
      input: { name: storeName(context), tags: ownershipTags(context) },
    });
    expect(plan.file(plan.step('create-store'))).toBe(pemOf(old));
    expect(crl).toMatchObject({
      after: ['create-store'],
      affects: [crlFrom(old).sha256],
      revocation: { added: 1 },
    });
    expect(listener?.after).toEqual(['create-store', crl?.id]);
    expect(listener).toMatchObject({
      affects: [`${listenerArn()} mode=verify`],
      input: { mode: 'verify', ignoreExpiry: false },
    });
  });

  test('names of stores are 32 characters at most, of the letters that the service takes, and never alike', () => {
    const names = ['a', 'web.edge_01', 'x'.repeat(60)].flatMap((id) =>
      ['', 'next'].map((version) => storeName({ ...context, definition: 'Acme Corp.', id }, version)),
    );
    for (const name of names) expect(name).toMatch(/^(?=.{1,32}$)([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$/);
    expect(new Set(names).size).toBe(names.length);
  });

  test('a store that is being made is waited for', () => {
    const store = storeOf([], [], { active: false });
    expect(planOf(trustIn(old), { stores: [store], listeners: [listenerOf(undefined)] }).steps).toEqual([]);
  });

  test('what holds is left alone', () => {
    const { steps, findings } = planOf(trustIn(old), { stores: [settled()] });
    expect([steps, findings]).toEqual([[], []]);
  });
});

describe('the bundle', () => {
  const quiet = (...cas: readonly TestCa[]) => trustOf({ cas, known: [old, fresh] });

  test('the union first, the subset later', () => {
    const plan = planOf(quiet(fresh), { stores: [storeOf([old])] });
    expect(plan.reported).toEqual(['grant grant-cas', 'remove remove-cas']);
    expect(plan.steps.map(({ affects }) => affects)).toEqual([[fresh.sha256], [old.sha256]]);
    expect(plan.steps.map(plan.file)).toEqual([pemOf(old, fresh), pemOf(fresh)]);
    expect(plan.step('remove-cas').after).toEqual(['grant-cas']);
  });

  test('a CA that nobody names is named, and goes only by consent', async () => {
    const planted = await createTestCa({ subject: 'CN=Planted by hand' });
    const plan = planOf(trustIn(old), { stores: [storeOf([old, planted], [storedCrlOf(1, crlFrom(old))])] });
    expect(plan.reported).toEqual(['remove remove-cas']);
    expect(plan.steps[0]).toMatchObject({
      affects: [planted.sha256],
      summary: `remove ${caName(certificateOf(planted))}`,
      reason: `a CA that the definition does not name is trusted: ${caName(certificateOf(planted))}`,
    });
  });

  test('where old and new do not fit together, the CAs that go come first, and the store is never empty', async () => {
    const many = await Promise.all(
      Array.from({ length: 24 }, (_, index) => createTestCa({ subject: `CN=CA ${index}`, key: 'P-256' })),
    );
    const kept = planOf(quiet(fresh, ...many), { stores: [storeOf([old, ...many])] });
    expect(kept.reported).toEqual(['remove remove-cas', 'grant grant-cas']);
    expect(kept.steps.map(kept.file)).toEqual([pemOf(...many), pemOf(fresh, ...many)]);
    expect(kept.step('grant-cas').after).toEqual(['remove-cas']);
    const swapped = planOf(quiet(fresh, old), { stores: [storeOf(many)] });
    expect(swapped.reported).toEqual(['remove remove-cas']);
    expect(swapped.steps.map(swapped.file)).toEqual([pemOf(fresh, old)]);
    // Whoever comes without a usable CRL takes a consent on this way, too.
    const unread = new Map([[certificateOf(fresh).keySha256, 'crl-bad-signature' as const]]);
    const exposed = { ...quiet(fresh, ...many), revocation: revocationSet({ unread }) };
    const open = planOf(exposed, { stores: [storeOf([old, ...many])] });
    expect(open.step('grant-cas').consents).toEqual(['relax:edge']);
    expect(open.step('remove-cas').consents).toBeUndefined();
    expect(open.codes).toEqual(['crl-unusable warning']);
  });

  test('a bundle that cannot be read is replaced only with consent to all of it; its CRLs go on', () => {
    const store = storeOf([], [storedCrlOf(1, crlFrom(old))], { readable: false });
    const newer = old.issueCrl({ entries, number: 2 });
    const plan = planOf(trustOf({ cas: [old], crls: [{ issuer: old, crl: newer }] }), { stores: [store] });
    expect(plan.reported).toEqual(['remove replace-bundle', 'revoke add-crl', 'revoke remove-crls']);
    expect(plan.steps[0]).toMatchObject({ wholeTarget: true, affects: [store.arn] });
    expect(plan.step('add-crl').after).toBeUndefined();
  });

  test('a CA whose CRL is unusable is not trusted without consent', () => {
    const trust = quiet(old, fresh);
    const unread = new Map([[certificateOf(fresh).keySha256, 'crl-bad-signature' as const]]);
    const unusable = { ...trust, revocation: revocationSet({ unread }) };
    const later = planOf(unusable, { stores: [storeOf([old])] });
    expect(later.step('grant-cas').consents).toEqual(['relax:edge']);
    expect(later.codes).toEqual(['crl-unusable warning']);
    const first = planOf(unusable, { listeners: [listenerOf(undefined)] });
    expect(first.step('create-store').consents).toEqual(['relax:edge']);
    // It stands there already, so nothing gets worse.
    expect(planOf(unusable, { stores: [storeOf([old, fresh])] }).findings).toEqual([]);
  });
});

describe('listeners', () => {
  const change = (from: Partial<StoredListener>, target: Readonly<Record<string, unknown>> = {}) => {
    const store = settled();
    return planOf(trustIn(old), {
      stores: [store],
      listeners: [listenerOf(store, from)],
      target: targetOf(target),
    });
  };

  test.each([
    ['off', 'verify', 'enforce'],
    ['passthrough', 'verify', 'enforce'],
    ['off', 'passthrough', 'enforce'],
    ['verify', 'passthrough', 'relax'],
    ['verify', 'off', 'relax'],
  ] as const)('%s -> %s: %s', (from, mode, effect) => {
    const { steps } = change({ mode: from }, { mode });
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      effect,
      affects: [`${listenerArn()} mode=${mode}`],
      summary: `set listener app/edge:443 from ${from} to ${mode}`,
      input: { mode },
    });
    expect('store' in (steps[0]?.input ?? {})).toBe(mode === 'verify');
  });

  test.each([
    [{ ignoreExpiry: true }, {}, 'enforce', 'ignoreExpiry=false'],
    [{}, { ignoreExpiry: true }, 'relax', 'ignoreExpiry=true'],
    [{ advertise: true }, {}, 'tag', 'advertiseCaNames=false'],
  ] as const)('settings %o, wanted %o: %s', (from, target, effect, setting) => {
    const { steps } = change(from, target);
    expect(steps.map((step) => [step.effect, step.affects])).toEqual([
      [effect, [`${listenerArn()} ${setting}`]],
    ]);
    expect(steps[0]?.input).toMatchObject({ mode: 'verify', store: storeArn('acme-edge-1') });
  });

  test('one that verifies with a foreign store is switched, and said so', () => {
    const { steps, codes } = change({ store: storeArn('somebody-else') });
    expect(steps).toMatchObject([{ effect: 'enforce', affects: [`${listenerArn()} store=owned`] }]);
    expect(codes).toEqual(['attachment-foreign warning']);
  });

  test('external: nothing is written on it, and the difference is reported', () => {
    const store = settled();
    const scene = {
      stores: [store],
      listeners: [listenerOf(undefined)],
      terms: { attach: 'external' } as const,
    };
    const { steps, codes } = planOf(trustIn(old), scene);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['attachment-external warning']);
  });

  test('external: a CA that has revoked somebody comes in place, by consent, with its CRL right after', () => {
    const plan = planOf(trustIn(old, fresh), { stores: [settled()], terms: { attach: 'external' } });
    expect(plan.reported).toEqual(['grant grant-cas', 'revoke add-crl']);
    expect(plan.step('grant-cas').consents).toEqual(['relax:edge']);
    expect(plan.step('add-crl').after).toEqual(['grant-cas']);
    expect(plan.codes).toEqual(['attachment-external warning']);
  });
});

describe('a store to adopt', () => {
  const adopting = (stores: readonly ReturnType<typeof storeOf>[], trust = trustIn(old)) => {
    const target = targetOf({ trustStore: storeArn('theirs') });
    return planOf(trust, { stores, target, listeners: [listenerOf(stores[0])] });
  };

  test('gets our ownership tags by consent, and nothing else happens before', () => {
    const store = storeOf([fresh], [], { name: 'theirs', owned: false });
    const plan = adopting([store]);
    expect(plan.step('adopt')).toMatchObject({ effect: 'tag', consents: [`adopt:${store.arn}`] });
    for (const step of plan.steps.slice(1)) expect(step.after).toContain('adopt');
    expect(plan.steps.length).toBeGreaterThan(1);
  });

  test('is not replaced, let alone deleted, before it is ours', () => {
    const store = storeOf([old], [storedCrlOf(1, crlFrom(old))], { name: 'theirs', owned: false });
    const plan = adopting([store], trustIn(old, fresh));
    expect(plan.reported).toEqual([
      'tag adopt',
      'tag create-store',
      'revoke add-crl:next',
      'revoke add-crl:next',
      'grant switch',
      'cleanup delete:theirs',
    ]);
    for (const step of plan.steps.slice(1)) expect(step.after).toContain('adopt');
  });

  test('that does not exist is an error, and no other is made', () => {
    const { steps, codes } = adopting([]);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['attachment-missing error']);
  });
});

describe('a target that left the definition', () => {
  test('detached by consent, then the store goes with all its CAs', () => {
    const plan = planOf(undefined, { stores: [settled()] });
    expect(plan.reported).toEqual(['relax detach', 'remove delete:acme-edge-1']);
    expect(plan.step('detach').input).toMatchObject({ mode: 'off' });
    expect(plan.step('delete')).toMatchObject({
      wholeTarget: true,
      affects: [old.sha256],
      after: [plan.step('detach').id],
    });
  });

  test('a store that is not ours, and a listener that uses one, stay', () => {
    const store = settled(old, { owned: false });
    expect(planOf(undefined, { stores: [store] }).steps).toEqual([]);
  });

  test('external: the store stays as long as a listener uses it', () => {
    const terms = { attach: 'external' } as const;
    const used = planOf(undefined, { stores: [settled()], terms });
    expect([used.steps, used.codes]).toEqual([[], ['attachment-external warning']]);
    const free = planOf(undefined, { stores: [settled()], listeners: [listenerOf(undefined)], terms });
    expect(free.reported).toEqual(['remove delete:acme-edge-1']);
  });
});
