import { describe, expect, it } from 'vitest';
import { readBundle, readCrlFile } from '../src/services/bundle-rules.ts';
import { BUNDLE as CLOUDFRONT } from '../src/services/cloudfront/limits.ts';
import { BUNDLE as ELB } from '../src/services/elbv2/limits.ts';
import { makeCa, makeCrl, makeKeys, pemOf } from './support/pki.ts';

const root = makeCa('C=US,O=Example,CN=Root');
const bytes = (text: string) => new TextEncoder().encode(text);
const elb = (text: string) => readBundle(bytes(text), ELB);
const cloudfront = (text: string) => readBundle(bytes(text), CLOUDFRONT);
const ok = { ok: true };
const no = (reason: string) => ({ ok: false, reason: expect.stringContaining(reason) });

// RSA signatures are all of one length, so the size of a certificate is known.
const keys = makeKeys('rsa');

/** A private extension that makes a certificate larger by so many bytes. */
const padded = (size: number) =>
  makeCa('CN=Padded', {
    keys,
    serial: 5n,
    more: [{ oid: '1.3.6.1.4.1.99999.1', value: new Uint8Array(size) }],
  });

describe('a bundle', () => {
  it('has no blank lines at all on a load balancer, and none between certificates on CloudFront', () => {
    const cases = [`\n${root.pem}`, `${root.pem}\n`, `${root.pem}\n${root.pem}`];
    expect(cases.map((text) => elb(text).ok)).toEqual([false, false, false]);
    expect(cases.map((text) => cloudfront(text).ok)).toEqual([true, true, false]);
  });

  it('has comments that start with # and hold no hyphen, and no other text', () => {
    for (const read of [elb, cloudfront]) {
      expect(read(`# a root\n${root.pem}`)).toMatchObject(ok);
      expect(read(`# a-root\n${root.pem}`)).toMatchObject(no('hyphen'));
      expect(read(`Certificate:\n${root.pem}`)).toMatchObject(no('not PEM'));
      expect(read(root.pem.replaceAll('\n', '\r\n'))).toMatchObject(ok);
      expect(read(root.pem.trimEnd())).toMatchObject(ok);
    }
  });

  it('has certificates of a size up to the limit', () => {
    const small = padded(15_000);
    const room = ELB.certificateBytes.max - small.der.length;
    const largest = padded(15_000 + room);
    expect(largest.der.length).toBe(ELB.certificateBytes.max);
    for (const read of [elb, cloudfront]) {
      expect(read(largest.pem)).toMatchObject(ok);
      expect(read(padded(15_001 + room).pem)).toMatchObject(no('larger than 16384 bytes'));
    }
  });

  it('is up to 64 KB on CloudFront', () => {
    const four = padded(11_000).pem.repeat(4);
    const comment = (length: number) => `#${'x'.repeat(length - 2)}\n`;
    const room = 65_536 - four.length;
    expect(cloudfront(comment(room) + four)).toMatchObject(ok);
    expect(cloudfront(comment(room + 1) + four)).toMatchObject(no('larger than 65536 bytes'));
    expect(elb(comment(room + 1) + four)).toMatchObject(ok);
  });

  it('has subjects of 10,000 bytes together on a load balancer', () => {
    const long = makeCa(`CN=${'x'.repeat(3000)}`);
    expect(elb(long.pem.repeat(3))).toMatchObject(ok);
    expect(elb(long.pem.repeat(4))).toMatchObject(no('subjects'));
    expect(cloudfront(long.pem.repeat(4))).toMatchObject(ok);
  });

  it('has 25 certificates at most', () => {
    for (const read of [elb, cloudfront]) {
      expect(read(root.pem.repeat(25))).toMatchObject(ok);
      expect(read(root.pem.repeat(26))).toMatchObject(no('25'));
    }
  });

  it('has keys and signatures that the service knows', () => {
    const p521 = makeCa('CN=P-521', { type: 'p521', form: 'sha512' });
    expect([elb(p521.pem).ok, cloudfront(p521.pem).ok]).toEqual([true, false]);
    for (const read of [elb, cloudfront]) {
      expect(read(makeCa('CN=a', { type: 'rsa', form: 'pss' }).pem)).toMatchObject(ok);
      expect(read(makeCa('CN=a', { type: 'p384', form: 'sha384' }).pem)).toMatchObject(ok);
      expect(read(makeCa('CN=a', { type: 'rsa', form: 'sha1' }).pem)).toMatchObject(
        no('signature algorithm'),
      );
      expect(read(makeCa('CN=a', { version: 1 }).pem)).toMatchObject(no('version is not supported'));
      expect(read(makeCa('CN=a', { ca: false }).pem)).toMatchObject(no('not a CA'));
      expect(read(makeCa('CN=a', { keyUsage: null }).pem)).toMatchObject(ok);
      expect(read(pemOf('CERTIFICATE', new Uint8Array([0x30, 0])))).toMatchObject(no('cannot be parsed'));
      expect(readBundle(root.der, ELB)).toMatchObject(no('not PEM'));
    }
  });
});

describe('a revocation file', () => {
  it('holds exactly one CRL, in PEM', () => {
    const crl = pemOf('X509 CRL', makeCrl(root));
    const read = (text: string) => readCrlFile(bytes(text));
    expect(read(crl)).toMatchObject({ ok: true, value: { entryCount: 0 } });
    expect(read(crl + crl)).toMatchObject(no('More than one CRL objects in the revocation file'));
    expect(read(root.pem)).toMatchObject(no('not a CRL'));
    expect(read('')).toMatchObject(no('no CRL'));
    expect(read(pemOf('X509 CRL', root.der))).toMatchObject(no('cannot be parsed'));
    expect(readCrlFile(makeCrl(root))).toMatchObject(no('not PEM'));
  });
});
