import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { createJumpClock, realClock } from '../src/clock.ts';
import { createEdges } from '../src/edge/index.ts';
import type { Edge, EdgeTrust } from '../src/types.ts';
import { DEFAULT_UNKNOWNS, type Unknowns } from '../src/unknowns.ts';
import { type Client, http2Caller, nodeCaller, plainGet } from './support/clients.ts';
import { ia5, int, octets, seq, tlv } from './support/der-writer.ts';
import { specOf, trustOf } from './support/edges.ts';
import {
  type Authority,
  DAY,
  makeCa,
  makeCertificate,
  makeCrl,
  makeKeys,
  makeLeaf,
  nameOf,
  pemOf,
} from './support/pki.ts';
import { has, run } from './support/tools.ts';

const root = makeCa('CN=Root');
const issuing = makeCa('CN=Issuing', { issuer: root });
const stores: ReturnType<typeof createEdges>[] = [];
const make = (
  unknowns: Partial<Unknowns> = {},
  clock = realClock as Parameters<typeof createEdges>[0]['clock'],
) => {
  const edges = createEdges({ clock, unknowns: { ...DEFAULT_UNKNOWNS, ...unknowns } });
  stores.push(edges);
  return edges;
};
afterAll(() => Promise.all(stores.map((edges) => edges.closeAll())));

const shared = make();
let version = 0;

/** Opens an edge with that trust, asks once, and tells the reason that was logged. */
async function reason(
  trust: Partial<EdgeTrust> & Pick<EdgeTrust, 'mode'>,
  client: Client,
  options: {
    readonly edges?: ReturnType<typeof make>;
    readonly kind?: 'alb' | 'cloudfront' | 'api-gateway';
  } = {},
): Promise<string | undefined> {
  const edges = options.edges ?? shared;
  version += 1;
  const resource = `arn:aws:test:${version}`;
  const edge = await edges.open(
    specOf(options.kind ?? 'alb', trustOf(trust.mode, { version: String(version), ...trust }), { resource }),
  );
  const { status } = await nodeCaller(edge, client, '1.3');
  const line = edges.connections().findLast((one) => one.resource === resource);
  expect(status === 200).toBe(line?.outcome === 'accepted');
  await edges.close(resource);
  return line?.reason;
}

const verify = (anchors: readonly Authority[], crls: readonly Uint8Array[] = []) =>
  ({ mode: 'verify', anchors: anchors.map((one) => one.der), crls }) as const;
const complete = (anchors: readonly Authority[]) =>
  ({ mode: 'complete-chain', anchors: anchors.map((one) => one.der) }) as const;

describe('where a chain may end (ALB, CloudFront)', () => {
  const leaf = makeLeaf(issuing);

  test.each<[string, readonly Authority[], readonly Authority[], string]>([
    ['an intermediate alone is an anchor', [issuing], [], 'Success'],
    ['the root alone, nothing sent', [root], [], 'ClientCertUntrusted'],
    ['the root alone, the intermediate sent', [root], [issuing], 'Success'],
    ['nothing of that CA', [makeCa('CN=Root')], [issuing], 'ClientCertUntrusted'],
  ])('%s', async (_, anchors, chain, expected) => {
    expect(await reason(verify(anchors), { leaf, chain })).toBe(expected);
  });

  test('a CA of the same name with another key is another CA, with and without key identifiers', async () => {
    for (const noKeyIds of [false, true]) {
      const old = makeCa('CN=Twin', { noKeyIds });
      const renewed = makeCa('CN=Twin', { noKeyIds });
      const client = { leaf: makeLeaf(renewed, { noKeyIds }) };
      expect(await reason(verify([old]), client)).toBe('ClientCertUntrusted');
      expect(await reason(verify([old, renewed]), client)).toBe('Success');
    }
  });

  test('four CAs are the limit, the anchor included', async () => {
    const chain = [makeCa('CN=Level 1', { issuer: root })];
    for (const level of [2, 3]) chain.unshift(makeCa(`CN=Level ${level}`, { issuer: chain[0] ?? root }));
    const [third = root] = chain;
    expect(await reason(verify([root]), { leaf: makeLeaf(third), chain })).toBe('Success');
    const fourth = makeCa('CN=Level 4', { issuer: third });
    const client = { leaf: makeLeaf(fourth), chain: [fourth, ...chain] };
    expect(await reason(verify([root]), client)).toBe('ClientCertMaxChainDepthExceeded');
    expect(await reason(verify([third]), { leaf: makeLeaf(fourth), chain: [fourth] })).toBe('Success');
  });

  test('a client certificate that is itself in the store gets in', async () => {
    const me = makeCertificate({ subject: 'CN=me', keys: makeKeys() });
    expect(await reason(verify([me]), { leaf: me })).toBe('Success');
  });
});

