import { createTestCa, createTestClock } from '@trustloom/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  acceptCas,
  emptyLock,
  type Lock,
  openState,
  readCertificate,
  retireCa,
  TrustloomError,
} from '../src/index.ts';
import { leaseMs } from '../src/state/state.ts';
import { createFake, type FakeService, stock } from './support/fake-service.ts';
import { type Files, openFakes } from './support/run.ts';
import { memoryStore } from './support/world.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const root = await createTestCa({ subject: 'CN=Root', clock });
const next = await createTestCa({ subject: 'CN=Next', clock });
const [rootCa, nextCa] = [readCertificate(root.der), readCertificate(next.der)];
stock(rootCa, nextCa);

let files: Files;
let fakes: Record<string, FakeService>;
let store: ReturnType<typeof memoryStore>;
let lock: Lock;

function open(targets: readonly string[] = Object.keys(fakes)) {
  return openFakes({ fakes, files, lock, store, clock, group: { crls: ['ca.crl'] }, targets });
}

async function accept() {
  ({ lock } = acceptCas(lock, (await open().offers()).offers, 'all', clock.now()));
}

beforeEach(async () => {
  files = { 'ca.pem': root.pem, 'ca.crl': root.issueCrl({ entries: [{ serial: 'a1' }] }).der };
  fakes = { one: createFake(), two: createFake() };
  store = memoryStore();
  lock = emptyLock;
  await accept();
});

const allow = ['enforce:one', 'enforce:two'];

