import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as http2Request } from 'node:http';
import { connect as http2Connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edge } from '../../src/types.ts';
import { type Authority, keyPem } from './pki.ts';
import { run } from './tools.ts';

/** What a client shows: its certificate, then what it sends besides. */
export interface Client {
  readonly leaf?: Authority;
  readonly chain?: readonly Authority[];
}

/** Status of the answer; 0 when there was no HTTP at all. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type TlsVersion = '1.2' | '1.3';

export type Caller = (edge: Edge, client: Client, tls: TlsVersion) => Promise<Answer>;

const certPem = ({ leaf, chain = [] }: Client) => [leaf, ...chain].map((one) => one?.pem ?? '').join('');

const identity = (client: Client) =>
  client.leaf ? { cert: certPem(client), key: keyPem(client.leaf.keys) } : {};

export const nodeCaller: Caller = (edge, client, tls) =>
  new Promise((resolve) => {
    const request = httpsRequest({
      host: edge.host,
      port: edge.port,
      servername: edge.hosts[0],
      ca: edge.caPem,
      minVersion: `TLSv${tls}`,
      maxVersion: `TLSv${tls}`,
      agent: false,
      // Lets a client show a weak certificate at all.
      ciphers: 'DEFAULT:@SECLEVEL=0',
      headers: { host: edge.hosts[0] ?? 'localhost' },
      ...identity(client),
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', () => resolve({ status: 0, body: '' }));
    request.end();
  });

export const http2Caller: Caller = (edge, client, tls) =>
  new Promise((resolve) => {
    const session = http2Connect(`https://${edge.host}:${edge.port}`, {
      servername: edge.hosts[0] ?? 'localhost',
      ca: edge.caPem,
      minVersion: `TLSv${tls}`,
      maxVersion: `TLSv${tls}`,
      ...identity(client),
    });
    const done = (answer: Answer) => {
      session.destroy();
      resolve(answer);
    };
    let status = 0;
    let body = '';
    session.on('error', () => done({ status: 0, body: '' }));
    session.on('close', () => done({ status, body }));
    const stream = session.request({ ':path': '/', ':authority': edge.hosts[0] ?? 'localhost' });
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    stream.on('error', () => undefined);
    stream.on('end', () => done({ status, body }));
    stream.end();
  });

export const plainGet = (
  edge: Edge,
  path = '/',
): Promise<Answer & { readonly location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const request = http2Request({
      host: edge.host,
      port: edge.port,
      path,
      agent: false,
      headers: { host: edge.hosts[0] ?? '' },
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, location: response.headers.location }),
      );
    });
    request.on('error', reject);
    request.end();
  });

const inFolder = async <T>(
  client: Client,
  work: (files: { cert: string; key: string; chain: string }) => Promise<T>,
) => {
  const folder = mkdtempSync(join(tmpdir(), 'local-aws-client-'));
  const files = {
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
    chain: join(folder, 'chain.pem'),
  };
  try {
    if (client.leaf) {
      writeFileSync(files.cert, certPem(client));
      writeFileSync(files.key, keyPem(client.leaf.keys));
      writeFileSync(files.chain, certPem({ chain: client.chain ?? [] }));
    }
    return await work(files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const curlWith =
  (http: string): Caller =>
  (edge, client, tls) =>
    inFolder(client, async ({ cert, key }) => {
      const host = edge.hosts[0] ?? 'localhost';
      const ran = await run('curl', [
        '--silent',
        '--max-time',
        '300',
        http,
        `--tlsv${tls}`,
        '--tls-max',
        tls,
        '--cacert',
        edge.caFile,
        ...(client.leaf ? ['--cert', cert, '--key', key] : []),
        '--connect-to',
        `${host}:443:${edge.host}:${edge.port}`,
        '--write-out',
        '\n%{http_code}',
        `https://${host}/`,
      ]);
      const cut = ran.out.lastIndexOf('\n');
      const status = Number(ran.out.slice(cut + 1));
      if ((ran.code === 0) !== status > 0) throw new Error(`curl: exit ${ran.code} with HTTP code ${status}`);
      return { status, body: ran.out.slice(0, cut) };
    });

export const curlCaller = curlWith('--http1.1');
export const curlHttp2Caller = curlWith('--http2');

export const opensslCaller: Caller = (edge, client, tls) =>
  inFolder(client, async ({ cert, key, chain }) => {
    const host = edge.hosts[0] ?? 'localhost';
    const ran = await run(
      'openssl',
      [
        's_client',
        '-connect',
        `${edge.host}:${edge.port}`,
        '-servername',
        host,
        '-CAfile',
        edge.caFile,
        '-verify_return_error',
        tls === '1.2' ? '-tls1_2' : '-tls1_3',
        ...(client.leaf ? ['-cert', cert, '-key', key] : []),
        ...(client.chain?.length ? ['-cert_chain', chain] : []),
        '-quiet',
        '-no_ign_eof',
        '-ign_eof',
      ],
      { input: `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n` },
    );
    const status = Number(/^HTTP\/1\.1 (\d+)/m.exec(ran.out)?.[1] ?? 0);
    return { status, body: ran.out.slice(ran.out.indexOf('\r\n\r\n') + 4) };
  });

/**
 * GnuTLS, another library with other habits. Its command-line client ends when the server closes.
 */
export const gnutlsCaller: Caller = (edge, client, tls) =>
  inFolder(client, async ({ cert, key }) => {
    const host = edge.hosts[0] ?? 'localhost';
    const ran = await run(
      'gnutls-cli',
      [
        '--no-ca-verification',
        '--sni-hostname',
        host,
        // Weak certificates are for the server to refuse, not for the client.
        '--priority',
        `NORMAL:-VERS-ALL:+VERS-TLS${tls}:%VERIFY_ALLOW_SIGN_WITH_SHA1`,
        ...(client.leaf ? ['--x509certfile', cert, '--x509keyfile', key] : []),
        '--port',
        String(edge.port),
        edge.host,
      ],
      { input: `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n` },
    );
    const status = Number(/^HTTP\/1\.1 (\d+)/m.exec(ran.out)?.[1] ?? 0);
    return { status, body: ran.out.slice(ran.out.indexOf('\r\n\r\n') + 4) };
  });