describe('what RFC 5280 asks of a chain', () => {
  const bridge = (options: Parameters<typeof makeCa>[1]) => {
    const ca = makeCa('CN=Bridge', { issuer: root, ...options });
    return { leaf: makeLeaf(ca, { subject: 'O=Example,CN=client' }), chain: [ca] };
  };
  const permit = (tree: Uint8Array) => ({
    oid: '2.5.29.30',
    critical: true,
    value: seq(tlv(0xa0, seq(tree))),
  });
  const forbid = (tree: Uint8Array) => ({
    oid: '2.5.29.30',
    critical: true,
    value: seq(tlv(0xa1, seq(tree))),
  });

  test.each<[string, Client, string]>([
    ['a bridge that is no CA', bridge({ ca: false, keyUsage: [5] }), 'ClientCertInvalid'],
    ['a bridge that may not sign certificates', bridge({ keyUsage: [0] }), 'ClientCertUntrusted'],
    [
      'an unknown critical extension',
      bridge({ more: [{ oid: '1.2.3.4', critical: true, value: seq() }] }),
      'ClientCertInvalid',
    ],
    ['one that is not critical', bridge({ more: [{ oid: '1.2.3.4', value: seq() }] }), 'Success'],
    ['a bridge for servers alone', bridge({ eku: ['1.3.6.1.5.5.7.3.1'] }), 'ClientCertPurposeInvalid'],
    ['a permitted name', bridge({ more: [permit(tlv(0xa4, nameOf('O=Example')))] }), 'Success'],
    [
      'a name that is not permitted',
      bridge({ more: [permit(tlv(0xa4, nameOf('O=Other')))] }),
      'ClientCertInvalid',
    ],
    ['an excluded name', bridge({ more: [forbid(tlv(0xa4, nameOf('O=Example')))] }), 'ClientCertInvalid'],
    ['a constraint on another kind of name', bridge({ more: [permit(ia5(0x82, 'example.com'))] }), 'Success'],
    ['an expired bridge', bridge({ notBefore: new Date(0), notAfter: new Date(DAY) }), 'ClientCertExpired'],
    ['a weak signature below the anchor', bridge({ form: 'sha1' }), 'ClientCertUntrusted'],
  ])('%s', async (_, client, expected) => {
    expect(await reason(verify([root]), client)).toBe(expected);
  });

  test('names in a subjectAltName are held to constraints', async () => {
    const ca = makeCa('CN=Bridge', { issuer: root, more: [permit(ia5(0x82, 'example.com'))] });
    const named = (dns: string) => ({
      leaf: makeLeaf(ca, { more: [{ oid: '2.5.29.17', value: seq(ia5(0x82, dns)) }] }),
      chain: [ca],
    });
    expect(await reason(verify([root]), named('a.example.com'))).toBe('Success');
    expect(await reason(verify([root]), named('example.org'))).toBe('ClientCertInvalid');
  });

  test('path length counts the CAs below; that of an anchor is not asked', async () => {
    const narrow = makeCa('CN=Narrow', { issuer: root, pathLength: 0 });
    const below = makeCa('CN=Below', { issuer: narrow });
    const client = { leaf: makeLeaf(below), chain: [below, narrow] };
    expect(await reason(verify([root]), client)).toBe('ClientCertInvalid');
    expect(await reason(verify([narrow]), client)).toBe('Success');
    expect(await reason(verify([root]), { leaf: makeLeaf(narrow), chain: [narrow] })).toBe('Success');
  });

  test('key usage and purpose of the leaf', async () => {
    const use = (keyUsage: readonly number[] | null, eku: readonly string[] | undefined = undefined) =>
      makeCertificate({
        subject: 'CN=c',
        keys: makeKeys(),
        issuer: issuing,
        keyUsage,
        ...(eku ? { eku } : {}),
      });
    expect(await reason(verify([issuing]), { leaf: use(null) })).toBe('Success');
    expect(await reason(verify([issuing]), { leaf: use([4]) })).toBe('Success');
    expect(await reason(verify([issuing]), { leaf: use([2]) })).toBe('ClientCertPurposeInvalid');
    expect(await reason(verify([issuing]), { leaf: use([0], ['2.5.29.37.0']) })).toBe(
      'ClientCertPurposeInvalid',
    );
  });
});

