import { createTestCa, createTestClock } from '@trustloom/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  acceptCas,
  type Code,
  emptyLock,
  failingOn,
  type Lock,
  openState,
  readCertificate,
  readCrl,
  retireCa,
  statusText,
} from '../src/index.ts';
import { createFake, type FakeService, stock } from './support/fake-service.ts';
import { type Files, openFakes } from './support/run.ts';
import { memoryStore } from './support/world.ts';

const hour = 3_600_000;
const clock = createTestClock('2026-11-24T10:00:00Z');
const root = await createTestCa({ subject: 'CN=Root', clock });
const issuing = await root.intermediate('CN=Issuing');
const rootCa = readCertificate(root.der);
stock(rootCa, readCertificate(issuing.der));

let files: Files;
let fakes: { one: FakeService };
let store: ReturnType<typeof memoryStore>;
let lock: Lock;
let inventory: string | undefined;
let needsInventory: boolean;

function open(over: Partial<typeof store> = {}) {
  const group = {
    crls: ['ca.crl', 'issuing.crl'],
    ...(inventory === undefined ? {} : { inventory }),
  };
  const options = { inventory: needsInventory };
  return openFakes({ fakes, files, lock, store: { ...store, ...over }, clock, group, options });
}

/** CRLs in their turn: each newer by an hour, with the next number. */
let issue = 0;
function crlOf(ca: typeof root, ...serials: readonly string[]) {
  issue += 1;
  const thisUpdate = clock.now() + issue;
  return ca.issueCrl({
    entries: serials.map((serial) => ({ serial })),
    number: issue,
    thisUpdate: thisUpdate - (thisUpdate % 1000),
    nextUpdate: clock.now() + 24 * hour,
  }).der;
}

beforeEach(async () => {
  clock.advance(hour);
  files = {
    'ca.pem': root.pem + issuing.pem,
    'ca.crl': crlOf(root),
    'issuing.crl': crlOf(issuing, 'a1', 'b2'),
  };
  fakes = { one: createFake() };
  store = memoryStore();
  lock = emptyLock;
  inventory = undefined;
  needsInventory = true;
  ({ lock } = acceptCas(lock, (await open().offers()).offers, 'all', clock.now()));
  await open().apply({ approve: 'any', allow: ['enforce:one'] });
});

const revocations = () => openState(store, clock).revocation.read();

describe('refresh', () => {
  test('puts a newer CRL in force and touches nothing else', async () => {
    clock.advance(hour);
    files['issuing.crl'] = crlOf(issuing, 'a1', 'b2', 'c3');
    files['ca.pem'] = 'not a bundle';
    const before = fakes.one.log.length;
    const writes = store.writes.length;
    const report = await open().refresh();
    expect(fakes.one.log.slice(before)).toHaveLength(1);
    expect(report.targets.map(({ state, done }) => [state, done.map(({ effect }) => effect)])).toEqual([
      ['in-sync', ['revoke']],
    ]);
    expect(store.writes.slice(writes).filter((key) => key.includes('trust'))).toEqual([]);
  });

  test('an inventory that no target is laid out by is not asked for', async () => {
    inventory = 'issued.txt';
    needsInventory = false;
    expect((await open().plan()).findings).toEqual([]);
    needsInventory = true;
    expect((await open().plan()).findings).toMatchObject([{ code: 'inventory-missing' }]);
  });

  test.each([
    ['gone', undefined, 'inventory-missing'],
    ['not one', 'a1\nlaptop\n', 'inventory-malformed'],
  ])('goes on without an inventory that is %s; an apply does not', async (_, text, code) => {
    clock.advance(hour);
    files['issuing.crl'] = crlOf(issuing, 'a1', 'b2', 'c3');
    inventory = 'issued.txt';
    if (text !== undefined) files['issued.txt'] = text;
    const { blocked, findings } = await open().plan();
    expect([blocked, findings.map((finding) => finding.code)]).toEqual([true, [code]]);
    const report = await open().refresh();
    expect(report.targets.map(({ done }) => done.map(({ effect }) => effect))).toEqual([['revoke']]);
    expect(report.findings.map((finding) => finding.code)).toEqual([code]);
  });

  test('without news writes nothing at all', async () => {
    const [before, writes] = [fakes.one.log.length, store.writes.length];
    const report = await open().refresh();
    expect([report.exitCode, report.calls, fakes.one.log.length - before]).toEqual([0, 0, 0]);
    expect(store.writes.length - writes).toBe(0);
  });

  test('never grants: a CA that was accepted meanwhile waits for apply', async () => {
    const other = await createTestCa({ subject: 'CN=Other', clock });
    stock(readCertificate(other.der));
    files['ca.pem'] += other.pem;
    ({ lock } = acceptCas(lock, (await open().offers()).offers, 'all', clock.now()));
    await open().refresh();
    expect(fakes.one.cas).toHaveLength(2);
  });

  test('waits for no apply: the lease of another run on trust is no matter', async () => {
    await openState(store, clock).trust.acquire('somebody else');
    clock.advance(hour / 3600);
    files['issuing.crl'] = crlOf(issuing, 'a1', 'b2', 'c3');
    expect((await open().refresh()).targets[0]?.state).toBe('in-sync');
  });
});

