import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';
import { createTestCa, type IssuedCertificate, type Knocking, type TestLeaf } from '@trustloom/testkit';

/** A server certificate, so that there is something to connect to. */
export type ServerCertificate = Pick<TestLeaf, 'pem' | 'keyPem'> & { readonly ca: IssuedCertificate };

/** Makes one. */
export async function serverCertificate(): Promise<ServerCertificate> {
  const ca = await createTestCa({ subject: 'CN=Server CA' });
  return { ...(await ca.issue('CN=server', { extendedKeyUsage: ['serverAuth'] })), ca };
}

/**
 * Would a client be admitted by a server that reads these two files? A real handshake, with the
 * same OpenSSL settings that nginx makes of `ssl_client_certificate`, `ssl_crl` and
 * `ssl_verify_client on`: Node's `crl` sets CRL_CHECK and CRL_CHECK_ALL too.
 */
export async function admits(
  files: { readonly bundle: string; readonly crls: string },
  client: Knocking,
  certificate: ServerCertificate,
): Promise<boolean> {
  const [ca, crl] = [readOrNothing(files.bundle), readOrNothing(files.crls)];
  // Without either file nginx does not start: nobody is admitted.
  if (ca === undefined || crl === undefined) return false;
  const server = createServer({
    cert: certificate.pem,
    key: certificate.keyPem,
    ca,
    crl: crl.split(/(?=^-----BEGIN )/m).filter((block) => block.startsWith('-----BEGIN ')),
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on('secureConnection', (socket) => socket.end('admitted'));
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return await says({ port, client, certificate });
  } finally {
    server.close();
  }
}

function says(at: {
  readonly port: number;
  readonly client: Knocking;
  readonly certificate: ServerCertificate;
}): Promise<boolean> {
  const { port, client, certificate } = at;
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: certificate.ca.pem,
      cert: client.pem,
      key: client.keyPem,
      checkServerIdentity: () => undefined,
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(said === 'admitted'));
  });
}

/** The text of a file; undefined when there is none. */
export function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
