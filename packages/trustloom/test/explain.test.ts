import { readCertificate } from '@trustloom/core';
import type { LocalAws } from '@trustloom/local-aws';
import {
  type CertificateOptions,
  createTestCa,
  createTestClock,
  makeEnvironment,
  type TestCa,
  type TestEnvironment,
  type TestLeaf,
} from '@trustloom/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenedTrustloom } from '../src/open.ts';
import { account, openLocal } from './support/local.ts';
import { type Entry, knockEdge, knockJobs } from './support/team.ts';

const region = 'eu-west-1';
const hour = 3_600_000;
const clock = createTestClock();
const now = clock.now();

/**
 * A root and an issuing CA that are trusted, one below them that nobody accepted, and unknown ones.
 */
async function makeCas() {
  const root = await createTestCa({ subject: 'CN=Root', clock });
  const issuing = await root.intermediate('CN=Issuing');
  const narrow = await root.intermediate('CN=Narrow', { pathLength: 0 });
  const below = await issuing.intermediate('CN=Below');
  const belowNarrow = await narrow.intermediate('CN=Below Narrow');
  const unknownCa = await createTestCa({ subject: 'CN=Unknown CA', clock });
  const servers = await issuing.intermediate('CN=Servers', { extendedKeyUsage: ['serverAuth'] });
  let deep = below;
  for (let level = 1; level <= 6; level += 1) deep = await deep.intermediate(`CN=Deep ${level}`);
  return { root, issuing, narrow, below, belowNarrow, unknownCa, servers, deep };
}

type Cas = Awaited<ReturnType<typeof makeCas>>;

const unknownCritical = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: Uint8Array.of(5, 0) };

/** Every kind of client there is to think of: who issued it, and how it differs from a good one. */
const clients: Readonly<Record<string, readonly [issuer: keyof Cas, options?: CertificateOptions]>> = {
  good: ['issuing'],
  'of the root itself': ['root'],
  'of a CA that it sends along': ['below'],
  'of a CA far below': ['deep'],
  'of a CA below one that allows none': ['belowNarrow'],
  'of a CA for servers': ['servers'],
  'of an unknown CA': ['unknownCa'],
  expired: ['issuing', { notBefore: now - 9 * hour, notAfter: now - hour }],
  'not valid yet': ['issuing', { notBefore: now + hour, notAfter: now + 9 * hour }],
  'without extended key usage': ['issuing', { extendedKeyUsage: [] }],
  'for servers': ['issuing', { extendedKeyUsage: ['serverAuth'] }],
  'for any purpose': ['issuing', { extendedKeyUsage: ['2.5.29.37.0'] }],
  'for servers and clients': ['issuing', { extendedKeyUsage: ['serverAuth', 'clientAuth'] }],
  'without key usage': ['issuing', { keyUsage: [] }],
  'that may only encipher': ['issuing', { keyUsage: ['keyEncipherment'] }],
  'that may only agree on keys': ['issuing', { keyUsage: ['keyAgreement'] }],
  'signed with SHA-1': ['issuing', { hash: 'SHA-1' }],
  'with an RSA key': ['issuing', { key: 'RSA-2048' }],
  'with a P-521 key': ['issuing', { key: 'P-521' }],
  'with an unknown extension': ['issuing', { extensions: [unknownCritical] }],
  'that is a CA': ['issuing', { ca: true, keyUsage: ['digitalSignature', 'keyCertSign'] }],
  revoked: ['issuing'],
  'on the deny list': ['issuing'],
};

/** Where it is not documented what the service does. */
const open: Readonly<Record<string, readonly string[]>> = {
  // It has no CRL, where others have one.
  'of a CA that it sends along': ['edge'],
  'with a P-521 key': ['web', 'api'],
  'with an unknown extension': ['web', 'edge', 'api', 'jobs'],
};

let base: Awaited<ReturnType<typeof openLocal>>;
let local: LocalAws;
let environment: TestEnvironment;
let trustloom: OpenedTrustloom;
let cas: Cas;
let leaves: ReadonlyMap<string, TestLeaf>;

