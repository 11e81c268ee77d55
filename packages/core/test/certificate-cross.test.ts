import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { createTestCa } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../src/index.ts';

const kinds = ['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-4096'] as const;
const made = await Promise.all(
  kinds.map(async (key) => {
    const root = await createTestCa({ subject: `CN=${key},O=Acme`, key });
    const issuing = await root.intermediate('CN=Issuing', { pathLength: 3 });
    const leaf = await issuing.issue('CN=leaf', { ocspUrl: 'http://ocsp.example' });
    return [root, issuing, leaf].map(({ der }) => der);
  }),
);
const usages: readonly (readonly [string, x509.KeyUsageFlags])[] = [
  ['digitalSignature', x509.KeyUsageFlags.digitalSignature],
  ['nonRepudiation', x509.KeyUsageFlags.nonRepudiation],
  ['keyEncipherment', x509.KeyUsageFlags.keyEncipherment],
  ['dataEncipherment', x509.KeyUsageFlags.dataEncipherment],
  ['keyAgreement', x509.KeyUsageFlags.keyAgreement],
  ['keyCertSign', x509.KeyUsageFlags.keyCertSign],
  ['cRLSign', x509.KeyUsageFlags.cRLSign],
  ['encipherOnly', x509.KeyUsageFlags.encipherOnly],
  ['decipherOnly', x509.KeyUsageFlags.decipherOnly],
];

describe('a certificate is read as @peculiar/x509 and Node read it', () => {
  test.each(kinds.map((kind, index) => [kind, made[index] ?? []] as const))('%s', (_kind, ders) => {
    for (const der of ders) {
      const own = readCertificate(der);
      const other = new x509.X509Certificate(der);
      const node = new X509Certificate(der);
      const basic = other.getExtension(x509.BasicConstraintsExtension);
      const usage = other.getExtension(x509.KeyUsagesExtension);
      const extended = other.getExtension(x509.ExtendedKeyUsageExtension);
      const access = other.getExtension(x509.AuthorityInfoAccessExtension);
      expect({
        isCa: own.isCa,
        pathLength: own.pathLength,
        keyUsage: own.keyUsage,
        extendedKeyUsage: own.extendedKeyUsage,
        subjectKeyId: own.subjectKeyId,
        authorityKeyId: own.authorityKeyId,
        ocspUrls: own.ocspUrls,
        serial: own.serial,
      }).toEqual({
        isCa: basic?.ca ?? false,
        pathLength: basic?.pathLength,
        keyUsage:
          usage === null
            ? undefined
            : usages.filter(([, flag]) => (usage.usages & flag) !== 0).map(([name]) => name),
        extendedKeyUsage: extended?.usages.map(String),
        subjectKeyId: other.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
        authorityKeyId: other.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
        ocspUrls: (access?.ocsp ?? []).map(({ value }) => value),
        serial: other.serialNumber.replace(/^0+/, ''),
      });
      const { asymmetricKeyType: type, asymmetricKeyDetails: details } = node.publicKey;
      expect([own.key.kind, own.key.bits]).toEqual([type, details?.modulusLength]);
      expect(own.selfSigned).toBe(node.checkIssued(node) && node.verify(node.publicKey));
      expect(own.pem).toBe(node.toString());
    }
  });
});