describe('the complete chain of API Gateway', () => {
  const leaf = makeLeaf(issuing);
  const kind = 'api-gateway';
  const noIssuer = 'Access denied. Reason: Could not find issuer for certificate';

  test('root and intermediate in the store; what the client sends bridges nothing', async () => {
    expect(await reason(complete([root, issuing]), { leaf }, { kind })).toBe('Success');
    expect(await reason(complete([root]), { leaf, chain: [issuing] }, { kind })).toBe(noIssuer);
    expect(await reason(complete([issuing]), { leaf, chain: [issuing, root] }, { kind })).toBe(noIssuer);
  });

  test('a cross-signed root closes nothing', async () => {
    const crossed = makeCa('CN=Root', { keys: root.keys, issuer: makeCa('CN=Other root') });
    expect(await reason(complete([crossed, issuing]), { leaf }, { kind })).toBe(noIssuer);
    expect(await reason(complete([crossed, root, issuing]), { leaf }, { kind })).toBe('Success');
  });

  test('a listed self-signed client certificate gets in, a weak one does not', async () => {
    const me = makeCertificate({ subject: 'CN=me', keys: makeKeys() });
    expect(await reason(complete([me]), { leaf: me }, { kind })).toBe('Success');
    const weak = makeLeaf(root, { form: 'sha1' });
    expect(await reason(complete([root]), { leaf: weak }, { kind })).toBe(
      'Access denied. Reason: Client cert using an insecure Signature Algorithm',
    );
  });
});

