import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { APIGatewayClient, GetDomainNamesCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient, ListTrustStoresCommand } from '@aws-sdk/client-cloudfront';
import {
  CreateTrustStoreCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateTrustAnchorCommand,
  ListTrustAnchorsCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { DeleteBucketCommand, GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '@trustloom/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '../src/index.ts';

/** A server that writes down what reaches it and answers as it is set to. */
async function listen(answer: (request: IncomingMessage, count: number) => number | 'drop') {
  const seen: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
  }[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    request.resume();
    const status = answer(request, seen.length);
    if (status === 'drop') return request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', HOME: '/nonexistent' };
const accountRegion = { account: '222222222222', region: 'eu-west-1' };
const settled = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);

let server: Awaited<ReturnType<typeof listen>>;
let status: (count: number) => number | 'drop' = () => 500;
const sleeps: number[] = [];
const clock: Clock = { now: () => Date.now(), sleep: async (ms) => void sleeps.push(ms) };

beforeEach(async () => {
  sleeps.length = 0;
  server = await listen((_, count) => status(count));
});
afterEach(() => server.close());

const open = (env: Readonly<Record<string, string>>) =>
  openAws({ env: { ...keys, ...env }, accounts: [], version: '9.9.9', clock, random: () => 0 });

type Opened = ReturnType<typeof open>;
const reads: readonly (readonly [string, (aws: Opened) => Promise<unknown>])[] = [
  [
    'S3',
    (aws) => aws.client(S3Client, 'S3', accountRegion).send(new GetBucketVersioningCommand({ Bucket: 'b' })),
  ],
  ['STS', (aws) => aws.client(STSClient, 'STS', accountRegion).send(new GetCallerIdentityCommand({}))],
  [
    'CloudFront',
    (aws) => aws.client(CloudFrontClient, 'CloudFront', accountRegion).send(new ListTrustStoresCommand({})),
  ],
  [
    'Elastic Load Balancing v2',
    (aws) =>
      aws
        .client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', accountRegion)
        .send(new DescribeTrustStoresCommand({})),
  ],
  [
    'API Gateway',
    (aws) => aws.client(APIGatewayClient, 'API Gateway', accountRegion).send(new GetDomainNamesCommand({})),
  ],
  [
    'ApiGatewayV2',
    (aws) => aws.client(ApiGatewayV2Client, 'ApiGatewayV2', accountRegion).send(new GetApisCommand({})),
  ],
  [
    'RolesAnywhere',
    (aws) =>
      aws.client(RolesAnywhereClient, 'RolesAnywhere', accountRegion).send(new ListTrustAnchorsCommand({})),
  ],
];

describe('every client', () => {
  it.each(reads)('%s goes to AWS_ENDPOINT_URL and says who it is', async (_, call) => {
    status = () => 400;
    await settled(call(open({ AWS_ENDPOINT_URL: server.url })));
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.headers['user-agent']).toContain('trustloom/9.9.9');
    expect(server.seen[0]?.headers.authorization).toContain('AKIAEXAMPLE');
  });

  it.each(reads)('%s prefers its own variable', async (id, call) => {
    status = () => 400;
    const own = `AWS_ENDPOINT_URL_${id.toUpperCase().replaceAll(' ', '_')}`;
    await settled(call(open({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', [own]: server.url })));
    expect(server.seen).toHaveLength(1);
  });

  it.each(reads)('%s reads again while the service fails inside, and then gives up', async (_, call) => {
    status = () => 500;
    const error = await settled(call(open({ AWS_ENDPOINT_URL: server.url })));
    expect(error).toBeInstanceOf(Error);
    expect(server.seen).toHaveLength(5);
    expect(sleeps).toEqual([50, 100, 200, 400]);
  });

  it('reads again after a lost answer', async () => {
    status = (count) => (count === 1 ? 'drop' : 200);
    await open({ AWS_ENDPOINT_URL: server.url })
      .client(RolesAnywhereClient, 'RolesAnywhere', accountRegion)
      .send(new ListTrustAnchorsCommand({}));
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [
      'Roles Anywhere',
      (aws: Opened) =>
        aws.client(RolesAnywhereClient, 'RolesAnywhere', accountRegion).send(
          new CreateTrustAnchorCommand({
            name: 'a',
            source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: 'x' } },
          }),
        ),
    ],
    [
      'ELBv2',
      (aws: Opened) =>
        aws.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', accountRegion).send(
          new CreateTrustStoreCommand({
            Name: 'a',
            CaCertificatesBundleS3Bucket: 'b',
            CaCertificatesBundleS3Key: 'k',
          }),
        ),
    ],
    [
      'S3',
      (aws: Opened) =>
        aws.client(S3Client, 'S3', accountRegion).send(new DeleteBucketCommand({ Bucket: 'b' })),
    ],
  ])('%s writes once, whatever happens', async (_, call) => {
    for (const outcome of [500, 429, 503, 'drop'] as const) {
      const before = server.seen.length;
      status = () => outcome;
      expect(await settled(call(open({ AWS_ENDPOINT_URL: server.url })))).toBeInstanceOf(Error);
      expect(server.seen.length - before).toBe(1);
    }
    expect(sleeps).toEqual([]);
  });

  it('is made once for a class, an account and a region', () => {
    const aws = open({ AWS_ENDPOINT_URL: server.url });
    expect(aws.client(S3Client, 'S3', accountRegion)).toBe(aws.client(S3Client, 'S3', accountRegion));
    expect(aws.client(S3Client, 'S3', accountRegion)).not.toBe(
      aws.client(S3Client, 'S3', { ...accountRegion, region: 'us-east-1' }),
    );
  });
});

describe('the loopback guard', () => {
  it('refuses a client whose own endpoint is not on this machine', () => {
    const aws = open({ AWS_ENDPOINT_URL_S3: server.url });
    expect(() => aws.client(RolesAnywhereClient, 'RolesAnywhere', accountRegion)).toThrow(
      expect.objectContaining({ code: 'endpoint-not-loopback' }),
    );
    expect(aws.client(S3Client, 'S3', accountRegion)).toBeInstanceOf(S3Client);
  });

  it('refuses a mix of here and elsewhere', () => {
    const aws = open({ AWS_ENDPOINT_URL: server.url, AWS_ENDPOINT_URL_STS: 'https://sts.example' });
    expect(() => aws.client(STSClient, 'STS', accountRegion)).toThrow(
      expect.objectContaining({ code: 'endpoint-not-loopback' }),
    );
  });

  it('holds for the option too, which goes before every variable', async () => {
    status = () => 400;
    const aws = openAws({
      env: { ...keys, AWS_ENDPOINT_URL_STS: 'https://sts.example' },
      endpointUrl: server.url,
      accounts: [],
      version: '1',
    });
    await settled(aws.client(STSClient, 'STS', accountRegion).send(new GetCallerIdentityCommand({})));
    expect(server.seen).toHaveLength(1);
  });

  it('is off when configured endpoints are ignored', () => {
    const aws = open({ AWS_ENDPOINT_URL_S3: server.url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' });
    expect(aws.client(STSClient, 'STS', accountRegion)).toBeInstanceOf(STSClient);
  });

  it('names the setting of an endpoint that is none', () => {
    expect(() => open({ AWS_ENDPOINT_URL: 'localhost:4566' })).toThrow(
      expect.objectContaining({
        code: 'endpoint-invalid',
        message: expect.stringContaining('AWS_ENDPOINT_URL'),
      }),
    );
  });
});