describe('planning', () => {
  test('writes nothing, and says what it needs', async () => {
    const plan = await open().plan();
    expect(store.writes).toEqual([]);
    expect(plan.missing).toEqual(allow);
    expect(plan.lines).toEqual(
      ['one', 'two'].flatMap((name) => [
        `${name} devices CRL ca.crl`,
        `${name} devices leafLife unknown OCSP unknown`,
        `${name} fake.region "eu-west-1"`,
        `${name} grace 86400000`,
        `${name} is fake 222222222222/eu-west-1 managed all`,
        `${name} trusts ${rootCa.sha256}`,
      ]),
    );
    expect(plan.summary).toContain('needs --allow enforce:one');
    expect(plan.summary).toMatch(/^Plan: 4 changes on 2 targets; 2 more need consent\./);
  });

  test('the digest stands for grants and enforcement, not for the day’s CRL', async () => {
    const { digest } = await open().plan();
    files['ca.crl'] = root.issueCrl({ entries: [{ serial: 'a1' }, { serial: 'b2' }], number: 2 }).der;
    expect((await open().plan()).digest).toBe(digest);
    files['ca.pem'] = root.pem + next.pem;
    await accept();
    expect((await open().plan()).digest).not.toBe(digest);
  });

  test('a CA that is not in the lock is proposed, not granted', async () => {
    files['ca.pem'] = root.pem + next.pem;
    const plan = await open().plan();
    expect(plan.caChanges).toEqual([
      {
        change: 'propose',
        sha256: nextCa.sha256,
        subject: 'CN=Next',
        group: 'devices',
        admittedOn: [],
        notOn: ['one', 'two'],
      },
    ]);
    expect(plan.lines.join()).not.toContain(nextCa.sha256);
  });

  test('a CA that its source dropped is kept', async () => {
    await open().apply({ approve: 'any', allow });
    files = { 'ca.pem': next.pem };
    const plan = await open().plan();
    expect(plan.caChanges.map(({ change, sha256 }) => [change, sha256])).toEqual([
      ['propose', nextCa.sha256],
      ['keep', rootCa.sha256],
    ]);
    expect(plan.lines).toContain(`one trusts ${rootCa.sha256}`);
  });

  test.each([
    ['a private key', `${root.pem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`, 3],
    ['nothing', '', 3],
  ] as const)('a bundle with %s blocks every write', async (_name, text, exitCode) => {
    files['ca.pem'] = text;
    const report = await open().apply({ approve: 'any', allow });
    expect([report.exitCode, report.plan.blocked, fakes.one?.log]).toEqual([exitCode, true, []]);
    expect(store.writes).toEqual([]);
  });

  test('a missing file blocks every write and is exit 1', async () => {
    delete files['ca.pem'];
    expect((await open().apply({ approve: 'any', allow })).exitCode).toBe(1);
    expect(fakes.one?.log).toEqual([]);
  });

  test('a CRL of nobody known, or broken, is refused alone: what stands stays, the rest goes on, and the run ends with an error', async () => {
    await open(['one']).apply({ approve: 'any', allow });
    const { crls } = fakes.one ?? createFake();
    for (const bad of [next.issueCrl({}).der, new TextEncoder().encode('<html>')]) {
      files['ca.crl'] = bad;
      const report = await open(['one']).apply({ approve: 'any', allow });
      expect(report.exitCode).toBe(1);
      expect(fakes.one).toMatchObject({ enforcing: true, crls });
      expect(fakes.one?.cas.length).toBe(1);
    }
  });

  test('at first apply, the CA waits for a CRL that was never read, or comes by its consent', async () => {
    for (const bad of [next.issueCrl({}).der, new TextEncoder().encode('<html>')]) {
      fakes = { one: createFake() };
      files['ca.crl'] = bad;
      const waits = await open().apply({ approve: 'any', allow });
      expect([waits.exitCode, waits.missing]).toEqual([3, [`unlisted:${rootCa.sha256}`]]);
      expect(fakes.one).toMatchObject({ cas: [], enforcing: false });
      const granted = await open().apply({ approve: 'any', allow: [...allow, `unlisted:${rootCa.sha256}`] });
      expect([granted.exitCode, fakes.one?.cas.length, fakes.one?.enforcing]).toEqual([1, 1, true]);
      store = memoryStore();
    }
  });

  test('beside a CA that waits for its first CRL others are granted, and what enforces already goes on', async () => {
    files['ca.pem'] = root.pem + next.pem;
    files['next.crl'] = new TextEncoder().encode('<html>');
    await accept();
    const both = () =>
      openFakes({ fakes, files, lock, store, clock, group: { crls: ['ca.crl', 'next.crl'] } });
    const waits = await both().apply({ approve: 'any', allow });
    expect(waits.missing).toEqual([`unlisted:${nextCa.sha256}`]);
    expect(fakes.one).toMatchObject({ cas: [rootCa], enforcing: false });
    files['next.crl'] = next.issueCrl({}).der;
    expect((await both().apply({ approve: 'any', allow })).exitCode).toBe(0);
    expect([fakes.one?.cas.length, fakes.one?.enforcing]).toEqual([2, true]);
    // Once both stand, an outage holds nothing back and takes nothing away.
    delete files['next.crl'];
    expect((await both().plan()).missing).toEqual([]);
  });

  test('an older CRL than the one accepted is refused alone, exit 3', async () => {
    await open().apply({ approve: 'any', allow });
    const { crls } = fakes.one ?? createFake();
    files['ca.crl'] = root.issueCrl({
      thisUpdate: clock.now() - 7_200_000,
      nextUpdate: clock.now() + 7_200_000,
    }).der;
    const report = await open().apply({ approve: 'any', allow });
    expect([report.exitCode, report.findings.map(({ code }) => code), fakes.one?.crls]).toEqual([
      3,
      ['crl-older'],
      crls,
    ]);
  });
});

