import { readCertificate } from '@trustloom/core';
import { describe, expect, test } from 'vitest';
import { explainLines, isNotDone, plansNothing } from './facade.ts';
import { makeCa, makeCrl } from './pki.ts';
import { type Name, openWorld, type Settings, type World } from './world.ts';

const hour = 3_600_000;
const services: readonly Name[] = ['web', 'edge', 'api', 'jobs'];

/** Ten serials. */
const tenOf = (digit: string) => Array.from({ length: 10 }, (_, index) => `${digit}${index}`);

/** One CA with one list, in force on all targets. */
async function begin(world: World, settings: Settings = {}, serials: readonly string[] = ['a1', 'b2']) {
  const old = await makeCa('CN=Devices', 'old', world);
  await world.publish({ old }, { 'ca#1': makeCrl(old, 1, serials) });
  await world.define(settings);
  await world.accept();
  await world.apply();
  return old;
}

test('four services: first steps, a newer CRL, the deny list, a target that leaves', async () => {
  await using world = await openWorld(services);
  const { clock } = world;
  const old = await makeCa('CN=Devices', 'old', world);
  await world.publish({ old }, { 'ca#1': makeCrl(old, 1, ['a1']) });
  await world.define();
  await world.plan();
  await world.accept();
  await world.plan();
  await world.apply([]);
  await world.apply();
  await world.plan();
  await world.status();
  await world.refresh();
  clock.advance(hour);
  await world.publish({ old }, { 'ca#2': makeCrl(old, 2, ['a1', 'b2']) });
  await world.plan();
  await world.refresh();
  await world.revoke('c3', old);
  await world.status();
  const [good, denied] = [
    await old.issue('CN=good', { serial: 'd4' }),
    await old.issue('CN=denied', { serial: 'c3' }),
  ];
  for (const leaf of [good, denied]) await world.explain(readCertificate(leaf.der), explainLines);
  await world.unrevoke('c3', old);
  await world.unrevoke('c3', old);
  await world.define({ web: false, jobs: false });
  await world.plan();
  await world.apply([]);
  await world.apply();
  await world.plan();
  await world.compare('four-services');
});

test('two CAs of one name: a new key is accepted, the old one retired', async () => {
  await using world = await openWorld(services);
  const old = await begin(world);
  const next = await makeCa('CN=Devices', 'next', world);
  world.clock.advance(hour);
  await world.publish(
    { old, next },
    { 'ca#2': makeCrl(old, 2, ['a1', 'b2']), 'next#1': makeCrl(next, 1, ['e5']) },
  );
  await world.define({}, { devices: { from: './ca.pem', crls: ['./ca.crl', './next.crl'] } });
  await world.plan();
  await world.accept();
  await world.plan();
  await world.apply();
  await world.plan();
  await world.status();
  await world.retire(old.sha256);
  await world.plan();
  await world.apply([]);
  await world.apply();
  await world.plan();
  await world.status();
  await world.compare('two-of-one-name');
});

test('a root and an issuing CA, of which only the issuing one is an anchor where that works', async () => {
  await using world = await openWorld(services);
  const root = await makeCa('CN=Root', 'root', world);
  const issuing = await makeCa('CN=Issuing', 'issuing', { ...world, issuer: root });
  await world.publish(
    { root, issuing },
    { 'ca#1': makeCrl(root, 1, []), 'issuing#1': makeCrl(issuing, 1, ['a1']) },
  );
  const groups = { devices: { from: './ca.pem', crls: ['./ca.crl', './issuing.crl'] } };
  await world.define({}, groups);
  await world.accept();
  await world.plan();
  await world.apply();
  await world.plan();
  const common = { anchors: 'issuing' };
  await world.define({ web: { common }, edge: { common }, jobs: { common } }, groups);
  await world.plan();
  await world.apply();
  await world.plan();
  // Its issuer revokes it.
  world.clock.advance(hour);
  await world.publish({ root, issuing }, { 'ca#2': makeCrl(root, 2, [issuing.serial]) });
  await world.refresh();
  await world.plan();
  await world.compare('root-and-issuing');
});

test('lists: one that shrank, one that ended, one that is withdrawn', async () => {
  await using world = await openWorld(services);
  const old = await begin(world, {}, [...tenOf('b'), ...tenOf('c')]);
  world.clock.advance(hour);
  await world.publish({ old }, { 'ca#2': makeCrl(old, 2, []) });
  await world.refresh();
  await world.plan();
  await world.apply([]);
  await world.apply();
  await world.plan();
  world.clock.advance(24 * hour);
  await world.status();
  await world.refresh();
  await world.plan();
  await world.compare('lists');
});

