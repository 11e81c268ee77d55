import { createTestCa, createTestClock } from '@trustloom/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import type { VersionedStore } from '../src/adapter/versioned-store.ts';
import {
  acceptCas,
  emptyLock,
  type Lock,
  type ObservedDenial,
  planText,
  readCertificate,
  retireCa,
  TrustloomError,
} from '../src/index.ts';
import { createFake, type FakeService, stock } from './support/fake-service.ts';
import { type Files, openFakes } from './support/run.ts';
import { memoryStore } from './support/world.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const [root, next] = [
  await createTestCa({ subject: 'CN=Root', clock }),
  await createTestCa({ subject: 'CN=Next', clock }),
];
const [rootCa, nextCa] = [readCertificate(root.der), readCertificate(next.der)];
stock(rootCa, nextCa);
const id = 'a'.repeat(32);

let files: Files;
let fakes: Record<string, FakeService>;
let store: VersionedStore;
let lock: Lock;

const open = (targets?: Parameters<typeof openFakes>[0]['targets']) =>
  openFakes({ fakes, files, lock, store, clock, group: { crls: ['ca.crl'] }, ...(targets && { targets }) });
const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);
const allow = ['enforce:web', 'enforce:edge'];

async function accept(): Promise<void> {
  const { offers } = await open().offers();
  lock = { id, ...acceptCas(lock, offers, 'all', clock.now()).lock };
}

/** What a check of ours holds of the deny list. */
function denial(serial: string): ObservedDenial {
  const { keySha256: caKey } = rootCa;
  return { caKey, ca: 'Root', serial, origin: 'denied', since: '2026-11-24T09:00:00Z' };
}

/** Takes an object out of the state, as a lifecycle rule or a hand does. */
function lose(...keys: readonly string[]): void {
  const before = store;
  let gone = new Set(keys);
  store = {
    ...before,
    get: async (key) => (gone.has(key) ? undefined : before.get(key)),
    async put(key, body, condition) {
      if (!gone.has(key)) return before.put(key, body, condition);
      gone = new Set([...gone].filter((one) => one !== key));
      const found = await before.get(key);
      return before.put(key, body, found === undefined ? condition : { ifMatch: found.etag });
    },
  };
}

beforeEach(async () => {
  files = { 'ca.pem': root.pem, 'ca.crl': root.issueCrl({ entries: [{ serial: 'a1' }], number: 1 }).der };
  fakes = { web: createFake(), edge: createFake() };
  store = memoryStore();
  lock = emptyLock;
  await accept();
  await open().apply({ approve: 'any', allow });
  for (const fake of Object.values(fakes)) fake.log.length = 0;
});

describe('a state that was lost is noticed, and is no reason to admit anybody', () => {
  test.each([
    ['revocation.json deleted', ['revocation.json']],
    ['trust.json deleted', ['trust.json']],
    ['both deleted', ['trust.json', 'revocation.json']],
  ])('%s: state-lost, exit 3, in refresh, plan, status and apply', async (_what, keys) => {
    lose(...keys);
    const refreshed = await open().refresh();
    expect([refreshed.exitCode, codes(refreshed.findings)]).toEqual([3, ['state-lost', 'state-lost']]);
    expect(refreshed.findings[0]?.message).toContain('trustloom state rebuild');
    // The first run that wrote something did not hide it from the next ones.
    expect(codes((await open().plan()).findings)).toEqual(['state-lost', 'state-lost']);
    expect((await open().status()).exitCode).not.toBe(0);
    expect((await open().apply({ approve: 'any' })).exitCode).toBe(3);
    expect(codes((await open().refresh()).findings)).toEqual(['state-lost', 'state-lost']);
  });

  test('the state was moved to another region: the plan says so, and grants nothing', async () => {
    store = memoryStore();
    files['ca.pem'] = root.pem + next.pem;
    await accept();
    const report = await open().apply({ approve: 'any', allow });
    const errors = report.findings.filter(({ severity }) => severity === 'error');
    expect([report.exitCode, codes(errors)]).toEqual([3, ['state-lost', 'state-lost']]);
    expect(fakes.web?.cas).toEqual([rootCa]);
  });

  test('a deny list that was emptied by hand is no unrevoke', async () => {
    if (fakes.web) fakes.web.denials = [denial('d1')];
    const report = await open().refresh();
    expect([report.exitCode, codes(report.findings)]).toEqual([3, ['state-lost']]);
    expect(report.findings[0]?.message).toMatch(/^web: 1 serial is refused there/);
  });

  test('an older version of the state, restored: a CRL in force is newer than the one that it knows', async () => {
    const newer = { sha256: 'f'.repeat(64), issuer: rootCa.subject.text, entries: 2, inForce: true };
    if (fakes.web) fakes.web.inForce = [{ ...newer, thisUpdate: clock.now() + 60_000 }];
    const report = await open().refresh();
    expect([report.exitCode, codes(report.findings)]).toEqual([3, ['state-lost']]);
    expect(report.findings[0]).toMatchObject({ target: 'web', about: newer.sha256 });
  });

  test('meanwhile newer CRLs are enforced, and a revocation too', async () => {
    lose('revocation.json');
    files['ca.crl'] = root.issueCrl({ entries: [{ serial: 'b2' }], number: 2 }).der;
    await open().refresh();
    expect(fakes.web?.log).toEqual([expect.stringMatching(/^list:/)]);
    await open().revoke({ serials: ['d1'], by: 'ann', why: 'stolen' });
    expect((await open().denied()).map(({ serial }) => serial)).toEqual(['d1']);
  });

  test('nothing of ours stands there: a first apply of one target is no loss for the other', async () => {
    fakes = { web: createFake(), edge: createFake() };
    store = memoryStore();
    const report = await open().apply({ approve: 'any', allow, targets: ['web'] });
    expect([report.exitCode, codes(report.findings)]).toEqual([0, []]);
    expect(codes((await open().plan()).findings)).toEqual([]);
    expect((await open().apply({ approve: 'any', allow })).exitCode).toBe(0);
  });
});