describe('CRLs', () => {
  const leaf = makeLeaf(issuing, { serial: 77n });
  const listed = { serials: [77n] };
  const other = makeCrl(makeCa('CN=Issuing'), listed);
  const old = { nextUpdate: new Date(Date.now() - DAY), thisUpdate: new Date(Date.now() - 2 * DAY) };
  const revokedIssuing = makeCa('CN=Issuing 2', { issuer: root, serial: 5n });
  const rootList = makeCrl(root, { serials: [5n] });
  const below = makeLeaf(revokedIssuing);
  const crossed = makeCrl(issuing, { ...listed, signer: makeKeys() });

  test.each<[string, readonly Uint8Array[], string]>([
    ['listed', [makeCrl(issuing, listed)], 'ClientCertCrlHit'],
    [
      'listed, no key identifier in the list',
      [makeCrl(issuing, { ...listed, noKeyId: true })],
      'ClientCertCrlHit',
    ],
    ['not listed', [makeCrl(issuing, { serials: [78n] })], 'Success'],
    ['listed by another key of that name', [other], 'Success'],
    ['a list that its issuer did not sign', [crossed], 'ClientCertCrlProcessingError'],
    [
      'listed in an old list, not in the new one',
      [makeCrl(issuing, { ...listed, ...old }), makeCrl(issuing)],
      'ClientCertCrlHit',
    ],
    ['an old list beside a new one', [makeCrl(issuing, old), makeCrl(issuing)], 'Success'],
    ['a list without nextUpdate', [makeCrl(issuing, { nextUpdate: null })], 'Success'],
    [
      'a list with an unknown critical extension',
      [makeCrl(issuing, { more: [{ oid: '1.2.3', critical: true, value: octets(Buffer.of(1)) }] })],
      'ClientCertCrlProcessingError',
    ],
    [
      'a delta list alone',
      [makeCrl(issuing, { more: [{ oid: '2.5.29.27', critical: true, value: int(1) }] })],
      'ClientCertCrlProcessingError',
    ],
  ])('%s', async (_, crls, expected) => {
    expect(await reason(verify([root, issuing], crls), { leaf })).toBe(expected);
  });

  test('a list past its nextUpdate: both readings', async () => {
    const crls = [makeCrl(issuing, old)];
    expect(
      await reason(verify([issuing], crls), { leaf }, { edges: make({ albExpiredCrl: 'refuse' }) }),
    ).toBe('ClientCertCrlProcessingError');
    expect(await reason(verify([issuing], crls), { leaf }, { edges: make({ albExpiredCrl: 'admit' }) })).toBe(
      'Success',
    );
    const hit = [makeCrl(issuing, { ...old, ...listed })];
    expect(await reason(verify([issuing], hit), { leaf }, { edges: make({ albExpiredCrl: 'admit' }) })).toBe(
      'ClientCertCrlHit',
    );
  });

  test('a CA without list beside one that has one: both readings', async () => {
    const crls = [makeCrl(root)];
    const twoCas = verify([issuing, makeCa('CN=Elsewhere')], crls);
    expect(await reason(twoCas, { leaf }, { edges: make({ albCaWithoutCrl: 'refuse' }) })).toBe(
      'ClientCertCrlProcessingError',
    );
    expect(await reason(twoCas, { leaf }, { edges: make({ albCaWithoutCrl: 'admit' }) })).toBe('Success');
  });

  test('a revoked intermediate: the whole chain, or the leaf alone', async () => {
    const whole = make({ albCrlDepth: 'refuse' });
    const alone = make({ albCrlDepth: 'admit' });
    const client = { leaf: below, chain: [revokedIssuing] };
    expect(await reason(verify([root], [rootList]), client, { edges: whole })).toBe('ClientCertCrlHit');
    expect(await reason(verify([root], [rootList]), client, { edges: alone })).toBe('Success');
    expect(await reason(verify([root, revokedIssuing], [rootList]), client, { edges: whole })).toBe(
      'ClientCertCrlHit',
    );
    expect(await reason(verify([revokedIssuing], [rootList]), client, { edges: whole })).toBe('Success');
  });
});

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

  test('judges validity by the emulator clock; its own certificate stays good for real clients', async () => {
    const clock = createJumpClock(Date.now());
    const edges = make({}, clock);
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

  test('answers 403 to all where it is disabled, and redirects where it is told to', async () => {
    const off = await shared.open(
      specOf('execute-api', trustOf('off'), { resource: 'off', behaviour: () => 'disabled' }),
    );
    expect(await nodeCaller(off, {}, '1.3')).toEqual({ status: 403, body: '{"message":"Forbidden"}\n' });
    const plain = { protocol: 'http', servicePort: 80 } as const;
    const door = await shared.open(specOf('alb', trustOf('off'), { ...plain, resource: 'door' }));
    expect((await plainGet(door)).status).toBe(200);
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

  test.skipIf(!has('openssl', 'version'))('advertises CA names only when told to (openssl)', async () => {
    const anchors = [issuing.der];
    const quiet = await shared.open(specOf('alb', trustOf('optional', { anchors }), { resource: 'quiet' }));
    const loud = await shared.open(
      specOf('alb', trustOf('optional', { anchors, advertiseCaNames: true }), { resource: 'loud' }),
    );
    expect((await ask(quiet, [])).out).toContain('No client certificate CA names sent');
    expect((await ask(loud, [])).out).toMatch(/Acceptable client certificate CA names\nCN = Issuing/);
  });

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
    expect(edges.list()).toEqual([]);
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
