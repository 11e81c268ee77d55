import { createTestCa, createTestClock } from '@trustloom/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { acceptCas, emptyLock, type Lock, openState, readCertificate } from '../src/index.ts';
import { caName } from '../src/kit/ca-words.ts';
import { createFake, type FakeService, stock } from './support/fake-service.ts';
import { type Files, openFakes } from './support/run.ts';
import { memoryStore } from './support/world.ts';

const hour = 3_600_000;
const clock = createTestClock('2026-11-24T10:00:00Z');
const root = await createTestCa({ subject: 'CN=Root', clock });
const issuing = await root.intermediate('CN=Issuing');
const leaf = readCertificate((await issuing.issue('CN=device')).der);
const issuingCa = readCertificate(issuing.der);
stock(readCertificate(root.der), issuingCa);

let files: Files;
let fakes: { one: FakeService; two: FakeService };
let store: ReturnType<typeof memoryStore>;
let lock: Lock;

function open() {
  const crls = Object.keys(files).filter((name) => name.endsWith('.crl'));
  return openFakes({ fakes, files, lock, store, clock, group: { crls } });
}

let number = 0;
/** The CA's next CRL, for a day, under its name. */
function publish(
  ca: typeof root,
  serials: readonly string[] = [],
  more: { partition?: string } = {},
): string {
  number += 1;
  clock.advance(1000);
  const thisUpdate = Math.floor(clock.now() / 1000) * 1000;
  const crl = ca.issueCrl({
    entries: serials.map((serial) => ({ serial })),
    number,
    thisUpdate,
    nextUpdate: thisUpdate + 24 * hour,
    ...more,
  });
  files[`${ca.subject}${more.partition ?? ''}.crl`] = crl.der;
  return crl.sha256;
}

const codesOf = ({ findings }: { readonly findings: readonly { readonly code: string }[] }) =>
  [...new Set(findings.map(({ code }) => code))].sort();
const rows = async () => Object.values((await openState(store, clock).revocation.read()).crls);
const apply = (...allow: readonly string[]) => open().apply({ approve: 'any', allow });

/** The last CRL of the issuing CA; the root goes on publishing. */
let last: string;
beforeEach(async () => {
  files = { 'ca.pem': root.pem + issuing.pem };
  fakes = { one: createFake(), two: createFake() };
  store = memoryStore();
  lock = emptyLock;
  publish(root);
  last = publish(issuing, ['a1', leaf.serial]);
  ({ lock } = acceptCas(lock, (await open().offers()).offers, 'all', clock.now()));
  expect((await apply('enforce:one', 'enforce:two')).exitCode).toBe(0);
  clock.advance(49 * hour);
  publish(root);
  await open().refresh();
});

