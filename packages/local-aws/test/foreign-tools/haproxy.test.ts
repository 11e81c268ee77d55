/**
 * HAProxy as an independent judge: the same bundle and lists, the same clients, the same yes or no
 * as an ALB that verifies.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock.ts';
import { createEdges } from '../../src/edge/index.ts';
import { createServerCa } from '../../src/edge/server-ca.ts';
import type { Edge } from '../../src/types.ts';
import { DEFAULT_UNKNOWNS } from '../../src/unknowns.ts';
import { type Client, nodeCaller } from '../support/clients.ts';
import { specOf, trustOf } from '../support/edges.ts';
import { DAY, makeCa, makeCrl, makeLeaf, pemOf, SERVER_AUTH } from '../support/pki.ts';
import { says } from '../support/tools.ts';

const present = says(/Built with OpenSSL/, 'haproxy', '-vv');
const ago = (days: number) => new Date(Date.now() - days * DAY);

const root = makeCa('C=US,O=Example,CN=Root', { type: 'p384' });
const issuing = makeCa('C=US,O=Example,CN=Issuing', { issuer: root, serial: 77n });
const rsaCa = makeCa('C=US,O=Example,CN=RSA root', { type: 'rsa' });
const gone = makeCa('C=US,O=Example,CN=Gone', { issuer: root, serial: 66n });
const unknownCa = makeCa('C=US,O=Elsewhere,CN=Root');
const anchors = [root, issuing, rsaCa, gone];
// HAProxy needs a CRL for every CA of a chain.
const crls = [
  makeCrl(root, { serials: [66n] }),
  makeCrl(issuing, { serials: [0xdeadbeefn] }),
  makeCrl(rsaCa),
  makeCrl(gone),
];

const clients: Readonly<Record<string, Client>> = {
  none: {},
  'good RSA': { leaf: makeLeaf(rsaCa, { type: 'rsa' }) },
  'good EC': { leaf: makeLeaf(issuing) },
  untrusted: { leaf: makeLeaf(unknownCa) },
  'self-signed': { leaf: makeCa('CN=me', { ca: false }) },
  expired: { leaf: makeLeaf(issuing, { notBefore: ago(9), notAfter: ago(1) }) },
  'not yet valid': { leaf: makeLeaf(issuing, { notBefore: ago(-1) }) },
  revoked: { leaf: makeLeaf(issuing, { serial: 0xdeadbeefn }) },
  'of a revoked CA': { leaf: makeLeaf(gone) },
  'wrong purpose': { leaf: makeLeaf(issuing, { eku: [SERVER_AUTH] }) },
  'may not sign': { leaf: makeLeaf(issuing, { keyUsage: [2] }) },
};

describe.skipIf(!present)('the certificate matrix by HAProxy (needs haproxy with OpenSSL)', () => {
  const edges = createEdges({ clock: realClock, unknowns: DEFAULT_UNKNOWNS });
  const folder = present ? mkdtempSync(join(tmpdir(), 'local-aws-haproxy-')) : '';
  let edge: Edge;
  let judge: Edge;
  let stop = () => {};

  beforeAll(async () => {
    const trust = trustOf('verify', { anchors: anchors.map(({ der }) => der), crls });
    edge = await edges.open(specOf('alb', trust));
    const ca = await createServerCa(Date.now());
    const host = edge.hosts[0] ?? 'localhost';
    const { key, cert } = await ca.issue([host]);
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const port = await freePort();
    const bind = [
      `bind 127.0.0.1:${port} ssl crt ${file('server.pem', `${cert}\n${key}`)} alpn http/1.1 verify required`,
      `ca-file ${file('store.pem', anchors.map(({ pem }) => pem).join(''))}`,
      `crl-file ${file('lists.pem', crls.map((der) => pemOf('X509 CRL', der)).join(''))}`,
    ].join(' ');
    const config = file(
      'haproxy.cfg',
      `global\n  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets\ndefaults\n  mode http\n  timeout client 5s\n  timeout connect 5s\n  timeout server 5s\nfrontend f\n  ${bind}\n  http-request return status 200\n`,
    );
    const child = spawn('haproxy', ['-db', '-f', config], { stdio: 'ignore' });
    stop = () => void child.kill('SIGKILL');
    judge = { ...edge, port, caPem: ca.pem };
    await listening(port);
  });
  afterAll(async () => {
    stop();
    await edges.closeAll();
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  test.each(Object.entries(clients))('%s', async (_name, client) => {
    const [emulated, judged] = await Promise.all([
      nodeCaller(edge, client, '1.3'),
      nodeCaller(judge, client, '1.3'),
    ]);
    expect(emulated.status).toBe(judged.status);
  });

  test('some are admitted, and most are not', async () => {
    const statuses = await Promise.all(
      Object.values(clients).map((client) => nodeCaller(judge, client, '1.3')),
    );
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(2);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('haproxy does not listen');
}
