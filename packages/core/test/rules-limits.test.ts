import { createTestCa, createTestClock } from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  bundlePem,
  type Certificate,
  type Crl,
  checkBundle,
  checkCertificate,
  checkCrl,
  checkMatrix,
  codes,
  crlPem,
  readCertificate,
  readCrl,
  rules,
} from '../src/index.ts';
import { crlOf, entry } from './support/crls.ts';
import { integer } from './support/der.ts';
import { infoOf, services } from './support/services.ts';

const day = 86_400_000;
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme', key: 'P-384', clock });
const issuing = await root.intermediate('CN=Acme Issuing,O=Acme');
const R = readCertificate(root.der);
const I = readCertificate(issuing.der);

type Options = NonNullable<Parameters<typeof createTestCa>[0]>;
const made = async (options: Options) =>
  readCertificate((await createTestCa({ subject: 'CN=Made', key: 'P-256', clock, ...options })).der);
const codesOf = (findings: readonly { readonly code: string; readonly severity: string }[]) =>
  findings.map(({ code, severity }) => `${severity} ${code}`);
const onCertificate = (ca: Certificate, service: string, limits = {}, at = now) =>
  codesOf(checkCertificate(ca, infoOf(service, limits), at));
const onBundle = (cas: readonly Certificate[], service: string, limits = {}) =>
  codesOf(checkBundle(cas, infoOf(service, limits), now));
const onCrl = (crl: Crl, service: string, limits = {}, capabilities = {}, at = now) =>
  codesOf(checkCrl(crl, infoOf(service, limits, capabilities), at));

describe('every rule', () => {
  test('has a code of the table, and a source wherever it has a verdict', () => {
    for (const { code, verdict } of rules) {
      expect(codes).toHaveProperty(code);
      if (verdict !== undefined) expect(verdict.source.length).toBeGreaterThan(5);
    }
    expect(new Set(rules.map(({ code, about }) => `${about} ${code}`)).size).toBe(rules.length);
  });

  test('leaves a careful CA and its CRL alone, on all four', () => {
    for (const service of services) {
      expect(onCertificate(R, service)).toEqual([]);
      expect(onCertificate(I, service)).toEqual([]);
      expect(onBundle([R, I], service)).toEqual([]);
      expect(onCrl(readCrl(root.issueCrl({ entries: [{ serial: '1' }] }).der), service)).toEqual([]);
    }
  });
});

describe('a CA: at the limit, and one above', () => {
  test.each([
    ['cloudfront', 'certificateBytes'],
    ['alb', 'certificateBytes'],
    ['roles-anywhere', 'anchorCharacters'],
  ])('size of one certificate on %s (%s)', (service, name) => {
    expect(onCertificate(R, service, { [name]: R.pem.length })).toEqual([]);
    expect(onCertificate(R, service, { [name]: R.pem.length - 1 })).toEqual(['error certificate-too-large']);
  });

  test('its end: the last millisecond is in, its notAfter is out', () => {
    expect(onCertificate(R, 'alb', {}, R.notAfter - 1)).toEqual(['warning ca-expires-soon']);
    expect(onCertificate(R, 'alb', {}, R.notAfter)).toEqual(['error ca-expired']);
  });

  test('ninety days before its end it is reported', () => {
    expect(onCertificate(R, 'alb', {}, R.notAfter - 90 * day - 1)).toEqual([]);
    expect(onCertificate(R, 'alb', {}, R.notAfter - 90 * day)).toEqual(['warning ca-expires-soon']);
  });

  test('its beginning', () => {
    expect(onCertificate(R, 'alb', {}, R.notBefore)).toEqual([]);
    expect(onCertificate(R, 'alb', {}, R.notBefore - 1)).toEqual(['warning ca-not-yet-valid']);
  });

  test('SHA-1 is refused, SHA-256 is not; API Gateway takes it with a warning', async () => {
    const weak = await made({ hash: 'SHA-1' });
    expect(services.map((service) => onCertificate(weak, service))).toEqual([
      ['error signature-hash'],
      ['error signature-hash'],
      ['warning signature-hash'],
      ['error signature-hash'],
    ]);
    expect(onCertificate(await made({ hash: 'SHA-256', key: 'P-521' }), 'alb')).toEqual([]);
  });

  test('a leaf is no CA', async () => {
    const leaf = readCertificate((await issuing.issue('CN=device')).der);
    for (const service of services)
      expect(onCertificate(leaf, service)).toEqual(
        expect.arrayContaining(['error not-a-ca', 'error key-usage']),
      );
    // What a standard says holds for a service of others, too.
    expect(onCertificate(leaf, 'somebody-elses')).toEqual(
      expect.arrayContaining(['error not-a-ca', 'error key-usage']),
    );
  });

  test('keyUsage without keyCertSign is refused; without keyUsage only Roles Anywhere refuses', async () => {
    const wrong = await made({ keyUsage: ['digitalSignature', 'cRLSign'] });
    const none = await made({ keyUsage: [] });
    for (const service of services) expect(onCertificate(wrong, service)).toEqual(['error key-usage']);
    expect(services.map((service) => onCertificate(none, service).length)).toEqual([0, 0, 0, 1]);
  });

  test('an unknown critical extension is reported by its OID', async () => {
    const odd = await made({
      extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }],
    });
    const [finding] = checkCertificate(odd, infoOf('alb'), now);
    expect([finding?.code, finding?.severity]).toEqual(['unknown-critical-extension', 'warning']);
    expect(finding?.message).toContain('1.2.3.4');
  });
});