describe('the newest CRL accepted', () => {
  test('stays in force when its source is gone, and goes back where somebody removed it', async () => {
    delete files['issuing.crl'];
    fakes.one.crls = [];
    const report = await open().refresh();
    expect(fakes.one.crls).toHaveLength(2);
    expect(report.exitCode).toBe(1);
  });

  test('is not replaced by one that lost much, until that very CRL is readmitted', async () => {
    clock.advance(hour);
    const many = Array.from({ length: 30 }, (_, index) => (0x1000 + index).toString(16));
    files['issuing.crl'] = crlOf(issuing, ...many);
    await open().refresh();
    clock.advance(hour);
    files['issuing.crl'] = crlOf(issuing, 'a1');
    const report = await open().refresh();
    expect([report.exitCode, report.findings.map(({ code }) => code)]).toEqual([3, ['crl-shrunk']]);
    const consent = /readmit:[0-9a-f]{64}/.exec(report.findings[0]?.message ?? '')?.[0] ?? '';
    const taken = await open().apply({ approve: 'any', allow: [consent] });
    expect(taken.exitCode).toBe(0);
    const { crls } = await revocations();
    expect(Object.values(crls).map(({ entries, retained }) => [entries, retained?.count])).toContainEqual([
      1, 31,
    ]);
  });
});

describe('a stale CRL of a retired CA never blocks the others', () => {
  test('their CRLs move on, its own stays, and the CA goes by its consent', async () => {
    ({ lock } = retireCa(lock, [], rootCa.sha256, clock.now()));
    clock.advance(25 * hour);
    const stale = fakes.one.crls;
    files['issuing.crl'] = crlOf(issuing, 'a1', 'b2', 'c3');
    const report = await open().refresh();
    expect(report.targets.map(({ state, done }) => [state, done.map(({ effect }) => effect)])).toEqual([
      ['in-sync', ['revoke']],
    ]);
    expect(fakes.one.crls).toEqual(expect.arrayContaining([...stale]));
    expect(fakes.one.crls).toHaveLength(3);
    const applied = await open().apply({ approve: 'any', allow: [`remove:${rootCa.sha256}`] });
    expect(applied.plan.blocked).toBe(false);
    expect(fakes.one.cas.map(({ sha256 }) => sha256)).toEqual([readCertificate(issuing.der).sha256]);
  });
});

describe('a CA that its issuer revoked', () => {
  test('is trusted no longer; where it stands, the plan asks for remove:<sha256>', async () => {
    clock.advance(hour);
    files['ca.crl'] = crlOf(root, readCertificate(issuing.der).serial);
    const plan = await open().plan();
    const { sha256 } = readCertificate(issuing.der);
    expect(plan.findings.map(({ code }) => code)).toEqual(['ca-revoked']);
    expect(plan.missing).toEqual([`remove:${sha256}`]);
    await open().apply({ approve: 'any', allow: [`remove:${sha256}`] });
    expect(fakes.one.cas.map((ca) => ca.sha256)).toEqual([rootCa.sha256]);
  });
});

describe('where only CAs stand that are to go, their CRLs move on, and a store is never emptied', () => {
  test.each<[string, Code, { blocked: boolean; stay: number }, () => void]>([
    [
      'retired: nothing else is written anywhere',
      'empty-bundle',
      { blocked: true, stay: 2 },
      () => {
        for (const ca of [root, issuing])
          ({ lock } = retireCa(lock, [], readCertificate(ca.der).sha256, clock.now()));
      },
    ],
    [
      'revoked by their issuer: no mistake of the input, so that who goes by consent may go',
      'only-revoked-cas',
      { blocked: false, stay: 1 },
      () => {
        ({ lock } = retireCa(lock, [], rootCa.sha256, clock.now()));
        files['ca.crl'] = crlOf(root, readCertificate(issuing.der).serial);
      },
    ],
  ])('%s', async (_why, code, { blocked, stay }, happens) => {
    clock.advance(hour);
    happens();
    files['issuing.crl'] = crlOf(issuing, 'a1', 'b2', 'c3');
    const { sha256 } = readCrl(files['issuing.crl']);
    const report = await open().refresh();
    expect(fakes.one.crls).toContain(sha256);
    expect(report.findings.map(({ code }) => code)).toContain(code);
    const issuingCa = readCertificate(issuing.der).sha256;
    const allow = ['remove:one', `remove:${rootCa.sha256}`, `remove:${issuingCa}`];
    const applied = await open().apply({ approve: 'any', allow });
    expect([applied.plan.blocked, fakes.one.cas.length]).toEqual([blocked, stay]);
  });
});

