import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCa, type KeyKind, type TestCa, type TestLeaf } from '../src/index.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const dir = mkdtempSync(join(tmpdir(), 'trustloom-ca-'));
afterAll(() => rmSync(dir, { recursive: true }));

let count = 0;
function file(content: string | Uint8Array): string {
  const path = join(dir, `f${count++}`);
  writeFileSync(path, content);
  return path;
}
const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
/**
 * True when OpenSSL takes the leaf under these anchors, with what the client sends and the CRLs
 * given.
 */
function verifies(
  anchors: readonly { pem: string }[],
  leaf: TestLeaf,
  crls: readonly string[] = [],
): boolean {
  const args = ['verify', '-partial_chain', '-purpose', 'sslclient', '-x509_strict'];
  const given = [
    ...['-CAfile', file(anchors.map((one) => one.pem).join(''))],
    ...['-untrusted', file(leaf.chainPem)],
    ...(crls.length === 0 ? [] : ['-crl_check', '-CRLfile', file(crls.join(''))]),
  ];
  return spawnSync('openssl', [...args, ...given, file(leaf.pem)]).status === 0;
}

let root: TestCa;
let issuing: TestCa;
let leaf: TestLeaf;
beforeAll(async () => {
  root = await createTestCa({ subject: 'CN=Acme Root,O=Acme,C=GB' });
  issuing = await root.intermediate('CN=Acme Issuing,O=Acme,C=GB');
  leaf = await issuing.issue('CN=device-1,O=Acme');
});

