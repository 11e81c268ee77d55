import { existsSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { createJumpClock, realClock } from '../src/clock.ts';
import { createEdges } from '../src/edge/index.ts';
import type { Clock, Edge } from '../src/types.ts';
import { DEFAULT_UNKNOWNS } from '../src/unknowns.ts';
import { http2Caller, nodeCaller, plainGet } from './support/clients.ts';
import { specOf, trustOf } from './support/edges.ts';
import { DAY, keyPem, makeCa, makeLeaf, pemOf } from './support/pki.ts';
import { has, run } from './support/tools.ts';

const root = makeCa('CN=Root');
const issuing = makeCa('CN=Issuing', { issuer: root });
const made: ReturnType<typeof createEdges>[] = [];
const make = (clock: Clock = realClock) => {
  const edges = createEdges({ clock, unknowns: DEFAULT_UNKNOWNS });
  made.push(edges);
  return edges;
};
afterAll(() => Promise.all(made.map((edges) => edges.closeAll())));

const shared = make();

describe('a listener', () => {
  const leaf = makeLeaf(issuing, { serial: 0x03a5b1n, subject: 'C=US,O=Example,CN=client' });

  test('follows its trust without being opened again, mode included', async () => {
    let trust = trustOf('off');
    const edge = await shared.open(specOf('alb', () => trust, { resource: 'changing' }));
    expect((await nodeCaller(edge, {}, '1.3')).status).toBe(200);
    trust = trustOf('verify', { anchors: [root.der], version: '2' });
    expect((await nodeCaller(edge, {}, '1.3')).status).toBe(0);
    expect((await nodeCaller(edge, { leaf }, '1.3')).status).toBe(0);
    trust = trustOf('verify', { anchors: [issuing.der], version: '3' });
    expect((await nodeCaller(edge, { leaf }, '1.3')).status).toBe(200);
    expect((await http2Caller(edge, { leaf }, '1.2')).status).toBe(200);
  });

  test('cuts no open connection when its trust changes: the next handshake is refused, not the next request', async () => {
    let trust = trustOf('verify', { anchors: [issuing.der], version: '1' });
    const edge = await shared.open(specOf('alb', () => trust, { resource: 'open' }));
    const open = connectTls({
      host: edge.host,
      port: edge.port,
      servername: edge.hosts[0] ?? '',
      ca: edge.caPem,
      cert: leaf.pem,
      key: keyPem(leaf.keys),
    });
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        open.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1').slice(0, 12)));
        open.once('close', () => reject(new Error('the connection was cut')));
        open.write(`GET / HTTP/1.1\r\nHost: ${edge.hosts[0]}\r\n\r\n`);
      });
    expect(await ask()).toBe('HTTP/1.1 200');
    trust = trustOf('verify', { anchors: [root.der], version: '2' });
    expect((await nodeCaller(edge, { leaf }, '1.3')).status).toBe(0);
    expect(await ask()).toBe('HTTP/1.1 200');
    trust = trustOf('off', { version: '3' });
    expect((await nodeCaller(edge, {}, '1.3')).status).toBe(200);
    expect(await ask()).toBe('HTTP/1.1 200');
    open.removeAllListeners('close').destroy();
  });

  test('judges validity by the emulator clock; its own certificate stays good for real clients', async () => {
    const clock = createJumpClock(Date.now());
    const edges = make(clock);
    const edge = await edges.open(specOf('cloudfront', trustOf('required', { anchors: [issuing.der] })));
    const lenient = await edges.open(
      specOf('cloudfront', trustOf('required', { anchors: [issuing.der], ignoreExpiry: true }), {
        resource: 'lenient',
      }),
    );
    expect((await nodeCaller(edge, { leaf }, '1.3')).status).toBe(200);
    clock.advance(3000 * DAY);
    expect((await nodeCaller(edge, { leaf }, '1.3')).status).toBe(0);
    expect(edges.connections().at(-1)).toMatchObject({
      reason: 'ClientCertExpired',
      time: clock.now(),
      leafSerial: '3a5b1',
    });
    expect((await nodeCaller(lenient, { leaf }, '1.3')).status).toBe(200);
  });

  test('forwards the identity as ALB does, and drops copies that the client made up', async () => {
    const edge = await shared.open(
      specOf('alb', trustOf('verify', { anchors: [issuing.der] }), { resource: 'alb id' }),
    );
    const { headers } = JSON.parse((await nodeCaller(edge, { leaf }, '1.3')).body);
    expect(headers).toMatchObject({
      'x-amzn-mtls-clientcert-serial-number': '03A5B1',
      'x-amzn-mtls-clientcert-subject': 'CN=client,O=Example,C=US',
      'x-amzn-mtls-clientcert-issuer': 'CN=Issuing',
    });
    expect(decodeURIComponent(headers['x-amzn-mtls-clientcert-leaf'])).toBe(leaf.pem);
    expect(headers['x-amzn-mtls-clientcert-leaf']).not.toMatch(/%2B|%3D|%2F/);
    expect(headers['x-amzn-mtls-clientcert-validity']).toMatch(
      /^NotBefore=\d{4}-\d\d-\d\dT[\d:]{8}Z;NotAfter=[^.]*Z$/,
    );
    const through = await shared.open(specOf('alb', trustOf('passthrough'), { resource: 'alb through' }));
    const passed = JSON.parse((await nodeCaller(through, { leaf, chain: [issuing, root] }, '1.3')).body);
    expect(decodeURIComponent(passed.headers['x-amzn-mtls-clientcert'])).toBe(
      leaf.pem + issuing.pem + root.pem,
    );
  });

  test('forwards the identity as CloudFront does', async () => {
    const edge = await shared.open(
      specOf('cloudfront', trustOf('optional', { anchors: [issuing.der] }), { resource: 'cf id' }),
    );
    const big = makeLeaf(issuing, { serial: 0x9e2aafn });
    const { headers } = JSON.parse((await http2Caller(edge, { leaf: big }, '1.3')).body);
    expect(headers).toMatchObject({
      'cloudfront-viewer-cert-present': '1',
      'cloudfront-viewer-cert-serial-number': '00:9e:2a:af',
      'cloudfront-viewer-cert-subject': 'CN=client,O=Example,C=US',
    });
    const without = JSON.parse((await nodeCaller(edge, {}, '1.3')).body);
    expect(without.headers['cloudfront-viewer-cert-present']).toBe('0');
    const through = await shared.open(
      specOf('cloudfront', trustOf('passthrough'), { resource: 'cf through' }),
    );
    const passed = JSON.parse((await nodeCaller(through, { leaf, chain: [issuing] }, '1.3')).body);
    expect(passed.headers['client-cert']).toBe(`:${Buffer.from(leaf.der).toString('base64')}:`);
    expect(passed.headers['client-cert-chain']).toBe(`:${Buffer.from(issuing.der).toString('base64')}:`);
  });

  test('shows the identity as API Gateway events do: hex with colons in 1.0, decimal in 2.0', async () => {
    const trust = trustOf('complete-chain', { anchors: [issuing.der, root.der] });
    const rest = await shared.open(specOf('api-gateway', trust, { resource: 'rest' }));
    const http = await shared.open(specOf('api-gateway', trust, { resource: 'http', payload: () => '2.0' }));
    const one = JSON.parse((await nodeCaller(rest, { leaf }, '1.3')).body).event;
    const two = JSON.parse((await nodeCaller(http, { leaf }, '1.3')).body).event;
    expect(one.requestContext.identity.clientCert).toMatchObject({
      serialNumber: '03:a5:b1',
      subjectDN: 'C=US,O=Example,CN=client',
      clientCertPem: leaf.pem,
    });
    expect(two.requestContext.authentication.clientCert.serialNumber).toBe('239025');
    expect(one.requestContext.identity.clientCert.validity.notAfter).toMatch(
      /^[A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4} GMT$/,
    );
  });

  test('does not stay open when its resource went while it was being opened', async () => {
    const opening = shared.open(specOf('alb', trustOf('off'), { resource: 'brief' }));
    await shared.close('brief');
    const { port, host } = await opening;
    expect(shared.all().map(({ resource }) => resource)).not.toContain('brief');
    const socket = connect(port, host);
    await expect(new Promise((done, fail) => socket.on('connect', done).on('error', fail))).rejects.toThrow(
      'ECONNREFUSED',
    );
  });

  test('forwards admitted requests to an origin, with the headers of the service; 502 without one', async () => {
    const origin = createHttpServer((request, response) => {
      // Only with the client's serial does the origin answer as it should.
      response.statusCode = request.headers['x-amzn-mtls-clientcert-serial-number'] === '03A5B1' ? 201 : 500;
      request.pipe(response);
    });
    await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done));
    const address = origin.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const edges = createEdges({
      clock: realClock,
      unknowns: DEFAULT_UNKNOWNS,
      origin: `http://127.0.0.1:${port}`,
    });
    made.push(edges);
    const edge = await edges.open(specOf('alb', trustOf('verify', { anchors: [issuing.der] })));
    for (const call of [nodeCaller, http2Caller]) {
      expect((await call(edge, { leaf }, '1.3')).status).toBe(201);
      expect((await call(edge, {}, '1.3')).status).toBe(0);
    }
    await new Promise((done) => origin.close(done).closeAllConnections());
    expect((await nodeCaller(edge, { leaf }, '1.3')).status).toBe(502);
  });

  test('answers 403 to all where it is disabled, and redirects where it has to', async () => {
    const off = await shared.open(
      specOf('execute-api', trustOf('off'), { resource: 'off', behaviour: () => 'disabled' }),
    );
    expect(await nodeCaller(off, {}, '1.3')).toEqual({ status: 403, body: '{"message":"Forbidden"}\n' });
    const plain = { protocol: 'http', servicePort: 80 } as const;
    const bypass = await shared.open(specOf('alb', trustOf('off'), { ...plain, resource: 'bypass' }));
    expect((await plainGet(bypass)).status).toBe(200);
    const moved = await shared.open(
      specOf('alb', trustOf('off'), { ...plain, resource: 'moved', behaviour: () => 'redirect' }),
    );
    expect(await plainGet(moved, '/a?b=c')).toMatchObject({
      status: 301,
      location: 'https://alb.example.com:443/a?b=c',
    });
  });

  const ask = (edge: Edge, args: readonly string[]) =>
    run('openssl', ['s_client', '-connect', `${edge.host}:${edge.port}`, '-CAfile', edge.caFile, ...args], {
      input: 'Q\n',
    });

  test.skipIf(!has('openssl', 'version'))(
    'advertises CA names only when configured to (openssl)',
    async () => {
      const anchors = [issuing.der];
      const quiet = await shared.open(specOf('alb', trustOf('optional', { anchors }), { resource: 'quiet' }));
      const loud = await shared.open(
        specOf('alb', trustOf('optional', { anchors, advertiseCaNames: true }), { resource: 'loud' }),
      );
      expect((await ask(quiet, [])).out).toContain('No client certificate CA names sent');
      expect((await ask(loud, [])).out).toMatch(/Acceptable client certificate CA names\nCN = Issuing/);
    },
  );

  test.skipIf(!has('openssl', 'version')).each(['-tls1_2', '-tls1_3'])(
    'resumes no session, %s (openssl)',
    async (tls) => {
      const edge = await shared.open(
        specOf('alb', trustOf('optional', { anchors: [issuing.der] }), { resource: `again ${tls}` }),
      );
      const ran = await ask(edge, [tls, '-reconnect']);
      expect(ran.out).toContain('New, TLSv1');
      expect(ran.out).not.toContain('Reused');
    },
  );

  test('closes with its resource; the CA file goes with the last', async () => {
    const edges = make();
    const edge = await edges.open(specOf('alb', trustOf('off')));
    expect(existsSync(edge.caFile)).toBe(true);
    expect(edge.caPem).toBe(
      pemOf('CERTIFICATE', Buffer.from(edge.caPem.replace(/-----.*-----|\n/g, ''), 'base64')),
    );
    await edges.close(edge.resource);
    expect(edges.all()).toEqual([]);
    expect((await nodeCaller(edge, {}, '1.3')).status).toBe(0);
    await edges.closeAll();
    expect(existsSync(edge.caFile)).toBe(false);
  });
});

describe('what is no TLS client', () => {
  test('garbage, plain HTTP and a broken handshake are refused and logged; the listener goes on', async () => {
    const edge = await shared.open(specOf('alb', trustOf('off'), { resource: 'noise' }));
    const send = (bytes: Uint8Array | string) =>
      new Promise<void>((resolve) => {
        const socket = connect(edge.port, edge.host, () => socket.end(bytes));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.resume();
      });
    await send('GET / HTTP/1.1\r\n\r\n');
    await send(Buffer.alloc(4096, 0xff));
    await send(Buffer.from('16030100050100000100', 'hex'));
    expect((await nodeCaller(edge, {}, '1.3')).status).toBe(200);
    const lines = shared.connections().filter((one) => one.resource === 'noise');
    expect(lines.map((one) => one.reason)).toEqual([
      'UnmappedConnectionError',
      'UnmappedConnectionError',
      'UnmappedConnectionError',
      'Success',
    ]);
  });
});
