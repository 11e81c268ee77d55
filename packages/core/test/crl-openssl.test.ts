import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { crlIssuer, crlPem, judgeCrl, parseCrl, readCertificate, readPem, verifyCrl } from '../src/index.ts';
import { crlOf, entry, serialOf } from './support/crls.ts';
import * as der from './support/der.ts';

const has = spawnSync('openssl', ['version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'crl-openssl-'));
afterAll(() => rmSync(folder, { recursive: true }));
const openssl = (...args: readonly string[]) =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64e6, stdio: 'pipe' });
const serialsIn = (text: string) =>
  [...text.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, hex = '']) =>
    hex.toLowerCase().replace(/^0+(?=.)/, ''),
  );

describe.skipIf(!has)('CRLs without nextUpdate, beside openssl crl (needs openssl)', () => {
  test.each([0, 1, 1_000, 14_102])('%i entries, DER and PEM', (count) => {
    const reason = (code: number) => der.sequence(der.extension('551d15', Buffer.of(0x0a, 1, code)));
    const entries = Array.from({ length: count }, (_, index) =>
      index % 3 === 0
        ? entry(der.integer(serialOf(index)), undefined, reason(1))
        : entry(der.integer(serialOf(index))),
    );
    const crl = crlOf({
      nextUpdate: Buffer.alloc(0),
      ...(count === 0 ? {} : { entries }),
      extensions: [der.extension('551d14', der.integer('0ff1'))],
    });
    writeFileSync(join(folder, 'list.der'), crl);
    openssl('crl', '-inform', 'DER', '-in', 'list.der', '-out', 'list.pem');
    const said = openssl(
      'crl',
      '-in',
      'list.pem',
      '-noout',
      '-text',
      '-lastupdate',
      '-nextupdate',
      '-crlnumber',
    );
    expect(said).toContain('nextUpdate=NONE');
    for (const file of ['list.der', 'list.pem']) {
      const crl = parseCrl(readFileSync(join(folder, file)), file);
      expect(crl.entryCount).toBe(count);
      expect([...crl.serials()]).toEqual(serialsIn(said));
      expect(crl.nextUpdate).toBeUndefined();
      expect(crl.thisUpdate).toBe(Date.parse(/lastUpdate=(.*)/.exec(said)?.[1] ?? ''));
      expect(crl.number).toBe(BigInt(/crlNumber=(0x[0-9A-F]+)/i.exec(said)?.[1] ?? -1).toString());
      expect(crlPem(crl)).toBe(readFileSync(join(folder, 'list.pem'), 'latin1'));
    }
  });
});

describe.skipIf(!has)('CRLs made by openssl ca (needs openssl)', () => {
  const config = `[ca]
default_ca = it
[it]
database = index.txt
serial = serial
crlnumber = crlnumber
default_md = sha256
default_crl_days = 1
private_key = ca.key
certificate = ca.pem
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
`;
  const make = (key: readonly string[], ...sign: readonly string[]) => {
    writeFileSync(join(folder, 'ca.cnf'), config);
    writeFileSync(join(folder, 'crlnumber'), '1A2B\n');
    const revoked = (serial: string, reason: string) =>
      `R\t301124100000Z\t261120100000Z${reason}\t${serial}\tunknown\t/CN=x\n`;
    writeFileSync(
      join(folder, 'index.txt'),
      revoked('01', '') + revoked('80FF', ',keyCompromise') + revoked('7FFFFFFFFFFFFFFFFFFF', ',superseded'),
    );
    openssl(
      'req',
      '-x509',
      ...key,
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/O=Acme/CN=Acme Root',
      '-days',
      '30',
    );
    openssl('ca', '-gencrl', '-config', 'ca.cnf', '-out', 'crl.pem', ...sign);
    const [block] = readPem(readFileSync(join(folder, 'ca.pem')), 'ca.pem');
    return {
      issuer: readCertificate(block?.der ?? expect.unreachable()),
      crl: parseCrl(readFileSync(join(folder, 'crl.pem')), 'crl.pem'),
    };
  };
  const rsa = ['-newkey', 'rsa:2048'];
  const ec = (curve: string) => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
  const pss = ['-sigopt', 'rsa_padding_mode:pss'];

  test.each<[string, readonly string[], readonly string[], string]>([
    ['RSA', rsa, [], 'sha256WithRSAEncryption'],
    ['RSA with SHA-384', rsa, ['-md', 'sha384'], 'sha384WithRSAEncryption'],
    ['RSA with SHA-224', rsa, ['-md', 'sha224'], 'sha224WithRSAEncryption'],
    ['PSS', rsa, [...pss, '-sigopt', 'rsa_pss_saltlen:32'], 'rsassaPss-SHA-256'],
    ['PSS with the longest salt', rsa, [...pss, '-sigopt', 'rsa_pss_saltlen:max'], 'rsassaPss-SHA-256'],
    ['P-256', ec('P-256'), [], 'ecdsa-with-SHA256'],
    ['P-384', ec('P-384'), ['-md', 'sha384'], 'ecdsa-with-SHA384'],
    ['P-521', ec('P-521'), ['-md', 'sha512'], 'ecdsa-with-SHA512'],
  ])('%s: read, and its signature verifies', (_name, key, sign, signatureName) => {
    const { issuer, crl } = make(key, ...sign);
    expect([...crl.serials()]).toEqual(serialsIn(openssl('crl', '-in', 'crl.pem', '-noout', '-text')));
    expect([crl.number, crl.signatureName, crl.scope]).toEqual([String(0x1a2b), signatureName, 'complete']);
    expect(crl.authorityKeyId).toBe(issuer.subjectKeyId);
    expect(verifyCrl(crl, issuer)).toBe('valid');
    expect(crlIssuer(crl, [issuer])).toBe(issuer);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['PSS with another hash in its mask', rsa, [...pss, '-sigopt', 'rsa_mgf1_md:sha512']],
    ['Ed25519', ['-newkey', 'ed25519'], ['-md', 'null']],
  ])(
    '%s cannot be verified here: said to be unsupported, never to be a bad signature',
    (_name, key, sign) => {
      const { issuer, crl } = make(key, ...sign);
      expect(verifyCrl(crl, issuer)).toBe('unsupported');
      const judged = judgeCrl({ crl, issuer, now: crl.thisUpdate });
      expect([judged.outcome, judged.findings[0]?.code]).toEqual(['refused', 'crl-signature-unsupported']);
    },
  );

  test('of two CRLs of one second the one with the lower number is older; a number that went back in a newer one is reported', () => {
    const { issuer, crl } = make(ec('P-256'));
    const judge = (number: string, thisUpdate: number) => {
      const inForce = { sha256: '0'.repeat(64), number, thisUpdate, entries: 1, crl };
      const { outcome, findings } = judgeCrl({ crl, issuer, now: crl.thisUpdate, inForce });
      return [outcome, ...findings.map(({ code }) => code)];
    };
    expect(judge(String(0x1a2c), crl.thisUpdate)).toEqual(['refused', 'crl-older']);
    expect(judge(String(0x1a2a), crl.thisUpdate)).toEqual(['accepted']);
    expect(judge(String(0x1a2c), crl.thisUpdate - 1_000)).toEqual(['accepted', 'crl-number-back']);
  });
});