describe('the CRL of a CA that stopped publishing', () => {
  test('is reported with the consent as it is to be typed; without it nothing moves', async () => {
    const plan = await open().plan();
    const [stopped] = plan.findings.filter(({ code }) => code === 'crl-publication-stopped');
    expect(stopped).toMatchObject({
      severity: 'error',
      about: last,
      message: expect.stringContaining(`--allow readmit:${last}`),
    });
    expect([plan.changes, (await apply()).calls, (await open().refresh()).calls]).toEqual([false, 0, 0]);
    expect(fakes.one.crls).toContain(last);
  });

  test('goes by its consent everywhere, last in order, and the next plan is empty', async () => {
    const allow = [`readmit:${last}`];
    const plan = await open().plan({ allow });
    expect(plan.lines.filter((line) => line.includes(last))).toEqual([
      `one no longer enforces ${last}`,
      `two no longer enforces ${last}`,
    ]);
    expect(plan.after.exposure.map(({ text }) => text)).toEqual([
      `one: clients that ${caName(issuingCa)} revoked are admitted (enforcement of its CRL is withdrawn)`,
      `two: clients that ${caName(issuingCa)} revoked are admitted (enforcement of its CRL is withdrawn)`,
    ]);
    const report = await open().apply({ approve: plan.digest, allow });
    expect([report.exitCode, codesOf(report)]).toEqual([0, ['crl-enforcement-withdrawn']]);
    expect([...fakes.one.crls, ...fakes.two.crls]).not.toContain(last);
    const after = await open().plan();
    expect([after.changes, codesOf(after)]).toEqual([false, ['crl-enforcement-withdrawn']]);
    expect(codesOf(await open().status())).toEqual(['crl-enforcement-withdrawn']);
    expect((await open().status()).exitCode).toBe(0);
  });

  test('is remembered as withdrawn, and does not come back although its source still gives it', async () => {
    await apply(`readmit:${last}`);
    expect(
      (await rows()).filter(({ withdrawn }) => withdrawn !== undefined).map(({ sha256 }) => sha256),
    ).toEqual([last]);
    expect((await open().refresh()).calls).toBe(0);
    expect((await apply()).calls).toBe(0);
    expect(fakes.one.crls).not.toContain(last);
  });

  test('explains to whoever asks that the CA has no revocation in force', async () => {
    await apply(`readmit:${last}`);
    const [explained] = await open().explain(leaf);
    expect(explained?.verdict).toBe('admitted');
    expect(explained?.reasons.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(
        /^CN=device: Issuing \[.{8}\] has no revocation in force: enforcement of its CRL was withdrawn at 2026-/,
      ),
    );
  });

  test('a newer one is accepted and enforced again, by a refresh', async () => {
    await apply(`readmit:${last}`);
    const newer = publish(issuing, ['a1']);
    const report = await open().refresh();
    expect([report.exitCode, report.calls, codesOf(report)]).toEqual([0, 2, ['crl-serials-lost']]);
    expect(fakes.one.crls).toContain(newer);
    expect((await rows()).every(({ withdrawn }) => withdrawn === undefined)).toBe(true);
  });

  test('of targets that were left out it still waits for the consent', async () => {
    const report = await open().apply({ approve: 'any', allow: [`readmit:${last}`], targets: ['one'] });
    expect(report.exitCode).toBe(0);
    expect((await open().refresh()).calls).toBe(0);
    const plan = await open().plan();
    expect(plan.missing).toEqual([`readmit:${last}`]);
    expect((await apply()).exitCode).toBe(3);
    expect(fakes.two.crls).toContain(last);
    expect((await apply(`readmit:${last}`)).exitCode).toBe(0);
    expect(fakes.two.crls).not.toContain(last);
  });
});

describe('is not withdrawn', () => {
  test('a CRL whose CA is only late', async () => {
    publish(issuing, ['a1', leaf.serial]);
    const report = await open().refresh();
    const newest = fakes.one.crls.at(-1);
    clock.advance(25 * hour);
    publish(root);
    const plan = await open().plan({ allow: [`readmit:${newest}`] });
    expect([report.exitCode, plan.changes, codesOf(plan)]).toEqual([0, true, ['crl-expired']]);
    expect(plan.targets.flatMap(({ steps }) => steps.map(({ effect }) => effect))).toEqual([
      'revoke',
      'revoke',
    ]);
    await apply(`readmit:${newest}`);
    expect(fakes.one.crls).toContain(newest);
  });

  test('an older CRL that is readmitted by the same words', async () => {
    const older = issuing.issueCrl({
      number: 1,
      thisUpdate: clock.now() - 80 * hour,
      nextUpdate: clock.now() - 70 * hour,
    });
    files[`${issuing.subject}.crl`] = older.der;
    await apply(`readmit:${older.sha256}`);
    const taken = (await rows()).find(({ sha256 }) => sha256 === older.sha256);
    expect(taken).toMatchObject({ entries: 0 });
    expect(taken).not.toHaveProperty('letGo');
  });

  test('one CRL of a CA whose other CRLs are not consented to', async () => {
    const part = publish(issuing, ['b2'], { partition: 'http://crl.example/1' });
    await open().refresh();
    clock.advance(49 * hour);
    publish(root);
    await apply(`readmit:${last}`);
    expect((await rows()).every(({ withdrawn }) => withdrawn === undefined)).toBe(true);
    await apply(`readmit:${last}`, `readmit:${part}`);
    expect((await rows()).filter(({ withdrawn }) => withdrawn !== undefined)).toHaveLength(2);
  });

  test('what the CRL said of a CA: it stays revoked', async () => {
    clock.advance(hour);
    const gone = publish(root, [issuingCa.serial]);
    await open().refresh();
    clock.advance(49 * hour);
    const report = await apply(`readmit:${gone}`);
    expect(codesOf(report)).toEqual(
      ['ca-revoked', 'crl-enforcement-withdrawn', 'crl-publication-stopped', 'crl-expired'].sort(),
    );
    expect((await open().plan()).missing).toEqual([`remove:${issuingCa.sha256}`]);
  });
});