describe('keys, by what the page of each service lists', () => {
  const verdicts = (ca: Certificate) =>
    services.map(
      (service) =>
        checkCertificate(ca, infoOf(service), now).find(({ code }) => code === 'key-algorithm')?.severity ??
        'ok',
    );
  const sized = (name: string, bits: number): Certificate => ({ ...R, key: { kind: 'rsa', bits, name } });
  const curve = (name: string): Certificate => ({ ...R, key: { kind: 'ec', curve: name, name } });
  const unknown = 'warning';

  test.each([
    [1024, ['error', 'error', 'error', unknown]],
    [2047, ['error', 'error', 'error', unknown]],
    [2048, ['ok', 'ok', 'ok', 'ok']],
    [2049, ['error', 'ok', 'ok', 'ok']],
    [3072, ['ok', 'ok', 'ok', 'ok']],
    [4096, ['ok', 'ok', 'ok', 'ok']],
    [8192, ['error', 'ok', 'ok', 'ok']],
    [8193, ['error', 'error', 'ok', 'ok']],
  ])('RSA %i', (bits, expected) => {
    expect(verdicts(sized(`RSA ${bits}`, bits))).toEqual(expected);
  });

  test.each([
    ['P-256', ['ok', 'ok', 'ok', 'ok']],
    ['P-384', ['ok', 'ok', 'ok', 'ok']],
    ['P-521', ['error', 'ok', 'error', 'ok']],
    ['secp256k1', ['error', 'error', 'error', unknown]],
  ])('%s', (name, expected) => {
    expect(verdicts(curve(name))).toEqual(expected);
  });

  test('ML-DSA: refused by three, and said to be unknown on Roles Anywhere', () => {
    const pqc: Certificate = { ...R, key: { kind: 'other', name: 'ML-DSA-65' } };
    expect(verdicts(pqc)).toEqual(['error', 'error', 'error', unknown]);
    const { rows } = checkMatrix({
      certificates: [pqc],
      crls: [],
      services: services.map((name) => infoOf(name)),
      now,
    });
    expect(rows[0]?.cells.map(({ verdict }) => verdict)).toEqual([
      'refused',
      'refused',
      'refused',
      'unknown',
    ]);
  });

  test('keys of real certificates are named', async () => {
    expect((await made({ key: 'RSA-2048' })).key).toEqual({ kind: 'rsa', bits: 2048, name: 'RSA 2048' });
    expect((await made({ key: 'P-521' })).key).toEqual({ kind: 'ec', curve: 'P-521', name: 'P-521' });
  });
});

