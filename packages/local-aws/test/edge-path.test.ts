import { afterAll, describe, expect, test } from 'vitest';
import { realClock } from '../src/clock.ts';
import { createEdges } from '../src/edge/index.ts';
import type { EdgeTrust } from '../src/types.ts';
import { DEFAULT_UNKNOWNS, type Unknowns } from '../src/unknowns.ts';
import { type Client, nodeCaller } from './support/clients.ts';
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
} from './support/pki.ts';

const root = makeCa('CN=Root');
const issuing = makeCa('CN=Issuing', { issuer: root });
const stores: ReturnType<typeof createEdges>[] = [];
const make = (unknowns: Partial<Unknowns> = {}) => {
  const edges = createEdges({ clock: realClock, unknowns: { ...DEFAULT_UNKNOWNS, ...unknowns } });
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
      const old = makeCa('CN=Rekeyed', { noKeyIds });
      const renewed = makeCa('CN=Rekeyed', { noKeyIds });
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

  test('a client certificate that is itself in the store is admitted', async () => {
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

  test('a listed self-signed client certificate is admitted, a weak one is not', async () => {
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
  const rootCrl = makeCrl(root, { serials: [5n] });
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
    ['a CRL that its issuer did not sign', [crossed], 'ClientCertCrlProcessingError'],
    [
      'listed in an old list, not in the new one',
      [makeCrl(issuing, { ...listed, ...old }), makeCrl(issuing)],
      'ClientCertCrlHit',
    ],
    ['an old CRL beside a new one', [makeCrl(issuing, old), makeCrl(issuing)], 'Success'],
    ['a CRL without nextUpdate', [makeCrl(issuing, { nextUpdate: null })], 'Success'],
    [
      'a CRL with an unknown critical extension',
      [makeCrl(issuing, { more: [{ oid: '1.2.3', critical: true, value: octets(Buffer.of(1)) }] })],
      'ClientCertCrlProcessingError',
    ],
    [
      'a delta CRL alone',
      [makeCrl(issuing, { more: [{ oid: '2.5.29.27', critical: true, value: int(1) }] })],
      'ClientCertCrlProcessingError',
    ],
  ])('%s', async (_, crls, expected) => {
    expect(await reason(verify([root, issuing], crls), { leaf })).toBe(expected);
  });

  test('a CRL past its nextUpdate: both readings', async () => {
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

  test('a CA without a CRL beside one that has one: both readings', async () => {
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
    expect(await reason(verify([root], [rootCrl]), client, { edges: whole })).toBe('ClientCertCrlHit');
    expect(await reason(verify([root], [rootCrl]), client, { edges: alone })).toBe('Success');
    expect(await reason(verify([root, revokedIssuing], [rootCrl]), client, { edges: whole })).toBe(
      'ClientCertCrlHit',
    );
    expect(await reason(verify([revokedIssuing], [rootCrl]), client, { edges: whole })).toBe('Success');
  });
});