describe('the deny list', () => {
  const request = { serials: ['00:AB:01'], ca: '', by: 'ann', why: 'stolen laptop' };

  test('takes a serial in any notation, whoever holds the lease, and says where that is in force', async () => {
    await openState(store, clock).revocation.acquire('somebody else');
    const ca = readCertificate(issuing.der).sha256.slice(0, 12);
    const report = await open().revoke({ ...request, ca });
    expect(report.entries).toEqual([
      expect.objectContaining({
        serial: 'ab01',
        ca: `Issuing [${ca.slice(0, 8)}]`,
        by: 'ann',
        why: 'stolen laptop',
      }),
    ]);
    const why = expect.stringContaining('none in force names serial ab01: revoke at the CA, then refresh');
    expect(report.targets).toEqual([
      { name: 'one', service: 'fake', state: 'waits for the CA', why, gaps: [], residualAccess: [] },
    ]);
    expect([report.exitCode, report.problems.length]).toEqual([1, 1]);
    expect((await revocations()).deny).toHaveLength(1);
    await open().unrevoke({ serials: ['ab01'], ca });
    expect((await revocations()).deny).toEqual([]);
  });

  test.each([
    ['a CA that is not known', { ca: 'ffff' }, 'ca-unknown'],
    ['text that is no serial', { serials: ['laptop'], ca: rootCa.sha256 }, 'serial-malformed'],
    [
      'more than ten at once without consent',
      { serials: Array.from({ length: 11 }, (_, n) => String(n)), ca: rootCa.sha256 },
      'consent-missing',
    ],
  ])('refuses %s, and writes nothing', async (_name, wrong, code) => {
    const { ca: _none, ...rest } = request;
    await expect(open().revoke({ ...rest, ...wrong })).rejects.toMatchObject({ code });
    expect((await revocations()).deny).toEqual([]);
  });

  test('an entry that is not there cannot be taken off', async () => {
    await expect(open().unrevoke({ serials: ['1'], ca: rootCa.sha256 })).rejects.toMatchObject({
      code: 'not-denied',
    });
  });
});

test('status reports a target that ignores expiry, since CAs drop expired serials from their CRLs', async () => {
  expect((await open().status()).targets[0]?.findings).toEqual([]);
  fakes.one.ignoresExpiry = true;
  expect((await open().status()).targets[0]?.findings).toMatchObject([
    { code: 'expiry-ignored', target: 'one', severity: 'warning' },
  ]);
});

describe('two runs at once', () => {
  test('an apply that read its CRLs earlier never puts an older one over the state of a refresh', async () => {
    clock.advance(hour);
    files['issuing.crl'] = crlOf(issuing, 'a1', 'b2', 'c3');
    const newest = crlOf(issuing, 'a1', 'b2', 'c3', 'd4');
    let beside: Promise<unknown> | undefined;
    const slow = open({
      // The apply has read its sources, and has written nothing yet.
      async get(key) {
        if (key === 'revocation.json' && beside === undefined && fakes.one.log.length > 0) {
          beside = Promise.resolve();
          const found = await store.get(key);
          files['issuing.crl'] = newest;
          beside = open().refresh();
          await beside;
          return found;
        }
        return store.get(key);
      },
    });
    await slow.apply({ approve: 'any' });
    const { crls } = await revocations();
    expect(Object.values(crls).map(({ entries }) => entries)).toContain(4);
  });
});

describe('a CA that stopped publishing', () => {
  test('is reported as stopped once it missed two issues, with the ways out; its CRL stays in force', async () => {
    clock.advance(25 * hour);
    const late = await open().refresh();
    expect([late.exitCode, late.findings.map(({ code }) => code)]).toEqual([
      1,
      ['crl-expired', 'crl-expired'],
    ]);
    clock.advance(25 * hour);
    const { findings } = await open().refresh();
    const stopped = findings.filter(({ code }) => code === 'crl-publication-stopped');
    expect(stopped).toHaveLength(2);
    for (const { message } of stopped) expect(message).toMatch(/second source.*--allow remove:[0-9a-f]{64}/);
    expect(fakes.one.crls).toHaveLength(2);
  });
});

test('a CA with 20 days left: status warns of it, and --fail-on warning makes the exit code 1 with the line why', async () => {
  const ending = await createTestCa({ subject: 'CN=Ending', clock, notAfter: clock.now() + 20 * 24 * hour });
  const later = await createTestCa({ subject: 'CN=Later', clock, notAfter: clock.now() + 40 * 24 * hour });
  stock(readCertificate(ending.der), readCertificate(later.der));
  files['ca.pem'] = root.pem + issuing.pem + ending.pem + later.pem;
  ({ lock } = acceptCas(lock, (await open().offers()).offers, 'all', clock.now()));
  await open().apply({ approve: 'any' });
  const status = await open().status();
  const soon = status.targets.flatMap(({ findings }) =>
    findings.filter(({ code }) => code === 'ca-expires-soon'),
  );
  expect(soon).toMatchObject([
    { severity: 'warning', target: 'one', about: readCertificate(ending.der).sha256 },
  ]);
  expect([status.exitCode, failingOn(status, 'error').exitCode]).toEqual([0, 0]);
  const failing = failingOn(status, 'warning');
  expect(failing.exitCode).toBe(1);
  expect(statusText(failing)).toMatch(/Exit code 1, because:[\s\S]* {2}one: CN=Ending ends at/);
  expect(statusText(status)).not.toContain('Exit code');
});
