import 'reflect-metadata';
import { KeyObject as Key, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A throw-away CA for server certificates. */
export interface ServerCa {
  readonly pem: string;
  /** Issues a certificate for host names and loopback. */
  issue(hosts: readonly string[]): Promise<{ readonly key: string; readonly cert: string }>;
}

const DAY = 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/**
 * Makes the CA. Its certificates follow real time, whatever clock the emulator runs on: real
 * clients check them.
 *
 * @param now real time, milliseconds since the epoch
 */
export async function createServerCa(now: number): Promise<ServerCa> {
  const notBefore = new Date(now - DAY);
  const notAfter = new Date(now + 365 * DAY);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=local AWS server certificates',
      notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return Object.freeze({
    pem: `${ca.toString('pem')}\n`,
    async issue(hosts: readonly string[]) {
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const names = [...new Set([...hosts, 'localhost'])];
      const certificate = await x509.X509CertificateGenerator.create(
        {
          subject: 'CN=local AWS',
          issuer: ca.subject,
          notBefore,
          notAfter,
          signingAlgorithm: ALGORITHM,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          extensions: [
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
            new x509.SubjectAlternativeNameExtension([
              ...names.map((value) => ({ type: 'dns', value }) as const),
              { type: 'ip', value: '127.0.0.1' },
            ]),
            await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
          ],
        },
        webcrypto,
      );
      const key: KeyObject = Key.from(own.privateKey);
      return {
        key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate.toString('pem'),
      };
    },
  } satisfies ServerCa);
}
