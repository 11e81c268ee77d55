/** What all services share: rates, faults, allowed actions, persistence, network load balancers. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  APIGatewayClient,
  CreateRestApiCommand,
  GetRestApisCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CloudFrontClient,
  CreateKeyValueStoreCommand,
  ListTrustStoresCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTrustStoreCommand,
  DescribeListenersCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListTrustAnchorsCommand, RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { createJumpClock, type LocalAws, type LocalAwsOptions, RATES, startLocalAws } from '../src/index.ts';
import { makeBucket } from './support/buckets.ts';
import { nodeCaller } from './support/clients.ts';
import { makeCa, makeLeaf } from './support/pki.ts';

const clock = createJumpClock(Date.now());
const root = makeCa('CN=Root');
let aws: LocalAws;
const once = { maxAttempts: 1 };
const clients = () => ({
  s3: new S3Client({ ...aws.clientConfig('s3'), ...once }),
  elb: new ElasticLoadBalancingV2Client({ ...aws.clientConfig('elasticloadbalancing'), ...once }),
  cloudfront: new CloudFrontClient({ ...aws.clientConfig('cloudfront'), ...once }),
  api: new APIGatewayClient({ ...aws.clientConfig('apigateway'), ...once }),
  anywhere: new RolesAnywhereClient({
    ...aws.clientConfig('rolesanywhere'),
    retryMode: 'standard',
    maxAttempts: 0,
  }),
});
const start = async (options: LocalAwsOptions = {}) => {
  aws = await startLocalAws({ clock, ...options });
  return clients();
};
afterEach(() => aws.close());

const bundle = ({ s3 }: ReturnType<typeof clients>) => makeBucket(s3, 'bundles', { 'ca.pem': root.pem });
const makeStore = ({ elb }: ReturnType<typeof clients>, Name: string) =>
  elb.send(
    new CreateTrustStoreCommand({
      Name,
      CaCertificatesBundleS3Bucket: 'bundles',
      CaCertificatesBundleS3Key: 'ca.pem',
    }),
  );

describe('rates', () => {
  test('are those of the table: a burst, then one token at a time on the clock', async () => {
    const made = await start({ rates: true });
    await bundle(made);
    const create = (index: number) => makeStore(made, `store-${index}`);
    for (let index = 0; index < 10; index += 1) await create(index);
    await expect(create(10)).rejects.toMatchObject({
      name: 'Throttling',
      $metadata: { httpStatusCode: 400 },
    });
    await clock.sleep(4_900);
    await expect(create(10)).rejects.toMatchObject({ name: 'Throttling' });
    await clock.sleep(200);
    await create(10);
  });

  test('throttle each service by its own name', async () => {
    const { api, anywhere } = await start({ rates: true });
    await anywhere.send(new ListTrustAnchorsCommand({}));
    await expect(anywhere.send(new ListTrustAnchorsCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
    const update = () =>
      api.send(new UpdateDomainNameCommand({ domainName: 'a.example.com', patchOperations: [] }));
    await expect(update()).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(update()).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
    await clock.sleep(30_000);
    await expect(update()).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('are off unless asked for, and each row says where it is written', async () => {
    const made = await start();
    await bundle(made);
    for (let index = 0; index < 12; index += 1) await makeStore(made, `store-${index}`);
    for (const row of RATES)
      expect([row.source.length > 10, row.checked, row.burst > 0]).toEqual([true, '2026-11', true]);
  });
});

describe('faults', () => {
  test('an error before the work, and one after it', async () => {
    const { cloudfront } = await start();
    const create = (Name: string) => cloudfront.send(new CreateKeyValueStoreCommand({ Name }));
    const error = { name: 'ServiceUnavailable', status: 503 };
    aws.faults.add({ service: 'cloudfront', action: 'CreateKeyValueStore', error });
    await expect(create('one')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    await create('one');
    aws.faults.add({ service: 'cloudfront', when: 'after', error });
    await expect(create('two')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    await expect(create('two')).rejects.toMatchObject({ name: 'EntityAlreadyExists' });
  });

  test.each([
    ['a dropped connection', { drop: true }],
    ['a reset', { reset: true }],
    ['half an answer', { half: true }],
  ])('%s is an error of the transport', async (_name, fault) => {
    const { s3 } = await start();
    await makeBucket(s3, 'files', { k: 'x'.repeat(10_000) });
    const read = async () =>
      (await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'k' }))).Body?.transformToString();
    aws.faults.add({ service: 's3', action: 'GetObject', ...fault });
    await expect(read()).rejects.toThrow();
    expect(await read()).toHaveLength(10_000);
  });

  test('a delay passes on the clock', async () => {
    const { s3 } = await start();
    const before = clock.now();
    aws.faults.add({ service: 's3', delay: 60_000 });
    await s3.send(new CreateBucketCommand({ Bucket: 'files' }));
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
  });

  test('a stale answer to a List call is that from before the last write', async () => {
    const made = await start();
    await bundle(made);
    const names = async () =>
      (await made.elb.send(new DescribeTrustStoresCommand({}))).TrustStores?.map(({ Name }) => Name);
    aws.faults.add({ service: 'elasticloadbalancing', action: 'DescribeTrustStores', stale: true, times: 2 });
    expect(await names()).toEqual([]);
    await makeStore(made, 'new');
    expect(await names()).toEqual([]);
    expect(await names()).toEqual(['new']);
  });
});

describe('allowed actions', () => {
  test('everything else is denied, in the words of the service', async () => {
    const { s3, cloudfront, api, anywhere } = await start({
      allow: ['s3:CreateBucket', 's3:PutObject', 's3:GetObject', 'cloudfront:List*', 'apigateway:GET'],
    });
    await makeBucket(s3, 'files', { k: 'x' });
    await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'k' }));
    await expect(
      s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'k', VersionId: 'v' })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(s3.send(new ListObjectsV2Command({ Bucket: 'files' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await cloudfront.send(new ListTrustStoresCommand({}));
    await expect(cloudfront.send(new CreateKeyValueStoreCommand({ Name: 'x' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('cloudfront:CreateKeyValueStore'),
    });
    await api.send(new GetRestApisCommand({}));
    await expect(api.send(new CreateRestApiCommand({ name: 'x' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(anywhere.send(new ListTrustAnchorsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('a folder', () => {
  test('keeps everything over a restart, data planes included, and nothing is written beside it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'local-aws-dir-'));
    try {
      const first = await start({ dir });
      await bundle(first);
      await first.s3.send(new PutObjectCommand({ Bucket: 'bundles', Key: '../../outside', Body: 'x' }));
      const { TrustStores } = await makeStore(first, 'kept');
      await clock.sleep(1000);
      const { LoadBalancers } = await first.elb.send(
        new CreateLoadBalancerCommand({ Name: 'edge', Subnets: ['s-1'] }),
      );
      await first.elb.send(
        new CreateListenerCommand({
          LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
          Protocol: 'HTTPS',
          Port: 443,
          Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/x' }],
          DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
          MutualAuthentication: { Mode: 'verify', TrustStoreArn: TrustStores?.[0]?.TrustStoreArn },
        }),
      );
      await aws.close();
      const second = await start({ dir });
      const { TrustStores: kept } = await second.elb.send(new DescribeTrustStoresCommand({}));
      expect(kept).toMatchObject([{ Name: 'kept', Status: 'ACTIVE', NumberOfCaCertificates: 1 }]);
      const [edge] = aws.edges();
      if (edge === undefined) throw new Error('no edge');
      const statuses = [
        await nodeCaller(edge, {}, '1.3'),
        await nodeCaller(edge, { leaf: makeLeaf(root) }, '1.3'),
      ];
      expect(statuses.map(({ status }) => status)).toEqual([0, 200]);
      const { Body } = await second.s3.send(
        new GetObjectCommand({ Bucket: 'bundles', Key: '../../outside' }),
      );
      expect(await Body?.transformToString()).toBe('x');
      expect((await readdir(dir)).filter((name) => !name.startsWith('local-aws-'))).toEqual([]);
    } finally {
      await aws.close();
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('with a file that is broken, or of another version, is refused at the start', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'local-aws-dir-'));
    await start();
    for (const text of ['not json', '{"format":99}']) {
      await writeFile(join(dir, 'local-aws-state.json'), text);
      await expect(startLocalAws({ dir })).rejects.toThrow();
    }
    await rm(dir, { recursive: true, force: true });
  });
});

describe('a network load balancer', () => {
  test('verifies clients at a TLS listener; identity filters are kept only by who sends them', async () => {
    const made = await start();
    await bundle(made);
    const { TrustStores } = await makeStore(made, 'devices');
    await clock.sleep(1000);
    const TrustStoreArn = TrustStores?.[0]?.TrustStoreArn;
    const balancer = await made.elb.send(
      new CreateLoadBalancerCommand({ Name: 'edge', Type: 'network', Subnets: ['s-1'] }),
    );
    const LoadBalancerArn = balancer.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
    expect(LoadBalancerArn).toContain(':loadbalancer/net/edge/');
    const listener = {
      LoadBalancerArn,
      Port: 443,
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/x' }],
      DefaultActions: [{ Type: 'forward' as const, TargetGroupArn: 'arn:aws:elasticloadbalancing:x' }],
    };
    const create = (Protocol: 'TLS' | 'HTTPS', Mode: string) =>
      made.elb.send(
        new CreateListenerCommand({ ...listener, Protocol, MutualAuthentication: { Mode, TrustStoreArn } }),
      );
    await expect(create('HTTPS', 'verify')).rejects.toMatchObject({ name: 'UnsupportedProtocolException' });
    await expect(create('TLS', 'passthrough')).rejects.toThrow();
    const { Listeners } = await create('TLS', 'verify');
    const ListenerArn = Listeners?.[0]?.ListenerArn ?? '';
    // The installed SDK does not know the filters: this is the form that a newer client sends.
    const form = new URLSearchParams({
      Action: 'ModifyListener',
      Version: '2015-12-01',
      ListenerArn,
      'MutualAuthentication.Mode': 'verify',
      'MutualAuthentication.TrustStoreArn': TrustStoreArn ?? '',
      'MutualAuthentication.ClientCertificateIdentityFilters.member.1.Field': 'subject-cn',
      'MutualAuthentication.ClientCertificateIdentityFilters.member.1.Values.member.1': 'a&b',
    });
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIALOCALAWS11111111/20261124/us-east-1/elasticloadbalancing/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const filter = '<Field>subject-cn</Field><Values><member>a&amp;b</member></Values>';
    const modified = await (await fetch(aws.url, { method: 'POST', headers, body: form })).text();
    expect(modified).toContain(
      `<ClientCertificateIdentityFilters><member>${filter}</member></ClientCertificateIdentityFilters>`,
    );
    const describeForm = new URLSearchParams({
      Action: 'DescribeListeners',
      Version: '2015-12-01',
      LoadBalancerArn,
    });
    const described = async () =>
      (await fetch(aws.url, { method: 'POST', headers, body: describeForm })).text();
    expect(await described()).toContain(filter);
    await made.elb.send(
      new ModifyListenerCommand({ ListenerArn, MutualAuthentication: { Mode: 'verify', TrustStoreArn } }),
    );
    expect(await described()).not.toContain('subject-cn');
    const seen = await made.elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    expect(seen.Listeners?.[0]).toMatchObject({ Protocol: 'TLS', MutualAuthentication: { Mode: 'verify' } });
    const [edge] = aws.edges();
    if (edge === undefined) throw new Error('no edge');
    expect((await nodeCaller(edge, { leaf: makeLeaf(root) }, '1.3')).status).toBe(200);
    expect((await nodeCaller(edge, {}, '1.3')).status).toBe(0);
  });
});