describe('state rebuild', () => {
  test('reads back whose the targets are and who is denied, and grants nothing', async () => {
    lose('trust.json', 'revocation.json');
    if (fakes.web) fakes.web.denials = [denial('d1')];
    const report = await open().rebuildState();
    expect(report.targets.map(({ name, state, denied }) => [name, state, denied.length])).toEqual([
      ['edge', 'rebuilt', 0],
      ['web', 'rebuilt', 1],
    ]);
    expect(report.exitCode).toBe(0);
    expect((await open().denied()).map(({ serial, by }) => [serial, by])).toEqual([['d1', 'state rebuild']]);
    expect([...(fakes.web?.log ?? []), ...(fakes.edge?.log ?? [])]).toEqual([]);
    // What is left is known; once all of it is explained, nothing of the loss is said any more.
    expect((await open().refresh()).exitCode).toBe(0);
    expect(codes((await open().plan()).findings)).toEqual([]);
  });

  test('of a state that is not lost changes nothing', async () => {
    const before = await store.get('revocation.json');
    const report = await open().rebuildState();
    expect(report.targets.map(({ state }) => state)).toEqual(['known', 'known']);
    expect((await store.get('revocation.json'))?.body).toBe(before?.body);
  });
});

describe('what was removed does not come back by a revert', () => {
  test('a retired CA that an old lock names as trusted needs grant:<sha256>', async () => {
    files['ca.pem'] = root.pem + next.pem;
    await accept();
    await open().apply({ approve: 'any', allow });
    const old = lock;
    lock = retireCa(lock, [], nextCa.sha256, clock.now()).lock;
    await open().apply({ approve: 'any', allow: [`remove:${nextCa.sha256}`] });
    expect(fakes.web?.cas).toEqual([rootCa]);
    lock = old;
    const plan = await open().plan();
    expect(plan.missing).toEqual([`grant:${nextCa.sha256}`]);
    await open().apply({ approve: plan.digest });
    expect(fakes.web?.cas).toEqual([rootCa]);
    await open().apply({ approve: plan.digest, allow: plan.missing });
    expect(fakes.web?.cas.map(({ sha256 }) => sha256).sort()).toEqual([rootCa.sha256, nextCa.sha256].sort());
    expect((await open().plan()).changes).toBe(false);
  });

  test.each([
    ['its source offers it still', true],
    ['no source offers it any more', false],
  ])(
    'a retired CA is taken back by `accept`, and the plan asks for grant:<sha256>: %s',
    async (_name, offered) => {
      files['ca.pem'] = root.pem + next.pem;
      await accept();
      await open().apply({ approve: 'any', allow });
      lock = retireCa(lock, [], nextCa.sha256, clock.now()).lock;
      const retiring = await open().plan();
      expect(planText(retiring)).toContain(`take back with: trustloom accept ${nextCa.sha256.slice(0, 8)}`);
      await open().apply({ approve: 'any', allow: [`remove:${nextCa.sha256}`] });
      if (!offered) files['ca.pem'] = root.pem;
      const { offers } = await open().offers();
      const all = acceptCas(lock, offers, 'all', clock.now()).changes.find(
        ({ sha256 }) => sha256 === nextCa.sha256,
      );
      if (offered)
        expect(all?.why).toBe(
          `it is retired; take it back with \`trustloom accept ${nextCa.sha256.slice(0, 8)}\``,
        );
      else expect(all).toBeUndefined();
      const { changes, lock: back } = acceptCas(lock, offers, [nextCa.sha256.slice(0, 8)], clock.now());
      expect(changes).toMatchObject([{ change: 'accepted', sha256: nextCa.sha256 }]);
      lock = back;
      const plan = await open().plan();
      expect(plan.missing).toEqual([`grant:${nextCa.sha256}`]);
      await open().apply({ approve: plan.digest, allow: plan.missing });
      expect(fakes.web?.cas.map(({ sha256 }) => sha256)).toContain(nextCa.sha256);
    },
  );

  test('a second definition of the same name is refused before anything is planned', async () => {
    lock = { ...lock, id: 'b'.repeat(32) };
    await expect(open(['other']).plan()).rejects.toMatchObject({ code: 'state-foreign' });
    await expect(open(['other']).refresh()).rejects.toMatchObject({ code: 'state-foreign' });
  });
});

describe('the bucket of the state refuses every write', () => {
  test('a refresh enforces the newer CRL all the same, and says so at the end', async () => {
    const denied = new TrustloomError('access-denied', 's3:PutObject: AccessDenied');
    store = {
      ...store,
      put: () => Promise.reject(denied),
      putBlob: () => Promise.reject(denied),
    };
    files['ca.crl'] = root.issueCrl({ entries: [{ serial: 'a1' }, { serial: 'b2' }], number: 2 }).der;
    const report = await open().refresh();
    expect([fakes.web?.log, fakes.edge?.log]).toEqual([
      [expect.stringMatching(/^list:/)],
      [expect.stringMatching(/^list:/)],
    ]);
    expect([report.exitCode, codes(report.findings)]).toEqual([1, ['state-unwritable']]);
    expect(report.problems.join()).toContain('AccessDenied');
  });
});
