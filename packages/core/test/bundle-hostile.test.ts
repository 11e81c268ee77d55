import { spawnSync } from 'node:child_process';
import { createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { createTestCa, createTestClock } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bundlePem,
  isTrustloomError,
  parseBundle,
  readCertificate,
  readPem,
  sortCertificates,
} from '../src/index.ts';
import { pemLength, writePem } from '../src/x509/pem.ts';
import * as der from './support/der.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
const clock = createTestClock('2026-11-24T10:00:00Z');
const ca = await createTestCa({ subject: 'CN=Acme', key: 'P-256', clock });
const other = await createTestCa({ subject: 'CN=Other', key: 'RSA-2048', clock });
const coded = (code: string) => expect.objectContaining({ code });
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyBlock = (options: { readonly cipher?: string } = {}) =>
  privateKey
    .export({
      type: 'pkcs8',
      format: 'pem',
      ...(options.cipher === undefined ? {} : { cipher: options.cipher, passphrase: 'x' }),
    })
    .toString();
const keyDer = (options: { readonly cipher?: string } = {}) =>
  privateKey.export({
    type: 'pkcs8',
    format: 'der',
    ...(options.cipher === undefined ? {} : { cipher: options.cipher, passphrase: 'x' }),
  });
const sec1 = () => privateKey.export({ type: 'sec1', format: 'der' });
const wrapped = (bytes: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----\n`;

describe('a private key refuses the whole file, in any form, and exits by the safety rule', () => {
  test.each<[string, string | Uint8Array]>([
    ['PKCS #8', ca.pem + keyBlock()],
    ['PKCS #8, encrypted', ca.pem + keyBlock({ cipher: 'aes-256-cbc' })],
    ['SEC 1', ca.pem + privateKey.export({ type: 'sec1', format: 'pem' })],
    ['OpenSSH', `${ca.pem}-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n`],
    ['SSH2', `${ca.pem}---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nAAAA\n`],
    ['PuTTY', `PuTTY-User-Key-File-3: ssh-ed25519\n${ca.pem}`],
    ['commented out', ca.pem + keyBlock().replace(/^/gm, '# ')],
    ['indented', ca.pem + keyBlock().replace(/^/gm, '    ')],
    ['in lower case', ca.pem + keyBlock().replace('BEGIN PRIVATE KEY', 'begin private key')],
    ['without its end', `${ca.pem}-----BEGIN PRIVATE KEY`],
    ['after a broken block', `-----BEGIN CERTIFICATE-----\n!!\n${keyBlock()}`],
    ['with other line ends', (ca.pem + keyBlock()).replaceAll('\n', '\r')],
    ['printed by openssl pkey -text', `${ca.pem}Private-Key: (256 bit)\npriv:\n    00:11\n`],
    ['as a certificate', wrapped(keyDer())],
    ['encrypted, as a certificate', wrapped(keyDer({ cipher: 'aes-256-cbc' }))],
    ['DER, PKCS #8', keyDer()],
    ['DER, PKCS #8, encrypted', keyDer({ cipher: 'aes-256-cbc' })],
    [
      'DER, PKCS #1',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'der' }),
    ],
    ['DER as a string of bytes in a short file', wrapped(sec1())],
    ['PKCS #12', der.sequence(der.integer('03'), der.sequence(der.octets(Buffer.alloc(200))))],
  ])('%s', (_form, input) => {
    const body = keyDer().toString('base64').slice(40, 60);
    try {
      parseBundle(input, 'ca.pem');
      expect.unreachable();
    } catch (error) {
      expect(error).toEqual(expect.objectContaining({ code: 'private-key-in-bundle', kind: 'refused' }));
      expect(JSON.stringify(error) + String(error)).not.toContain(body);
    }
  });

  test('the line is named, whatever the line ends are', () => {
    const line = ca.pem.split('\n').length;
    for (const end of ['\n', '\r\n', '\r'])
      expect(() => parseBundle((ca.pem + keyBlock()).replaceAll('\n', end), 'ca.pem')).toThrow(
        `ca.pem:${line}:1:`,
      );
  });

  test('a public key is no private key, and no certificate either', () => {
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    expect(() => parseBundle(wrapped(spki), 'a')).toThrow(coded('certificate-malformed'));
    expect(() => parseBundle(ca.pem + publicKey.export({ type: 'spki', format: 'pem' }), 'a')).toThrow(
      coded('pem-foreign-block'),
    );
  });
});

describe('a CA is never passed over in silence', () => {
  test.each<[string, string]>([
    ['indented', other.pem.replace(/^/gm, '  ')],
    ['quoted', other.pem.replace(/^/gm, '> ')],
    ['behind other text on its line', `ca: ${other.pem}`],
    ['with four dashes', other.pem.replace('-----BEGIN', '----BEGIN')],
    ['with its end before it', other.pem.split('\n').reverse().join('\n')],
    ['with the end of another kind', other.pem.replace('END CERTIFICATE', 'END X509 CRL')],
    ['begun twice', other.pem.replace('\n', '\n-----BEGIN CERTIFICATE-----\n')],
    ['cut in the middle, before the next', `${other.pem.slice(0, 500)}\n${ca.pem}`],
    ['with a padding that is no padding', other.pem.replace(/\n(.{4})/, '\n====')],
  ])('%s', (_how, text) => {
    expect(() => parseBundle(ca.pem + text, 'ca.pem')).toThrow(coded('pem-malformed'));
  });

  test('commented out with # it is meant to be', () => {
    expect(parseBundle(ca.pem + other.pem.replace(/^/gm, '# '), 'ca.pem').certificates).toHaveLength(1);
  });

  test('after a byte order mark, and with what openssl x509 -text prints before it', () => {
    const withBom = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(ca.pem)]);
    for (const input of [
      withBom,
      `\uFEFF${ca.pem}`,
      `Certificate:\n    Data:\n        Version: 3 (0x2)\n${ca.pem}`,
    ])
      expect(parseBundle(input, 'ca.pem').certificates.map(({ sha256 }) => sha256)).toEqual([ca.sha256]);
  });

  test('base64 has one form: bits that no byte uses must be zero', () => {
    expect(() =>
      readPem('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n', 'a'),
    ).not.toThrow();
    for (const text of ['MAB=', 'MAA', 'M=A=', 'MAA==', '=', 'MA A*'])
      expect(() => readPem(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`, 'a')).toThrow(
        coded('pem-malformed'),
      );
  });

  test('any text at all ends in certificates or a code', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          ca.pem,
          other.pem,
          '-----BEGIN CERTIFICATE-----\n',
          '-----END CERTIFICATE-----\n',
          '-----BEGIN -----\n',
          'MIIB\n',
          '#',
          '\r',
          ' ',
        ),
        fc.string({ maxLength: 20 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        try {
          expect(parseBundle(parts.join(''), 'a').certificates.length).toBeGreaterThan(0);
        } catch (error) {
          expect(isTrustloomError(error) && error.kind).toMatch(/^(?:input|refused)$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a certificate that RFC 5280 or DER forbids is refused by its code', () => {
  const algorithm = der.sequence(der.oid('2a8648ce3d040302'));
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const basic = der.extension('551d13', der.sequence(der.boolean(255)), der.boolean(255));
  const made = (
    parts: {
      readonly version?: Uint8Array;
      readonly serial?: Uint8Array;
      readonly until?: Uint8Array;
      readonly behind?: readonly Uint8Array[];
      readonly unusedBits?: number;
    } = {},
  ) => {
    const subject = der.name(Buffer.from('Made'));
    const tbs = der.sequence(
      parts.version ?? der.tlv(0xa0, der.integer('02')),
      parts.serial ?? der.integer('41'),
      algorithm,
      subject,
      der.sequence(der.utcTime('260101000000Z'), parts.until ?? der.utcTime('360101000000Z')),
      subject,
      spki,
      ...(parts.behind ?? [der.tlv(0xa3, der.sequence(basic))]),
    );
    const signature = createSign('sha256').update(tbs).sign(privateKey);
    return der.sequence(tbs, algorithm, der.tlv(0x03, Buffer.of(parts.unusedBits ?? 0), signature));
  };

  test('without a fault it is read', () => {
    expect(readCertificate(made())).toMatchObject({ version: 3, serial: '41', isCa: true, selfSigned: true });
    expect(readCertificate(made({ version: Buffer.alloc(0), behind: [] }))).toMatchObject({
      version: 1,
      isCa: false,
    });
  });

  test.each<[string, Parameters<typeof made>[0]]>([
    ['version 1 written out', { version: der.tlv(0xa0, der.integer('00')) }],
    ['version 4', { version: der.tlv(0xa0, der.integer('03')) }],
    ['a version with bytes behind it', { version: der.tlv(0xa0, der.integer('02'), Buffer.of(5, 0)) }],
    ['a serial with a needless zero', { serial: der.integer('0041') }],
    ['a time without seconds', { until: der.utcTime('3601010000Z') }],
    ['a time of nines', { until: der.utcTime('999999999999Z') }],
    ['three times', { until: Buffer.concat([der.utcTime('360101000000Z'), der.utcTime('360101000000Z')]) }],
    ['extensions in version 2', { version: der.tlv(0xa0, der.integer('01')) }],
    [
      'extensions twice',
      { behind: [der.tlv(0xa3, der.sequence(basic)), der.tlv(0xa3, der.sequence(basic))] },
    ],
    ['one extension twice', { behind: [der.tlv(0xa3, der.sequence(basic, basic))] }],
    ['bytes behind the extensions', { behind: [der.tlv(0xa3, der.sequence(basic), Buffer.of(5, 0))] }],
    ['a signature whose BIT STRING claims unused bits', { unusedBits: 1 }],
    ['a field that does not exist', { behind: [der.tlv(0xa4, der.sequence())] }],
  ])('%s', (_what, parts) => {
    expect(() => readCertificate(made(parts))).toThrow(coded('certificate-malformed'));
  });

  test('changed anywhere it is another certificate, or refused; never another error', () => {
    fc.assert(
      fc.property(fc.nat(ca.der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(ca.der);
        changed[at] = (changed[at] ?? 0) ^ flip;
        try {
          const read = readCertificate(changed);
          expect(read.sha256).not.toBe(ca.sha256);
          expect(read.selfSigned).toBe(false);
        } catch (error) {
          expect(isTrustloomError(error) && error.code).toBe('certificate-malformed');
        }
      }),
      { numRuns: 600 },
    );
  });

  test('cut anywhere it is refused', () => {
    for (let length = 0; length < ca.der.length; length += 1)
      expect(() => readCertificate(ca.der.subarray(0, length))).toThrow(coded('certificate-malformed'));
  });

  test('it is frozen, and what was given may change afterwards', () => {
    const given = Uint8Array.from(ca.der);
    const read = readCertificate(given);
    given.fill(0);
    expect(Buffer.from(read.der).equals(Buffer.from(ca.der))).toBe(true);
    expect([read, read.key, read.signature, read.subject].every((part) => Object.isFrozen(part))).toBe(true);
  });
});

describe('the canonical form', () => {
  test('has the length that is foretold for it', () => {
    for (let bytes = 1; bytes < 400; bytes += 1)
      for (const label of ['CERTIFICATE', 'X509 CRL'] as const)
        expect(writePem(label, new Uint8Array(bytes))).toHaveLength(pemLength(label, bytes));
  });

  test('is read back to the same certificates', () => {
    const { certificates } = parseBundle(other.pem + ca.pem, 'a');
    expect(parseBundle(bundlePem(certificates), 'b').certificates).toEqual(sortCertificates(certificates));
  });

  test.skipIf(!openssl)('is read by openssl, certificate by certificate (needs openssl)', () => {
    const { certificates } = parseBundle(other.pem + ca.pem, 'a');
    for (const certificate of certificates) {
      const { stdout } = spawnSync(
        'openssl',
        [
          'x509',
          '-noout',
          '-serial',
          '-fingerprint',
          '-sha256',
          '-enddate',
          '-subject',
          '-nameopt',
          'RFC2253',
        ],
        { input: bundlePem([certificate]), encoding: 'utf8' },
      );
      const said = (name: RegExp) => name.exec(stdout)?.[1] ?? '';
      expect(
        said(/Fingerprint=(.*)/)
          .replaceAll(':', '')
          .toLowerCase(),
      ).toBe(certificate.sha256);
      expect(
        said(/serial=(.*)/)
          .toLowerCase()
          .replace(/^0+(?=.)/, ''),
      ).toBe(certificate.serial);
      expect(Date.parse(said(/notAfter=(.*)/))).toBe(certificate.notAfter);
      expect(said(/subject=(.*)/)).toBe(certificate.subject.text);
    }
    expect(certificates).toHaveLength(2);
  });
});