describe.each(services)('%s alone', (name) => {
  test('what somebody changed by hand is seen and fixed; then it leaves', async () => {
    await using world = await openWorld([name]);
    // So many that not all lie in the one bucket of a KeyValueStore that an edit empties.
    await begin(world, {}, tenOf('b'));
    await world.plan();
    for (const [what, edit] of Object.entries(world.edits[name])) {
      await world.byHand(what, edit);
      await world.status();
      await world.plan();
      await world.apply();
    }
    await world.plan();
    await world.held();
    await world.define({ [name]: false });
    await world.plan();
    await world.apply();
    await world.plan();
    await world.held();
    await world.compare(`by-hand-${name}`);
  });

  test('somebody else attaches it', async () => {
    await using world = await openWorld([name]);
    await begin(world, { [name]: { common: { attach: 'external' } } });
    await world.plan();
    await world.status();
    await world.define();
    await world.plan();
    await world.apply();
    await world.define({ [name]: { common: { attach: 'external' } } });
    await world.plan();
    await world.compare(`external-${name}`);
  });
});

/** Settings that change one after the other. */
const settings: Readonly<Record<'web' | 'edge', readonly object[]>> = {
  web: [
    { advertiseCaNames: true },
    { mode: 'optional', ignoreExpiry: true },
    { revocation: 'compact' },
    { mode: 'passthrough' },
    { ocsp: true },
  ],
  edge: [{ advertiseCaNames: true }, { ignoreExpiry: true }, { mode: 'passthrough' }, { mode: 'off' }, {}],
};

test.each(['web', 'edge'] as const)('settings of %s change', async (name) => {
  await using world = await openWorld([name]);
  await begin(world);
  for (const own of settings[name]) {
    await world.define({ [name]: { own } });
    // A recording takes what it gets: these two hold for it too.
    expect(plansNothing(await world.plan()), `${JSON.stringify(own)} plans nothing`).toBe(false);
    await world.apply([]);
    expect(isNotDone(await world.apply()), `${JSON.stringify(own)} is not done`).toBe(false);
  }
  await world.plan();
  await world.compare(`settings-${name}`);
});

/**
 * For each service a write of its own that goes wrong, first when nothing is there and then when a
 * list is new.
 */
const writes: Readonly<Record<Name, readonly [string, string, string]>> = {
  web: ['cloudfront', 'CreateTrustStore', 'UpdateKeys'],
  edge: ['elasticloadbalancing', 'CreateTrustStore', 'AddTrustStoreRevocations'],
  api: ['apigateway', 'UpdateDomainName', 'PutObject'],
  jobs: ['rolesanywhere', 'CreateTrustAnchor', 'UpdateCrl'],
};

test.each(services)(
  'faults of %s: a write is throttled, an answer is lost, a write is denied',
  async (name) => {
    const [service, first, second] = writes[name];
    await using world = await openWorld([name]);
    const old = await makeCa('CN=Devices', 'old', world);
    await world.publish({ old }, { 'ca#1': makeCrl(old, 1, ['a1']) });
    await world.define();
    await world.accept();
    world.fault({ service, action: first, error: { name: 'ThrottlingException', status: 429 } });
    await world.apply();
    world.clock.advance(hour);
    await world.publish({ old }, { 'ca#2': makeCrl(old, 2, ['a1', 'b2']) });
    world.fault({ action: second, when: 'after', drop: true });
    await world.refresh();
    world.clock.advance(hour);
    await world.publish({ old }, { 'ca#3': makeCrl(old, 3, ['a1', 'b2', 'c3']) });
    world.fault({ action: second, error: { name: 'AccessDeniedException', status: 403 } });
    await world.refresh();
    await world.refresh();
    await world.compare(`faults-${name}`);
  },
);

test('more serials than an exact store takes', async () => {
  await using world = await openWorld(['web']);
  // Spread like random ones, and the same in every run.
  const serials = Array.from({ length: 230_000 }, (_, n) =>
    (BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n).toString(16).slice(-32),
  );
  const old = await makeCa('CN=Devices', 'old', world);
  await world.publish({ old }, { 'ca#1': makeCrl(old, 1, serials) });
  await world.define();
  await world.accept();
  await world.plan();
  await world.compare('too-large', (line) => 'code' in line || 'reads' in line);
});