describe('applying', () => {
  test('admits the right ones before it refuses anybody, across all targets, and then there is nothing to do', async () => {
    const order: string[] = [];
    const report = await open().apply({
      approve: 'any',
      allow,
      onEvent: (event) =>
        event.type === 'step' && event.state === 'done' && order.push(`${event.effect} ${event.target}`),
    });
    expect(report.exitCode).toBe(0);
    const last = (effect: string) =>
      Math.max(...order.map((line, index) => (line.startsWith(effect) ? index : -1)));
    const first = (effect: string) => order.findIndex((line) => line.startsWith(effect));
    expect(last('grant')).toBeLessThan(first('enforce'));
    expect(last('revoke')).toBeLessThan(first('enforce'));
    expect((await open().plan()).changes).toBe(false);
  });

  test.each([
    ['waits for a grant elsewhere', {}, ['settled two', 'enforce one']],
    [
      'does not wait for one that nobody is waiting for',
      { nonBlocking: true },
      ['enforce one', 'settled two'],
    ],
  ] as const)('a target that begins to enforce %s', async (_, over, expected) => {
    const order: string[] = [];
    fakes.two = { ...createFake(), lazy: 5, ...over };
    await open().apply({
      approve: 'any',
      allow,
      onEvent(event) {
        if (event.type === 'settled') order.push(`settled ${event.target}`);
        if (event.type === 'step' && event.state === 'started') order.push(`${event.effect} ${event.target}`);
      },
    });
    const seen = (line: string) => order.indexOf(line);
    expect([...expected].sort((a, b) => seen(a) - seen(b))).toEqual(expected);
  });

  test('nobody waits for what cannot be done any more', async () => {
    await open().apply({ approve: 'any', allow: [] });
    expect([fakes.one?.enforcing, fakes.two?.enforcing]).toEqual([false, false]);
    clock.advance(3_600_000);
    files['ca.crl'] = root.issueCrl({ entries: [{ serial: 'a1' }, { serial: 'b2' }], number: 2 }).der;
    // Its CRL is refused, so it must not enforce; the other one does.
    fakes.one?.faults.push(new TrustloomError('service-refused', 'no such CRL'));
    fakes.two = { ...createFake(), ...fakes.two, lazy: 2 };
    expect((await open().apply({ approve: 'any', allow })).exitCode).toBe(1);
    expect([fakes.one?.enforcing, fakes.two.enforcing]).toEqual([false, true]);
  });

  test('before anything is taken away, every grant is done', async () => {
    await open().apply({ approve: 'any', allow });
    fakes.two = { ...createFake(), lazy: 5, nonBlocking: true };
    files['ca.pem'] = root.pem + next.pem;
    await accept();
    ({ lock } = retireCa(lock, [], rootCa.sha256, clock.now()));
    const order: string[] = [];
    await open().apply({
      approve: 'any',
      allow: [...allow, `remove:${rootCa.sha256}`],
      onEvent(event) {
        if (event.type === 'settled') order.push(`settled ${event.target}`);
        if (event.type === 'step' && event.state === 'started') order.push(`${event.effect} ${event.target}`);
      },
    });
    expect(order.indexOf('settled two')).toBeGreaterThan(-1);
    expect(order.indexOf('settled two')).toBeLessThan(order.indexOf('remove one'));
  });

  test('goes on only with the plan that was approved', async () => {
    const { digest } = await open().plan();
    files['ca.pem'] = root.pem + next.pem;
    await accept();
    await expect(open().apply({ approve: digest, allow })).rejects.toMatchObject({ code: 'approval-stale' });
    expect(fakes.one?.log).toEqual([]);
  });

  test('leaves out what lacks a consent, does the rest, and is refused', async () => {
    const report = await open().apply({ approve: 'any', allow: ['enforce:one'] });
    expect([
      report.exitCode,
      report.missing,
      fakes.one?.enforcing,
      fakes.two?.enforcing,
      fakes.two?.cas.length,
    ]).toEqual([3, ['enforce:two'], true, false, 1]);
  });

  test('a retired CA goes by consent that names it, after the new one is everywhere', async () => {
    files['ca.pem'] = root.pem + next.pem;
    await accept();
    await open().apply({ approve: 'any', allow });
    ({ lock } = retireCa(lock, [], rootCa.sha256.slice(0, 12), clock.now()));
    const afterwards = await open().apply({ approve: 'any', allow });
    expect([afterwards.exitCode, afterwards.missing, fakes.one?.cas.length]).toEqual([
      3,
      [`remove:${rootCa.sha256}`],
      2,
    ]);
    const gone = await open().apply({ approve: 'any', allow: [...allow, `remove:${rootCa.sha256}`] });
    expect([gone.exitCode, fakes.one?.cas.map(({ subject }) => subject.text)]).toEqual([0, ['CN=Next']]);
  });

  test('an empty trust is never applied, whatever is consented to', async () => {
    await open().apply({ approve: 'any', allow });
    ({ lock } = retireCa(lock, [], rootCa.sha256, clock.now()));
    const report = await open().apply({ approve: 'any', allow: [...allow, `remove:${rootCa.sha256}`] });
    expect([report.exitCode, report.findings.map(({ code }) => code), fakes.one?.cas.length]).toEqual([
      3,
      ['empty-bundle', 'empty-bundle'],
      1,
    ]);
  });

  test('passing trouble is met by looking and planning again', async () => {
    fakes.one?.faults.push(
      new TrustloomError('throttled', 'slow down'),
      new TrustloomError('object-changed', 'somebody was faster'),
    );
    const report = await open().apply({ approve: 'any', allow });
    expect([report.exitCode, fakes.one?.log.length]).toEqual([0, 3]);
  });

  test('one service that refuses stops alone', async () => {
    fakes.one?.faults.push(new TrustloomError('access-denied', 'no'));
    const report = await open().apply({ approve: 'any', allow });
    expect(report.targets.map(({ name, state }) => [name, state])).toEqual([
      ['one', 'failed'],
      ['two', 'in-sync'],
    ]);
    expect(report.exitCode).toBe(1);
    expect((await open().apply({ approve: 'any', allow })).exitCode).toBe(0);
  });

  test('waits until the service is no longer busy, on the given clock', async () => {
    if (fakes.one !== undefined) fakes.one.lazy = 5;
    const waited: number[] = [];
    const start = clock.now();
    await open().apply({
      approve: 'any',
      allow,
      onEvent: (event) => event.type === 'settled' && waited.push(event.afterMs),
    });
    expect(waited[0]).toBe(5_000);
    expect(clock.now() - start).toBeGreaterThanOrEqual(15_000);
  });

  test('a target that left the definition goes by consent, and then leaves the state', async () => {
    await open().apply({ approve: 'any', allow });
    const afterwards = await open(['one']).apply({ approve: 'any', allow });
    expect([afterwards.exitCode, afterwards.missing, fakes.two?.cas.length]).toEqual([3, ['remove:two'], 1]);
    const gone = await open(['one']).apply({ approve: 'any', allow: ['remove:two'] });
    expect([gone.exitCode, gone.targets.map(({ state }) => state), fakes.two?.cas.length]).toEqual([
      0,
      ['in-sync', 'removed'],
      0,
    ]);
    expect(Object.keys((await openState(store, clock).trust.read()).targets)).toEqual(['one']);
  });

  test('an attachment that is gone stops a target that stays, and not one that leaves', async () => {
    fakes.one = { ...createFake(), gone: true };
    const stays = await open().apply({ approve: 'any', allow });
    const [one] = stays.plan.targets;
    expect(one?.findings.map(({ code }) => code)).toEqual(['attachment-missing']);
    expect(one?.steps.map(({ effect, skipped }) => [effect, skipped])).toContainEqual([
      'grant',
      'precondition',
    ]);
    expect(fakes.one.cas).toEqual([]);
    fakes.one = { ...createFake(), cas: [rootCa], gone: true };
    const gone = await open(['two']).apply({ approve: 'any', allow: ['remove:one'] });
    expect([gone.exitCode, gone.targets[0]?.state, fakes.one.cas]).toEqual([0, 'removed', []]);
  });

  test('waits for the lease that a killed run left behind', async () => {
    const start = clock.now();
    await openState(store, clock).trust.acquire('killed');
    expect((await open().apply({ approve: 'any', allow })).exitCode).toBe(0);
    expect(clock.now() - start).toBeGreaterThan(leaseMs);
  });

  test('an aborted run stops, and the next one goes on', async () => {
    const abort = new AbortController();
    const run = open().apply({
      approve: 'any',
      allow,
      signal: abort.signal,
      onEvent: (event) => event.type === 'step' && event.state === 'done' && abort.abort(new Error('stop')),
    });
    await expect(run).rejects.toThrow('stop');
    expect(fakes.one?.log.length).toBeLessThan(3);
    expect((await open().apply({ approve: 'any', allow })).exitCode).toBe(0);
  });
});