describe('certificates', () => {
  it('are read by Node as they were asked for', () => {
    const read = new X509Certificate(issuing.pem);
    expect(read.ca).toBe(true);
    expect(read.subject).toBe('C=GB\nO=Acme\nCN=Acme Issuing');
    expect(read.verify(new X509Certificate(root.pem).publicKey)).toBe(true);
    expect(read.checkIssued(new X509Certificate(root.pem))).toBe(true);
    expect(read.serialNumber.toLowerCase().replace(/^0+/, '')).toBe(issuing.serial);
    expect(read.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(issuing.sha256);
    expect(new X509Certificate(leaf.pem).checkPrivateKey(leaf.key.privateKey)).toBe(true);
    expect(Buffer.from(root.pem.split('-----')[2] ?? '', 'base64').equals(root.der)).toBe(true);
  });

  it('take a serial, a validity and a path length', async () => {
    const notBefore = Date.parse('2026-01-01T00:00:00Z');
    const notAfter = Date.parse('2060-01-01T00:00:00Z');
    const short = await root.intermediate('CN=x', { serial: '00ff', notBefore, notAfter, pathLength: 0 });
    const read = new X509Certificate(short.pem);
    expect(short.serial).toBe('ff');
    expect(read.serialNumber).toBe('FF');
    expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([notBefore, notAfter]);
  });

  it('keep name and key when renewed, and the name when re-keyed', async () => {
    const renewed = await issuing.renew();
    const rekeyed = await issuing.rekey();
    const spki = (ca: TestCa) => ca.key.publicKey.export({ type: 'spki', format: 'pem' });
    expect(renewed.sha256).not.toBe(issuing.sha256);
    expect(spki(renewed)).toBe(spki(issuing));
    expect(spki(rekeyed)).not.toBe(spki(issuing));
    for (const other of [renewed, rekeyed]) {
      expect(Buffer.from(other.subjectDer).equals(issuing.subjectDer)).toBe(true);
      expect(new X509Certificate(other.pem).checkIssued(new X509Certificate(root.pem))).toBe(true);
    }
  });

  it.skipIf(!hasOpenssl)('form chains that OpenSSL takes (openssl)', async () => {
    expect(verifies([root], leaf)).toBe(true);
    expect(verifies([issuing], leaf)).toBe(true);
    expect(verifies([await createTestCa({ subject: root.subject })], leaf)).toBe(false);
    expect(verifies([await issuing.renew()], leaf)).toBe(true);
    expect(verifies([await issuing.rekey()], leaf)).toBe(false);
    const other = await createTestCa({ subject: 'CN=Other Root' });
    const cross = await other.crossSign(issuing);
    const bridged = { ...leaf, chainPem: leaf.pem + cross.pem };
    expect(verifies([other], bridged)).toBe(true);
    expect(verifies([other], leaf)).toBe(false);
  });

  it.skipIf(!hasOpenssl)('can be wrong on purpose (openssl)', async () => {
    const now = Date.now();
    const wrong = {
      expired: { notBefore: now - 2e8, notAfter: now - 1e8 },
      'not yet valid': { notBefore: now + 1e8, notAfter: now + 2e8 },
      'for servers': { extendedKeyUsage: ['serverAuth'] },
    };
    for (const [what, options] of Object.entries(wrong))
      expect([what, verifies([root], await issuing.issue('CN=wrong', options))]).toEqual([what, false]);
  });

  it.skipIf(!hasOpenssl).each<readonly [KeyKind, KeyKind, string]>([
    ['P-256', 'RSA-2048', 'ecdsa-with-SHA256'],
    ['P-521', 'P-256', 'ecdsa-with-SHA512'],
    ['RSA-2048', 'P-256', 'sha256WithRSAEncryption'],
  ])('come with %s for the CA and %s for the leaf (openssl)', async (caKey, leafKey, algorithm) => {
    const ca = await createTestCa({ key: caKey });
    const issued = await ca.issue('CN=a', { key: leafKey });
    expect(verifies([ca], issued)).toBe(true);
    expect(openssl('x509', '-noout', '-text', '-in', file(issued.pem))).toContain(algorithm);
  });

  it.skipIf(!hasOpenssl)('can be signed with PSS, or SHA-1 (openssl)', async () => {
    const ca = await createTestCa({ key: 'RSA-2048' });
    const text = async (options: object) =>
      openssl('x509', '-noout', '-text', '-in', file((await ca.issue('CN=a', options)).pem));
    expect(await text({ pss: true })).toContain('rsassaPss');
    expect(await text({ hash: 'SHA-1' })).toContain('sha1WithRSAEncryption');
  });
});

describe('CRLs', () => {
  it.skipIf(!hasOpenssl)('are enforced by OpenSSL (openssl)', () => {
    expect(verifies([root], leaf, [issuing.issueCrl().pem])).toBe(true);
    const revoked = issuing.issueCrl({ entries: [{ serial: leaf.serial, reason: 'keyCompromise' }] });
    expect(verifies([root], leaf, [revoked.pem])).toBe(false);
  });

  it.skipIf(!hasOpenssl)('say what they were given (openssl)', () => {
    const thisUpdate = Date.parse('2026-11-24T08:15:00Z');
    const crl = issuing.issueCrl({
      thisUpdate,
      nextUpdate: Date.parse('2050-01-01T00:00:00Z'),
      number: 0x1234,
      entries: [{ serial: 'ff00' }, { serial: 1, reason: 'superseded', date: thisUpdate - 1000 }],
    });
    const text = openssl('crl', '-inform', 'DER', '-noout', '-text', '-in', file(crl.der));
    expect(text).toMatch(/Last Update: Nov 24 08:15:00 2026 GMT\s+Next Update: Jan {2}1 00:00:00 2050 GMT/);
    expect(text).toMatch(/Serial Number: FF00\s+Revocation Date: Nov 24 08:15:00 2026 GMT/);
    expect(text).toMatch(/Serial Number: 01\s+Revocation Date: Nov 24 08:14:59 2026[\s\S]*Superseded/);
    expect(text).toContain('4660');
    expect(openssl('crl', '-noout', '-nextupdate', '-in', file(crl.pem))).toContain('2050');
  });

  it.skipIf(!hasOpenssl)('can lack nextUpdate, number and key identifier, or be partial (openssl)', () => {
    const text = (crl: { pem: string }) => openssl('crl', '-noout', '-text', '-in', file(crl.pem));
    const bare = text(
      issuing.issueCrl({
        nextUpdate: undefined,
        number: undefined,
        keyId: undefined,
        entries: [{ serial: 5 }],
      }),
    );
    expect(bare).toMatch(/Next Update: NONE/);
    expect(bare).toMatch(/Serial Number: 05/);
    expect(bare).not.toMatch(/CRL Number|Authority Key/);
    expect(text(issuing.issueCrl({ deltaOf: 7 }))).toMatch(/Delta CRL Indicator: critical\s+7/);
    expect(text(issuing.issueCrl({ partition: 'http://crl.example/1.crl' }))).toMatch(
      /Issuing Distribution Point: critical\s+Full Name:\s+URI:http:\/\/crl\.example\/1\.crl/,
    );
  });

  it.skipIf(!hasOpenssl)('of a hundred thousand entries are whole (openssl)', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) => ({
      serial: (0x7f00000000n + BigInt(index)) << 88n,
    }));
    const crl = issuing.issueCrl({ entries, number: 9 });
    const text = execFileSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text', '-in', file(crl.der)], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(text.match(/Serial Number:/g)).toHaveLength(100_000);
  });
});
