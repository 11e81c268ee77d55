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
      const ours = readCertificate(der);
      const theirs = new x509.X509Certificate(der);
      const node = new X509Certificate(der);
      const basic = theirs.getExtension(x509.BasicConstraintsExtension);
      const usage = theirs.getExtension(x509.KeyUsagesExtension);
      const extended = theirs.getExtension(x509.ExtendedKeyUsageExtension);
      const access = theirs.getExtension(x509.AuthorityInfoAccessExtension);
      expect({
        isCa: ours.isCa,
        pathLength: ours.pathLength,
        keyUsage: ours.keyUsage,
        extendedKeyUsage: ours.extendedKeyUsage,
        subjectKeyId: ours.subjectKeyId,
        authorityKeyId: ours.authorityKeyId,
        ocspUrls: ours.ocspUrls,
        serial: ours.serial,
      }).toEqual({
        isCa: basic?.ca ?? false,
        pathLength: basic?.pathLength,
        keyUsage:
          usage === null
            ? undefined
            : usages.filter(([, flag]) => (usage.usages & flag) !== 0).map(([name]) => name),
        extendedKeyUsage: extended?.usages.map(String),
        subjectKeyId: theirs.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
        authorityKeyId: theirs.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
        ocspUrls: (access?.ocsp ?? []).map(({ value }) => value),
        serial: theirs.serialNumber.replace(/^0+/, ''),
      });
      const { asymmetricKeyType: type, asymmetricKeyDetails: details } = node.publicKey;
      expect([ours.key.kind, ours.key.bits]).toEqual([type, details?.modulusLength]);
      expect(ours.selfSigned).toBe(node.checkIssued(node) && node.verify(node.publicKey));
      expect(ours.pem).toBe(node.toString());
    }
  });
});
