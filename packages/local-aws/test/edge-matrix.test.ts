import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../src/clock.ts';
import { createEdges } from '../src/edge/index.ts';
import type { Edge, EdgeSpec, EdgeTrust } from '../src/types.ts';
import { DEFAULT_UNKNOWNS } from '../src/unknowns.ts';
import {
  type Caller,
  type Client,
  curlCaller,
  curlHttp2Caller,
  gnutlsCaller,
  http2Caller,
  nodeCaller,
  opensslCaller,
  type TlsVersion,
} from './support/clients.ts';
import { specOf, trustOf } from './support/edges.ts';
import { DAY, makeCa, makeCrl, makeLeaf, SERVER_AUTH } from './support/pki.ts';
import { has, says } from './support/tools.ts';

const ago = (days: number) => new Date(Date.now() - days * DAY);

const root = makeCa('C=US,O=Example,CN=Root', { type: 'p384' });
const issuing = makeCa('C=US,O=Example,CN=Issuing', { issuer: root });
const rsaCa = makeCa('C=US,O=Example,CN=RSA root', { type: 'rsa' });
const unknownCa = makeCa('C=US,O=Elsewhere,CN=Root');
const level1 = makeCa('CN=Level 1', { issuer: root });
const level2 = makeCa('CN=Level 2', { issuer: level1 });
const level3 = makeCa('CN=Level 3', { issuer: level2 });
const level4 = makeCa('CN=Level 4', { issuer: level3 });
const revoked = makeLeaf(issuing, { serial: 0xdeadbeefn });

const clients = {
  none: {},
  'good RSA': { leaf: makeLeaf(rsaCa, { type: 'rsa' }) },
  'good EC': { leaf: makeLeaf(issuing) },
  untrusted: { leaf: makeLeaf(unknownCa) },
  'self-signed': { leaf: makeCa('CN=me', { ca: false }) },
  expired: { leaf: makeLeaf(issuing, { notBefore: ago(9), notAfter: ago(1) }) },
  'not yet valid': { leaf: makeLeaf(issuing, { notBefore: ago(-1) }) },
  revoked: { leaf: revoked },
  'wrong purpose': { leaf: makeLeaf(issuing, { eku: [SERVER_AUTH] }) },
  'chain too long': { leaf: makeLeaf(level4), chain: [level4, level3, level2, level1] },
} satisfies Readonly<Record<string, Client>>;

type Row = keyof typeof clients;
/** HTTP status (0: none), and the service's word for it. */
type Expected = Readonly<Record<Row, readonly [number, string]>>;

const OK = [200, 'Success'] as const;
const forbidden = (reason: string) => [403, `Access denied. Reason: ${reason}`] as const;

const alb: Expected = {
  none: [0, 'UnmappedConnectionError'],
  'good RSA': OK,
  'good EC': OK,
  untrusted: [0, 'ClientCertUntrusted'],
  'self-signed': [0, 'ClientCertUntrusted'],
  expired: [0, 'ClientCertExpired'],
  'not yet valid': [0, 'ClientCertNotYetValid'],
  revoked: [0, 'ClientCertCrlHit'],
  'wrong purpose': [0, 'ClientCertPurposeInvalid'],
  'chain too long': [0, 'ClientCertMaxChainDepthExceeded'],
};
const cloudfront: Expected = {
  ...alb,
  none: [0, 'ClientCertMissing'],
  revoked: OK,
  'wrong purpose': [0, 'ClientCertIntentInvalid'],
};
const gateway: Expected = {
  none: [0, 'ClientCertMissing'],
  'good RSA': OK,
  'good EC': OK,
  untrusted: forbidden('Could not find issuer for certificate'),
  'self-signed': forbidden('self signed certificate'),
  expired: forbidden('certificate has expired'),
  'not yet valid': forbidden('certificate is not yet valid'),
  revoked: OK,
  'wrong purpose': forbidden('unsupported certificate purpose'),
  'chain too long': forbidden('Could not find issuer for certificate'),
};
const everyone: Expected = {
  none: OK,
  'good RSA': OK,
  'good EC': OK,
  untrusted: OK,
  'self-signed': OK,
  expired: OK,
  'not yet valid': OK,
  revoked: OK,
  'wrong purpose': OK,
  'chain too long': OK,
};

const anchors = [root.der, issuing.der, rsaCa.der];
const dataPlanes: readonly (readonly [string, EdgeSpec['kind'], EdgeTrust, Expected])[] = [
  [
    'ALB verify',
    'alb',
    trustOf('verify', { anchors, crls: [makeCrl(issuing, { serials: [0xdeadbeefn] })] }),
    alb,
  ],
  ['CloudFront required', 'cloudfront', trustOf('required', { anchors }), cloudfront],
  ['CloudFront optional', 'cloudfront', trustOf('optional', { anchors }), { ...cloudfront, none: OK }],
  ['API Gateway', 'api-gateway', trustOf('complete-chain', { anchors }), gateway],
  ['ALB passthrough', 'alb', trustOf('passthrough'), everyone],
  ['CloudFront passthrough', 'cloudfront', trustOf('passthrough'), everyone],
  ['ALB without client authentication', 'alb', trustOf('off'), everyone],
];

const tools: readonly (readonly [string, Caller, boolean])[] = [
  ['Node', nodeCaller, true],
  ['Node HTTP/2', http2Caller, true],
  ['curl', curlCaller, has('curl')],
  ['curl HTTP/2', curlHttp2Caller, says(/HTTP2/, 'curl', '--version')],
  ['openssl s_client', opensslCaller, has('openssl', 'ciphers', '-tls1_3')],
  ['gnutls-cli', gnutlsCaller, has('gnutls-cli', '--list', '--priority', 'NORMAL:+VERS-TLS1.3')],
];

const edges = createEdges({ clock: realClock, unknowns: DEFAULT_UNKNOWNS });
const opened = new Map<string, Edge>();

beforeAll(async () => {
  for (const [name, kind, trust] of dataPlanes)
    opened.set(name, await edges.open(specOf(kind, trust, { resource: `arn:aws:test:${name}` })));
});
afterAll(() => edges.closeAll());

describe.each(dataPlanes)('%s', (name, _kind, _trust, expected) => {
  describe.each(['1.2', '1.3'] as const satisfies readonly TlsVersion[])('TLS %s', (tls) => {
    for (const [tool, call, present] of tools)
      test.skipIf(!present)(`the certificate matrix, seen by ${tool}`, async () => {
        const edge = opened.get(name);
        if (!edge) throw new Error('not open');
        const seen: Record<string, readonly [number, string | undefined]> = {};
        for (const [row, client] of Object.entries(clients)) {
          const before = edges.connections().length;
          const { status } = await call(edge, client, tls);
          const logged = edges.connections().slice(before);
          expect(logged, `${row}: one handshake, one line`).toHaveLength(1);
          expect(logged[0]?.outcome).toBe(status === 200 ? 'accepted' : 'refused');
          seen[row] = [status, logged[0]?.reason];
        }
        expect(seen).toEqual(expected);
      });
  });
});