describe('a bundle: at the limit, and one above', () => {
  test.each(['cloudfront', 'alb', 'api-gateway'])('number of CAs on %s', (service) => {
    expect(onBundle([R, I], service, { certificates: 2 })).toEqual([]);
    expect(onBundle([R, I], service, { certificates: 1 })).toEqual(['error too-many-certificates']);
  });

  test.each(['cloudfront', 'api-gateway'])('size on %s', (service) => {
    const bytes = bundlePem([R, I]).length;
    expect(onBundle([R, I], service, { bundleBytes: bytes })).toEqual([]);
    expect(onBundle([R, I], service, { bundleBytes: bytes - 1 })).toEqual(['error bundle-too-large']);
  });

  test('all subjects together on alb', () => {
    const bytes = (R.subject.der.length + I.subject.der.length) / 2;
    expect(onBundle([R, I], 'alb', { subjectBytes: bytes })).toEqual([]);
    expect(onBundle([R, I], 'alb', { subjectBytes: bytes - 1 })).toEqual(['error bundle-too-large']);
  });

  test('an open chain is refused by API Gateway alone, and the missing CA is named', () => {
    expect(services.map((service) => onBundle([I], service))).toEqual([
      [],
      [],
      ['error incomplete-chain'],
      [],
    ]);
    const [finding] = checkBundle([I], infoOf('api-gateway'), now);
    expect(finding?.message).toContain(R.subject.text);
  });
});

describe('a list: at the limit, and one above', () => {
  const crl = readCrl(root.issueCrl({ entries: ['1', '2', '3'].map((serial) => ({ serial })) }).der);
  const empty = readCrl(root.issueCrl({}).der);

  test.each(['alb', 'roles-anywhere'])('size in PEM on %s', (service) => {
    const characters = crlPem(crl).length;
    expect(onCrl(crl, service, { crlBytes: characters })).toEqual([]);
    expect(onCrl(crl, service, { crlBytes: characters - 1 })).toEqual(['error crl-too-large']);
  });

  test('how many entries fit is said', () => {
    const long = readCrl(
      root.issueCrl({
        entries: Array.from({ length: 6_000 }, (_, index) => ({
          serial: `4${String(index).padStart(39, '0')}`,
        })),
      }).der,
    );
    const [finding] = checkCrl(long, infoOf('roles-anywhere', { crlBytes: 300_000 }), now);
    const fit = Number(/about ([\d,]+) of its 6,000/.exec(finding?.message ?? '')?.[1]?.replace(',', ''));
    const part = (count: number) =>
      crlPem(
        readCrl(
          root.issueCrl({ entries: Array.from({ length: count }, () => ({ serial: `4${'0'.repeat(39)}` })) })
            .der,
        ),
      ).length;
    expect(finding?.message).toContain('300,000');
    expect(part(fit - 40)).toBeLessThanOrEqual(300_000);
    expect(part(fit + 40)).toBeGreaterThan(300_000);
  });

  test('number of entries on alb', () => {
    expect(onCrl(crl, 'alb', { crlEntries: 3 })).toEqual([]);
    expect(onCrl(crl, 'alb', { crlEntries: 2 })).toEqual(['error crl-too-many-entries']);
  });

  test('no entries: a note where the service refuses such CRLs, nothing where it takes them', () => {
    expect(onCrl(empty, 'roles-anywhere', {}, { emptyCrl: false })).toEqual(['note crl-empty']);
    expect(onCrl(crl, 'roles-anywhere', {}, { emptyCrl: false })).toEqual([]);
    expect(onCrl(empty, 'alb')).toEqual([]);
  });

  test('a negative serial on alb', () => {
    const negative = readCrl(crlOf({ entries: [entry(integer('80'))] }));
    expect(onCrl(negative, 'alb')).toEqual(['error crl-negative-serial']);
    expect(onCrl(readCrl(crlOf({ entries: [entry(integer('0080'))] })), 'alb')).toEqual([]);
  });

  test('its end: the last millisecond is in, its nextUpdate is out', () => {
    const end = crl.nextUpdate ?? 0;
    expect(onCrl(crl, 'alb', {}, {}, end - 1)).toEqual([]);
    expect(onCrl(crl, 'alb', {}, {}, end)).toEqual(['error crl-expired']);
    expect(onCrl(crl, 'roles-anywhere', {}, {}, end)).toEqual(['error crl-expired']);
  });

  test('without nextUpdate, or a part of a CRL', () => {
    expect(onCrl(readCrl(root.issueCrl({ nextUpdate: undefined }).der), 'alb')).toEqual([
      'warning crl-no-next-update',
    ]);
    expect(onCrl(readCrl(root.issueCrl({ deltaOf: 1 }).der), 'alb')).toEqual(['error crl-partial']);
    expect(onCrl(readCrl(root.issueCrl({ partition: 'http://crl.example/1' }).der), 'alb')).toEqual([
      'error crl-partial',
    ]);
  });

  test('on api-gateway the target has to name what refuses the revoked, and that is said in numbers', () => {
    const said = (crl: Crl) =>
      checkCrl(crl, infoOf('api-gateway', {}, { revocation: 'enforced-by-us' }), now)[0];
    expect([said(crl)?.code, said(crl)?.severity]).toEqual(['crl-not-enforced', 'warning']);
    expect(said(crl)?.message).toMatch(/the 3 clients revoked by .* are admitted here, unless/);
    expect(said(readCrl(root.issueCrl({ entries: [{ serial: '1' }] }).der))?.message).toMatch(
      /the client revoked by .* is admitted here, unless/,
    );
    expect(said(empty)?.message).toMatch(/clients that .* revokes are admitted here, unless/);
  });

  test('on cloudfront our connection function refuses them, so nothing is to be said', () => {
    expect(checkCrl(crl, infoOf('cloudfront', {}, { revocation: 'enforced-by-us' }), now)).toEqual([]);
  });
});

