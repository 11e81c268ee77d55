import { createTestCa, createTestClock } from '@trustloom/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import type { VersionedStore } from '../src/adapter/versioned-store.ts';
import { acceptCas, emptyLock, type Lock, readCertificate } from '../src/index.ts';
import { revocationLane } from '../src/state/leases.ts';
import { openState } from '../src/state/state.ts';
import { createFake, type FakeService, stock } from './support/fake-service.ts';
import { type Files, openFakes } from './support/run.ts';
import { memoryStore } from './support/world.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const root = await createTestCa({ subject: 'CN=Root', clock });
const rootCa = readCertificate(root.der);
stock(rootCa);

let files: Files;
let fakes: Record<string, FakeService>;
let store: VersionedStore;
let lock: Lock = emptyLock;

const target = (region: string, attached: readonly string[] = []) => ({
  trust: ['devices'],
  fake: { region, attached },
});
const open = (targets: Parameters<typeof openFakes>[0]['targets']) =>
  openFakes({ fakes, files, lock, store, clock, group: { crls: ['ca.crl'] }, ...(targets && { targets }) });

/** A newer CRL at the source. */
function publish(number: number): void {
  files['ca.crl'] = root.issueCrl({ entries: [{ serial: 'a1' }, { serial: `b${number}` }], number }).der;
}

beforeEach(async () => {
  files = { 'ca.pem': root.pem };
  publish(1);
  fakes = { jobs: createFake(), 'jobs-2': createFake(), edge: createFake() };
  store = memoryStore();
  const { offers } = await open({ jobs: target('eu-west-1') }).offers();
  lock = acceptCas(emptyLock, offers, 'all', clock.now()).lock;
});

describe('a target that leaves is enforced until it is gone', () => {
  test('moved to another region under one name: the old one is named, gets every CRL, and goes by its consent', async () => {
    await open({ jobs: target('eu-west-1') }).apply({ approve: 'any', allow: ['enforce:jobs'] });
    const moved = () => open({ jobs: target('eu-central-1') });
    const plan = await moved().plan();
    expect(plan.targets.map(({ name, leaving }) => [name, leaving])).toEqual([
      ['jobs', false],
      ['jobs@eu-west-1', true],
    ]);
    expect(plan.missing).toEqual(['enforce:jobs', 'remove:jobs@eu-west-1']);
    await moved().apply({ approve: 'any', allow: ['enforce:jobs'] });
    publish(2);
    await moved().refresh();
    expect([fakes.jobs?.crls.length, fakes['jobs-2']?.crls.length]).toEqual([2, 2]);
    await moved().apply({ approve: 'any', allow: ['remove:jobs@eu-west-1'] });
    expect(fakes.jobs?.cas).toEqual([]);
    expect((await moved().plan()).targets.map(({ name }) => name)).toEqual(['jobs']);
  });

  test('taken out of the definition without the consent to its removal: it gets the CRL of its group all the same', async () => {
    const before = { jobs: target('eu-west-1'), edge: target('eu-west-1', ['l1']) };
    await open(before).apply({ approve: 'any', allow: ['enforce:jobs', 'enforce:edge'] });
    publish(2);
    const report = await open({ jobs: target('eu-west-1') }).refresh();
    expect(fakes.edge?.crls).toHaveLength(2);
    expect(report.targets.map(({ name }) => name)).toEqual(['edge', 'jobs']);
  });

  test('renamed, it does not leave: nothing is planned, and its state goes on under the new name', async () => {
    await open({ edge: target('eu-west-1', ['l1']) }).apply({ approve: 'any', allow: ['enforce:edge'] });
    const renamed = () => open({ lb: target('eu-west-1', ['l1']) });
    const plan = await renamed().plan();
    expect([plan.changes, plan.missing, plan.targets.map(({ name }) => name)]).toEqual([false, [], ['lb']]);
    expect((await renamed().apply({ approve: plan.digest })).calls).toBe(0);
    publish(2);
    await renamed().refresh();
    expect(fakes.edge?.crls).toHaveLength(2);
  });
});

test('what was planned before another run revoked is not done', async () => {
  const lane = revocationLane({
    clock,
    holder: 'ann',
    onEvent: () => undefined,
    signal: new AbortController().signal,
    state: openState(store, clock),
    isOutdated: async () => true,
  });
  let done = false;
  const work = async () => {
    done = true;
  };
  await expect(lane(work)).rejects.toMatchObject({ code: 'object-changed' });
  expect(done).toBe(false);
});
