import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { type Certificate, checkFiles, readCertificate } from '../src/index.ts';
import { seeded } from './support/fuzz.ts';
import { infoOf } from './support/services.ts';

const hour = 3_600_000;
const seed = Number(process.env.TRUSTLOOM_SEED ?? 11);
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const root = await createTestCa({ subject: 'CN=Root', clock });
const issuing = await root.intermediate('CN=Issuing');
const namesake = await createTestCa({ subject: 'CN=Issuing', clock });
const makers = [root, issuing, namesake];
const services = [
  infoOf('cloudfront', {}, { revocation: 'enforced-by-us' }),
  infoOf('alb'),
  infoOf('api-gateway', {}, { revocation: 'enforced-by-us' }),
  infoOf('roles-anywhere', { crlBytes: 300_000 }, { emptyCrl: false }),
];

/** What may be wrong with a CA. */
const flaws: readonly ((ca: Certificate) => Certificate)[] = [
  (ca) => ca,
  (ca) => ca,
  (ca) => ({ ...ca, isCa: false }),
  (ca) => ({ ...ca, notAfter: now - hour }),
  (ca) => ({ ...ca, notAfter: now + hour }),
  (ca) => ({ ...ca, key: { kind: 'other', name: 'ML-DSA-65' } }),
  (ca) => ({ ...ca, version: 1 }),
];

test(`law: the table and the findings say the same (seed ${seed})`, () => {
  const random = seeded(seed);
  const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T;
  for (let run = 0; run < 300; run += 1) {
    const certificates = makers.filter(() => random(3) > 0).map((ca) => pick(flaws)(readCertificate(ca.der)));
    const crls = Array.from({ length: random(3) }, (_, index) => {
      const thisUpdate = now + pick([-2 * hour, -hour, 4 * 60_000, hour]);
      const { der } = pick(makers).issueCrl({
        entries: pick([[], [{ serial: 'a1' }]]),
        thisUpdate,
        nextUpdate: thisUpdate + pick([hour / 2, 24 * hour]),
        ...pick([{}, {}, { deltaOf: 1 }, { partition: 'http://crl.example/1' }]),
      });
      const bytes = new Uint8Array(der);
      const last = bytes.length - 1;
      if (random(5) === 0) bytes[last] = (bytes[last] ?? 0) ^ 1;
      return { crl: crlOf({ der: bytes }), name: `${index}.crl` };
    });
    const { matrix, findings, exitCode } = checkFiles({ certificates, crls, services, findings: [], now });
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(exitCode > 0, `run ${run}`).toBe(errors.length > 0);
    for (const { about, label, cells } of matrix.rows)
      for (const { service, verdict } of cells) {
        const isOf = (one: (typeof findings)[number]) =>
          (one.service ?? service) === service &&
          (one.about === about ||
            (about === 'bundle' && certificates.some(({ sha256 }) => sha256 === one.about)));
        const wrong = errors.some(isOf);
        const where = `run ${run}: ${label} on ${service}`;
        if (verdict === 'ok') expect(wrong, where).toBe(false);
        if (verdict === 'refused') expect(wrong, where).toBe(true);
        if (wrong) expect(['refused', 'unknown'], where).toContain(verdict);
        // A row of its own hides nothing: what is said of the thing is said in a cell.
        const said = findings.some((one) => isOf(one) && one.about === about && one.severity !== 'note');
        if (said) expect(verdict, where).not.toBe('ok');
      }
  }
});