describe('the matrix', () => {
  let matrix: ReturnType<typeof checkMatrix>;
  beforeAll(async () => {
    const crl = readCrl(
      root.issueCrl({
        entries: Array.from({ length: 14_102 }, (_, index) => ({
          serial: `4${String(index).padStart(39, '0')}`,
        })),
      }).der,
    );
    matrix = checkMatrix({
      certificates: [R, await made({ subject: 'CN=Old', hash: 'SHA-1' })],
      crls: [{ crl: crl, name: 'issuing.crl' }],
      services: [
        infoOf('cloudfront', {}, { revocation: 'enforced-by-us' }),
        infoOf('alb'),
        infoOf('roles-anywhere', { crlBytes: 300_000 }),
      ],
      now,
    });
  });

  test('has things as rows and services as columns, in the order given', () => {
    expect(matrix.services).toEqual(['cloudfront', 'alb', 'roles-anywhere']);
    expect(matrix.rows.map(({ label }) => label)).toEqual([
      expect.stringMatching(/^Acme Root \[[0-9a-f]{8}\] \(P-384\)$/),
      expect.stringMatching(/^Old \[[0-9a-f]{8}\] \(P-256\)$/),
      'all 2 CAs together',
      'issuing.crl (0.6 MB, 14,102 entries)',
    ]);
  });

  test('tells the worst in each cell, and keeps every finding', () => {
    expect(matrix.rows.map(({ cells }) => cells.map(({ verdict }) => verdict))).toEqual([
      ['ok', 'ok', 'ok'],
      ['refused', 'refused', 'refused'],
      // A store with a CA that is refused is refused.
      ['refused', 'refused', 'refused'],
      ['ok', 'ok', 'refused'],
    ]);
    const cell = matrix.rows[3]?.cells[2];
    expect(cell?.note).toMatch(/^crl-too-large: 300,000 characters; [\d,]+ of 14,102 fit$/);
    expect(cell?.findings.map(({ service }) => service)).toEqual(['roles-anywhere']);
  });
});
