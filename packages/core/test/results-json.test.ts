import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import type { Content } from '../src/adapter/content.ts';
import { acceptCas, emptyLock, readCertificate } from '../src/index.ts';
import { contentSummary } from '../src/plan/content-summary.ts';
import { createFake, stock } from './support/fake-service.ts';
import { openFakes } from './support/run.ts';
import { memoryStore } from './support/world.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const root = await createTestCa({ subject: 'CN=Root', clock });
const rootCa = readCertificate(root.der);
stock(rootCa);
const entries = Array.from({ length: 2_000 }, (_, index) => ({ serial: (0x10000 + index).toString(16) }));
const issued = root.issueCrl({ entries });

/** What no result tells: certificates, parsed CRLs, and times in milliseconds. */
const forbidden = /"(certificate|crl|der|raw|bytes|input)":|:1[0-9]{12}[,}]/;

test('content is shown by digest, name, figures and times; certificates and entries stay out', () => {
  const crl = crlOf(issued);
  const content: Content = {
    exists: true,
    cas: [{ sha256: rootCa.sha256, subject: 'CN=Root', certificate: rootCa }],
    crls: [
      {
        sha256: crl.sha256,
        issuer: 'CN=Root',
        entries: crl.entryCount,
        thisUpdate: crl.thisUpdate,
        nextUpdate: crl.thisUpdate + 86_400_000,
        inForce: true,
        crl,
      },
    ],
    attachments: [],
    bypasses: [],
    endpoints: [],
    findings: [],
    unmet: [],
  };
  expect(contentSummary(content)).toEqual({
    exists: true,
    cas: [{ sha256: rootCa.sha256, subject: 'CN=Root' }],
    crls: [
      {
        sha256: crl.sha256,
        issuer: 'CN=Root',
        entries: 2_000,
        thisUpdate: '2026-11-24T10:00:00Z',
        nextUpdate: '2026-11-25T10:00:00Z',
        inForce: true,
      },
    ],
    attachments: [],
    bypasses: [],
    endpoints: [],
  });
});

test('plan, report and status as JSON have no certificate, no CRL, no step’s input, and times in words', async () => {
  const fakes = { one: createFake() };
  const files = { 'ca.pem': root.pem, 'ca.crl': issued.der };
  const store = memoryStore();
  const open = (lock = emptyLock) =>
    openFakes({ fakes, files, lock, store, clock, group: { crls: ['ca.crl'] } });
  const { lock } = acceptCas(emptyLock, (await open().offers()).offers, 'all', clock.now());
  const trustloom = open(lock);
  const plan = await trustloom.plan();
  const report = await trustloom.apply({ approve: 'any', allow: ['enforce:one'] });
  const status = await trustloom.status();
  expect(report.exitCode).toBe(0);
  for (const result of [plan, report, status]) {
    const json = JSON.stringify(result);
    expect(forbidden.exec(json)?.[0]).toBeUndefined();
    expect(json.length).toBeLessThan(8_000);
  }
  expect(report.targets[0]?.done).toEqual(
    expect.arrayContaining([{ id: 'grant', effect: 'grant', summary: 'do grant' }]),
  );
});