beforeAll(async () => {
  base = await openLocal({ regions: [region, 'us-east-1'], clock });
  ({ local } = base);
  environment = await makeEnvironment({ local });
  cas = await makeCas();
  leaves = new Map(
    await Promise.all(
      Object.entries(clients).map(
        async ([name, [issuer, options = {}]]) =>
          [name, await cas[issuer].issue(`CN=${name}`, options)] as const,
      ),
    ),
  );
  const { root, issuing } = cas;
  await base.write('ca.pem', root.pem + issuing.pem);
  const entries = [{ serial: leafOf('revoked').serial }];
  await base.write('issuing.crl', issuing.issueCrl({ entries }).der);
  await base.write('root.crl', root.issueCrl().der);
  const { profileArn: profile, roleArn: role } = environment.jobs;
  const common = { trust: ['devices'], account: account.id };
  trustloom = await base.open({
    groups: { devices: { from: './ca.pem', crls: ['./root.crl', './issuing.crl'] } },
    targets: {
      web: { ...common, cloudfront: { distributions: [environment.web.distributionId] } },
      edge: { trust: ['devices'], alb: { listeners: [environment.edge.listenerArn] } },
      api: { ...common, apiGateway: { region, domain: environment.api.domain, api: 'http' } },
      jobs: { ...common, rolesAnywhere: { region, probe: { profile, role } } },
    },
  });
  await trustloom.accept('all');
  await trustloom.apply({
    approve: 'any',
    allow: ['enforce:web', 'enforce:edge', 'enforce:api', 'relax:api'],
  });
  const serials = [leafOf('on the deny list').serial];
  await trustloom.revoke({ serials, ca: issuing.sha256, by: 'ann', why: 'lost' });
});

afterAll(async () => {
  await trustloom.close();
  await base[Symbol.asyncDispose]();
});

function leafOf(name: string): TestLeaf {
  const leaf = leaves.get(name);
  if (leaf === undefined) throw new TypeError(`no client ${name}`);
  return leaf;
}

/** The CAs between a client and its root, as it sends them. */
function sentBy(issuer: TestCa): readonly { readonly der: Uint8Array; readonly pem: string }[] {
  return issuer.chain.slice(0, -1);
}

/** What really becomes of a client. */
async function knock(
  leaf: TestLeaf,
  sent: readonly { readonly pem: string }[],
): Promise<Record<string, Entry>> {
  const edgeOf = (host: string) => local.edges().find(({ hosts }) => hosts.includes(host))?.resource ?? '';
  const intermediates = sent.map(({ pem }) => pem);
  return {
    web: await knockEdge(local, edgeOf(environment.web.domainName), leaf),
    edge: await knockEdge(local, environment.edge.listenerArn, leaf),
    api: await knockEdge(local, edgeOf(environment.api.domain), leaf),
    jobs: await knockJobs(local, environment.jobs, leaf, { intermediatesPem: intermediates }),
  };
}

describe('what explain says of a client is what becomes of it, at each of the four services', () => {
  test.each(Object.keys(clients))('%s', async (name) => {
    const leaf = leafOf(name);
    const sent = sentBy(cas[clients[name]?.[0] ?? 'issuing']);
    const explained = await trustloom.explain(readCertificate(leaf.der), {
      sent: sent.map(({ der }) => readCertificate(der)),
    });
    const real = await knock(leaf, sent);
    const unknown = explained.filter(({ verdict }) => verdict === 'unknown').map(({ target }) => target);
    expect(unknown).toEqual(open[name] ?? []);
    const said = explained.map(({ target, verdict }) => [
      target,
      verdict === 'unknown' ? real[target] : verdict === 'admitted' ? 'in' : 'refused',
    ]);
    expect(
      Object.fromEntries(said),
      explained.map(({ reasons }) => JSON.stringify(reasons)).join('\n'),
    ).toEqual(real);
  });
});
