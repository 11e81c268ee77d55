/** Requests that nobody should send: the service's error, never a crash, never a hang. */
import { connect } from 'node:net';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ verifySignatures: true });
});
afterAll(() => aws.close());

const signed = (service: string, key = 'AKIAUNKNOWN') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20261124/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

interface Ask {
  readonly service?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function ask({ service, method = 'POST', path = '/', headers = {}, body }: Ask) {
  const response = await fetch(`${aws.url}${path}`, {
    method,
    headers: { ...(service === undefined ? {} : { authorization: signed(service) }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    text: await response.text(),
    type: response.headers.get('x-amzn-errortype'),
  };
}

describe('a request of no form', () => {
  test.each<[string, Ask, number, RegExp]>([
    [
      'broken XML',
      { service: 'cloudfront', path: '/2020-05-31/distribution', body: '<a><b' },
      400,
      /MalformedXML/,
    ],
    [
      'XML with an entity',
      {
        service: 'cloudfront',
        path: '/2020-05-31/distribution',
        body: '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      },
      400,
      /<Code>(MalformedXML|InvalidArgument)/,
    ],
    ['broken JSON', { service: 'rolesanywhere', path: '/trustanchors', body: '{"name":' }, 400, /./],
    ['JSON that is a list', { service: 'rolesanywhere', path: '/trustanchors', body: '[1]' }, 400, /./],
    ['JSON for API Gateway', { service: 'apigateway', path: '/restapis', body: 'nope' }, 400, /./],
    [
      'a query without an action',
      { service: 'elasticloadbalancing', body: 'Version=2015-12-01' },
      400,
      /MissingAction/,
    ],
    [
      'an action of nobody',
      { service: 'elasticloadbalancing', body: 'Action=Format&Version=2015-12-01' },
      501,
      /Format/,
    ],
    [
      'an action of absurd length',
      { service: 'elasticloadbalancing', body: `Action=${'A'.repeat(100_000)}` },
      501,
      /action of that name/,
    ],
    [
      'members of no list',
      { service: 'elasticloadbalancing', body: 'Action=DescribeTrustStores&Names.member.x=1' },
      400,
      /./,
    ],
    ['a service of nobody', { service: 'quantum', body: '' }, 501, /quantum/],
    ['a service with a tag in its name', { service: '<script>', body: '' }, 501, /this service/],
    ['a method of nobody', { service: 'rolesanywhere', method: 'PATCH', path: '/trustanchors' }, 501, /./],
    [
      'a key store that does not exist',
      { service: 'cloudfront-keyvaluestore', method: 'GET', path: '/key-value-stores/arn%3Aaws%3Anothing' },
      404,
      /./,
    ],
    [
      'a label that is no URL encoding',
      { service: 'rolesanywhere', method: 'GET', path: '/trustanchor/%E0%A4%A' },
      400,
      /./,
    ],
    [
      'a signature that does not fit',
      { service: 's3', method: 'GET', headers: { authorization: signed('s3', 'AKIALOCALAWS11111111') } },
      403,
      /SignatureDoesNotMatch/,
    ],
    [
      'chunks of no form',
      {
        service: 's3',
        method: 'PUT',
        path: '/bucket/key',
        headers: {
          'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          'content-encoding': 'aws-chunked',
        },
        body: 'zz\r\nnope',
      },
      400,
      /IncompleteBody/,
    ],
  ])('%s', async (_name, request, status, words) => {
    const answer = await ask(request);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(words)]);
    expect(answer.text).not.toContain('InternalFailure');
    expect(answer.text).not.toContain('root:');
  });

  test.each([
    '/../../etc/passwd',
    '/bucket/../../../etc/passwd',
    '/bucket/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '//etc/passwd',
  ])('a path that climbs: %s', async (path) => {
    const answer = await raw(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${signed('s3')}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(answer).not.toContain('root:');
  });
});

/** Sends bytes as they are; gives what comes back until the server closes. */
function raw(text: string, hold = false): Promise<string> {
  const { hostname, port } = new URL(aws.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part;
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
    if (hold) setTimeout(() => socket.destroy(), 200);
  });
}

describe('bytes that are no request', () => {
  test.each([
    ['noise', '\x16\x03\x01\x00\xff nonsense\r\n\r\n'],
    ['a header without an end', `GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s', async (_name, text) => {
    expect(await raw(text)).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
  });

  test('a request that never ends holds nobody else up', async () => {
    const stuck = raw('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf', true);
    expect((await ask({ service: 's3', method: 'GET' })).status).toBe(200);
    expect(await stuck).toBe('');
  });
});

test('a body beyond any that a service takes is refused before it is read', async () => {
  const length = 200 * 1024 * 1024;
  const answer = await raw(
    `PUT /bucket/key HTTP/1.1\r\nHost: x\r\nAuthorization: ${signed('s3')}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\nabc`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*EntityTooLarge/);
});

test('keys and names are taken as they are, never as paths', async () => {
  const s3 = new S3Client(aws.clientConfig('s3'));
  await fetch(`${aws.url}/names`, { method: 'PUT', headers: { authorization: signed('s3') } });
  for (const Key of ['../a', '/etc/passwd', 'a//b', 'a/./b', '\u202e', '🙂', 'a\u0001b'])
    await s3.send(new PutObjectCommand({ Bucket: 'names', Key, Body: 'x' }));
  expect(aws.state().s3.flatMap(({ objects }) => [...objects.keys()])).toHaveLength(7);
});

const services = [
  's3',
  'sts',
  'cloudfront',
  'elasticloadbalancing',
  'apigateway',
  'rolesanywhere',
  'cloudfront-keyvaluestore',
];
const paths = [
  '/',
  '/b/k',
  '/2020-05-31/trust-store',
  '/2020-05-31/distribution/E1/config',
  '/2020-05-31/connection-function/x/test',
  '/domainnames',
  '/restapis/x/resources/y/methods/GET',
  '/v2/apis/x/routes',
  '/trustanchors',
  '/crl/x',
  '/sessions',
  '/key-value-stores/a%2Fb/keys/c',
];

test('whatever is sent, the answer is an error of the service and never a failure of ours', async () => {
  const request = fc.record({
    service: fc.constantFrom(...services),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'),
    path: fc
      .tuple(fc.constantFrom(...paths), fc.webQueryParameters())
      .map(([path, query]) => `${path}?${query}`),
    body: fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.json(),
      fc.string().map((text) => `<a><b>${text}</b></a>`),
      fc.webQueryParameters().map((query) => `Action=CreateTrustStore&${query}`),
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ service, method, path, body }) => {
      const bodiless = method === 'GET' || method === 'HEAD';
      const answer = await ask({ service, method, path, ...(bodiless ? {} : { body }) });
      expect(answer.text).not.toContain('InternalFailure');
      expect(answer.status === 501 || answer.status < 500).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
