/** Certificates and CRLs for tests of the control planes. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

import { writePem } from '../../src/der/index.ts';

const DAY = 86_400_000;

export interface TestCa {
  readonly pem: string;
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export async function makeCa(
  name: string,
  options: { algorithm?: object; ca?: boolean } = {},
): Promise<TestCa> {
  const algorithm = { ...P256, ...options.algorithm };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new TypeError('no key pair');
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name,
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + 365 * DAY),
      extensions: [
        new BasicConstraintsExtension(options.ca ?? true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return { certificate, keys, pem: `${certificate.toString('pem')}\n` };
}

export async function makeCrl(ca: TestCa, serials: readonly string[]): Promise<string> {
  const crl = await X509CrlGenerator.create(
    {
      issuer: ca.certificate.subject,
      thisUpdate: new Date(Date.now() - DAY),
      nextUpdate: new Date(Date.now() + DAY),
      entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(Date.now() - DAY) })),
      signingAlgorithm: P256,
      signingKey: ca.keys.privateKey,
    },
    webcrypto,
  );
  return writePem('X509 CRL', new Uint8Array(crl.rawData));
}
