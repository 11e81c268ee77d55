import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  DerError,
  keyKind,
  readCertificate,
  readCrl,
  readPem,
  verifySigned,
  writePem,
} from '../src/der/index.ts';
import { ia5, int, octets, seq, tlv } from './support/der-writer.ts';
import {
  CLIENT_AUTH,
  DAY,
  type KeyType,
  keyIdOf,
  makeCa,
  makeCrl,
  makeKeys,
  makeLeaf,
  pemOf,
  type SignatureForm,
} from './support/pki.ts';
import { has, run } from './support/tools.ts';

const openssl = async (args: readonly string[], input: Uint8Array) =>
  (await run('openssl', args, { input })).out;

describe('certificates', () => {
  const ca = makeCa('C=US,ST=Washington,O=Exämple\\, Inc,CN=Root', { pathLength: 1 });
  const leaf = makeLeaf(ca, { serial: 0x9e2aaf16n, subject: 'C=US,O=a,CN=b+c' });

  test('fields agree with what Node reads', () => {
    const info = readCertificate(leaf.der);
    const node = new X509Certificate(leaf.der);
    expect(info.version).toBe(3);
    expect(info.serialHex).toBe(node.serialNumber.toLowerCase());
    expect(Buffer.from(info.serialBytes).toString('hex')).toBe('009e2aaf16');
    expect(info.notBefore).toBe(new Date(node.validFrom).getTime());
    expect(info.notAfter).toBe(new Date(node.validTo).getTime());
    expect(info.sha256).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(Buffer.from(info.spki)).toEqual(node.publicKey.export({ type: 'spki', format: 'der' }));
    expect(info.authorityKeyId).toBe(keyIdOf(ca.keys.publicKey).toString('hex'));
    expect(info.extendedKeyUsage).toEqual([CLIENT_AUTH]);
    expect([...(info.keyUsage ?? [])]).toEqual(['digitalSignature']);
    expect(info.basicConstraints).toBeUndefined();
    expect(info.issuer.der).toEqual(readCertificate(ca.der).subject.der);
  });

  test('a CA shows its constraints, and names have both text forms', () => {
    const info = readCertificate(ca.der);
    expect(info.basicConstraints).toEqual({ ca: true, pathLength: 1 });
    expect([...(info.keyUsage ?? [])]).toEqual(['keyCertSign', 'cRLSign']);
    expect(readCertificate(leaf.der).subject.rfc2253).toBe('CN=b\\+c,O=a,C=US');
    expect(readCertificate(leaf.der).subject.encodedOrder).toBe('C=US,O=a,CN=b\\+c');
  });

  const forms: readonly (readonly [KeyType, SignatureForm, string])[] = [
    ['rsa', 'default', 'rsa'],
    ['rsa', 'sha384', 'rsa'],
    ['rsa', 'sha512', 'rsa'],
    ['rsa', 'pss', 'rsa-pss'],
    ['p256', 'default', 'ecdsa'],
    ['p384', 'sha384', 'ecdsa'],
    ['p521', 'sha512', 'ecdsa'],
  ];
  test.each(forms)('signatures of %s with %s hold, and break with one bit', (type, form, kind) => {
    const root = makeCa('CN=Root', { type, form });
    const client = readCertificate(makeLeaf(root, { form }).der);
    expect(client.signatureAlgorithm).toMatchObject({ kind, weak: false });
    expect(verifySigned(client, readCertificate(root.der).spki)).toBe('valid');
    const other = makeKeys(type).publicKey.export({ type: 'spki', format: 'der' });
    expect(verifySigned(client, other)).toBe('invalid');
    const tbs = Buffer.from(client.tbs);
    tbs[tbs.length - 1] = (tbs.at(-1) ?? 0) ^ 1;
    expect(verifySigned({ ...client, tbs }, readCertificate(root.der).spki)).toBe('invalid');
  });

  test('SHA-1 is read and called weak; an unknown algorithm is unsupported, not a bad signature', () => {
    expect(readCertificate(makeCa('CN=Old', { form: 'sha1' }).der).signatureAlgorithm.weak).toBe(true);
    const info = readCertificate(ca.der);
    const odd = { ...info, signatureAlgorithm: { ...info.signatureAlgorithm, kind: 'unsupported' as const } };
    expect(verifySigned(odd, info.spki)).toBe('unsupported');
  });

  test('keys are told apart', () => {
    expect(keyKind(readCertificate(ca.der).spki)).toEqual({ type: 'ec', curve: 'prime256v1' });
    expect(keyKind(readCertificate(makeCa('CN=R', { type: 'rsa' }).der).spki)).toEqual({
      type: 'rsa',
      bits: 2048,
    });
  });

  test('a negative serial is not the positive one with the same bytes', () => {
    expect(readCertificate(makeLeaf(ca, { serial: -5n }).der).serialHex).toBe('-5');
    expect(readCertificate(makeLeaf(ca, { serial: 0xfbn }).der).serialHex).toBe('fb');
  });

  test('version 1 is read as such', () => {
    const info = readCertificate(makeCa('CN=Old', { version: 1 }).der);
    expect(info.version).toBe(1);
    expect(info.basicConstraints).toBeUndefined();
  });

  test('unknown critical extensions and name constraints are listed', () => {
    const info = readCertificate(
      makeCa('CN=R', {
        more: [
          { oid: '1.2.3.4', critical: true, value: seq() },
          { oid: '2.5.29.30', critical: true, value: seq(tlv(0xa0, seq(ia5(0x82, 'example.com')))) },
        ],
      }).der,
    );
    expect(info.unknownCritical).toEqual(['1.2.3.4']);
    expect(info.nameConstraints?.permitted).toEqual([{ kind: 'dns', text: 'example.com' }]);
  });

  test('what is not DER is refused', () => {
    const broken: readonly Uint8Array[] = [
      new Uint8Array(0),
      Buffer.concat([leaf.der, Buffer.from([0])]),
      leaf.der.subarray(0, leaf.der.length - 1),
      Buffer.concat([Buffer.from([0x30, 0x80]), leaf.der.subarray(4), Buffer.from([0, 0])]),
      seq(int(1)),
      Buffer.from([0x30, 0x81, 0x02, 0x05, 0x00]),
    ];
    for (const bytes of broken) expect(() => readCertificate(bytes)).toThrow(DerError);
  });

  test.skipIf(!has('openssl', 'version'))('names read as openssl prints them (openssl)', async () => {
    const text = await openssl(
      ['x509', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb'],
      ca.der,
    );
    expect(text.trim()).toBe(`subject=${readCertificate(ca.der).subject.rfc2253}`);
  });
});

describe('CRLs', () => {
  const ca = makeCa('CN=Issuing');
  const serials = [1n, 0x80n, 0x9e2aaf16n, 0x7fffffffffffffffffffffffffffffffffffffffn];

  test('head, count, look-ups', () => {
    const crl = readCrl(makeCrl(ca, { serials, number: 7n, reason: 1 }));
    expect(crl.entryCount).toBe(4);
    expect(crl.number).toBe(7n);
    expect(crl.issuerDer).toEqual(readCertificate(ca.der).subject.der);
    expect(crl.authorityKeyId).toBe(keyIdOf(ca.keys.publicKey).toString('hex'));
    for (const serial of serials) expect(crl.has(serial.toString(16))).toBe(true);
    expect(crl.has('009E2AAF16')).toBe(true);
    expect(crl.has('2')).toBe(false);
    expect(crl.has('')).toBe(false);
    expect(verifySigned(crl, readCertificate(ca.der).spki)).toBe('valid');
    expect(verifySigned(crl, readCertificate(makeCa('CN=Issuing').der).spki)).toBe('invalid');
  });

  test('without nextUpdate the entries stay; without entries it is empty', () => {
    const open = readCrl(makeCrl(ca, { serials, nextUpdate: null }));
    expect(open.nextUpdate).toBeUndefined();
    expect(open.entryCount).toBe(4);
    const empty = readCrl(makeCrl(ca));
    expect(empty.entryCount).toBe(0);
    expect(empty.has('1')).toBe(false);
  });

  test('negative serials are flagged and match nothing', () => {
    const crl = readCrl(makeCrl(ca, { serials: [-5n, 7n] }));
    expect(crl.hasNegativeSerial).toBe(true);
    expect(crl.has('fb')).toBe(false);
    expect(crl.has('7')).toBe(true);
  });

  test('delta, distribution point and unknown critical extensions are flagged', () => {
    const crl = readCrl(
      makeCrl(ca, {
        more: [
          { oid: '2.5.29.27', critical: true, value: int(1) },
          { oid: '2.5.29.28', critical: true, value: seq() },
          { oid: '1.2.3', critical: true, value: octets(Buffer.from([1])) },
        ],
      }),
    );
    expect(crl).toMatchObject({ isDelta: true, hasIdp: true, unknownCritical: ['1.2.3'] });
  });

  test('100,000 entries: all are found, others are not', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => (BigInt(i) * 0x9e3779b97f4a7c15n) % (1n << 150n));
    const crl = readCrl(makeCrl(ca, { serials: many, reason: 1 }));
    expect(crl.entryCount).toBe(100_000);
    expect(many.every((serial) => crl.has(serial.toString(16)))).toBe(true);
    expect(many.slice(1, 1000).some((serial) => crl.has((serial + 1n).toString(16)))).toBe(false);
  });

  test.skipIf(!has('openssl', 'version'))('agrees with openssl on serials and dates (openssl)', async () => {
    const der = makeCrl(ca, { serials, nextUpdate: new Date(Date.now() + 30 * DAY) });
    const text = await openssl(['crl', '-inform', 'DER', '-noout', '-text'], der);
    const listed = [...text.matchAll(/Serial Number: ([0-9A-F]+)/g)].map((match) => match[1] ?? '');
    const crl = readCrl(der);
    expect(listed).toHaveLength(crl.entryCount);
    expect(listed.every((serial) => crl.has(serial))).toBe(true);
    const next = /Next Update: (.*)/.exec(text)?.[1] ?? '';
    expect(new Date(next).getTime()).toBe(crl.nextUpdate);
  });
});

describe('PEM', () => {
  const der = makeCa('CN=R').der;
  const pem = pemOf('CERTIFICATE', der);

  test('blocks, comments and empty lines are read; writing gives the same text', () => {
    const blocks = readPem(`# a comment\n${pem}\n${pem}`);
    expect(blocks.map((block) => block.label)).toEqual(['CERTIFICATE', 'CERTIFICATE']);
    expect(Buffer.from(blocks[1]?.der ?? []).equals(der)).toBe(true);
    expect(writePem('CERTIFICATE', der)).toBe(pem);
  });

  test.each([
    ['text outside', `hello\n${pem}`],
    ['a header', pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n')],
    ['no end', pem.slice(0, pem.indexOf('-----END'))],
    ['another end', pem.replace('END CERTIFICATE', 'END X509 CRL')],
    ['broken base64', pem.replace('\nMII', '\nMI')],
    ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'],
  ])('%s is refused', (_, text) => {
    expect(() => readPem(text)).toThrow(DerError);
  });
});
