import { request } from 'node:http';
import * as cloudfront from '@aws-sdk/client-cloudfront';
import {
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createJumpClock, type LocalAws, startLocalAws } from '../src/index.ts';
import { decodeChunked } from '../src/wire/chunked.ts';
import { missingMembers, operationsOf } from '../src/wire/schema.ts';
import { getSignedUrl } from './support/presign.ts';

let aws: LocalAws;
let s3: S3Client;
const clock = createJumpClock('2026-11-24T00:00:00Z');

beforeAll(async () => {
  aws = await startLocalAws({ clock });
  s3 = new S3Client({ ...aws.clientConfig('s3'), maxAttempts: 1 });
});
beforeEach(() => aws.reset());
afterAll(() => aws.close());

const signed = (service: string, region = 'us-east-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIALOCALAWS11111111/20261124/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
});
const post = (service: string, body: string) =>
  fetch(aws.url, {
    method: 'POST',
    headers: { ...signed(service), 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });

describe('one port', () => {
  it('answers unknown services and operations with 501 and their names', async () => {
    const lambda = await fetch(`${aws.url}/functions`, { headers: signed('lambda') });
    expect([lambda.status, await lambda.text()]).toEqual([501, expect.stringContaining('lambda')]);
    const elb = await post('elasticloadbalancing', 'Action=DescribeRules&Version=2015-12-01');
    expect([elb.status, await elb.text()]).toEqual([501, expect.stringContaining('DescribeRules')]);
    const nothing = await post('elasticloadbalancing', 'Version=2015-12-01');
    expect([nothing.status, await nothing.text()]).toEqual([400, expect.stringContaining('MissingAction')]);
  });

  it('always sends request ids', async () => {
    const answer = await post('sts', 'Action=GetCallerIdentity&Version=2011-06-15');
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.text()).toContain(answer.headers.get('x-amzn-requestid') ?? '-');
  });

  it('takes the absolute form of a proxy request', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'proxied' }));
    const { hostname, port } = new URL(aws.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const path = 'http://proxied.s3.us-east-1.amazonaws.com/?location';
      request({ host: hostname, port, path, headers: signed('s3') }, (res) =>
        resolve(res.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    expect(aws.calls().at(-1)).toMatchObject({ action: 'GetBucketLocation', status: 200 });
  });

  it('takes presigned URLs', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'bundles' }));
    await s3.send(new PutObjectCommand({ Bucket: 'bundles', Key: 'a b', Body: 'content' }));
    const url = getSignedUrl(aws.clientConfig('s3'), '/bundles/a%20b');
    expect(await (await fetch(url)).text()).toBe('content');
    expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
    const old = url.replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20200101');
    expect([(await fetch(old)).status, aws.calls().at(-1)?.error]).toEqual([403, 'AccessDenied']);
  });

  it('refuses broken chunk framing', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'bundles' }));
    const answer = await fetch(`${aws.url}/bundles/key`, {
      method: 'PUT',
      headers: { ...signed('s3'), 'content-encoding': 'aws-chunked' },
      body: 'ff\r\nshort\r\n0\r\n\r\n',
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('IncompleteBody')]);
  });

  it('reads chunks with signatures and trailers', () => {
    const framed = 'a;chunk-signature=00\r\n0123456789\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n';
    const decoded = decodeChunked(Buffer.from(framed));
    expect(Buffer.from(decoded?.body ?? []).toString()).toBe('0123456789');
    expect(decoded?.trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAA' });
    expect(decodeChunked(Buffer.from('zz\r\n'))).toBeUndefined();
    expect(decodeChunked(Buffer.from('5\r\n123'))).toBeUndefined();
  });
});

describe('faults', () => {
  it('stand in for an answer, as often as asked', async () => {
    aws.faults.add({
      service: 's3',
      action: 'ListBuckets',
      times: 2,
      error: { name: 'SlowDown', status: 503 },
    });
    for (let index = 0; index < 2; index += 1) {
      await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'SlowDown' });
    }
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
    expect(aws.calls().map(({ status, error }) => [status, error])).toEqual([
      [503, 'SlowDown'],
      [503, 'SlowDown'],
      [200, undefined],
    ]);
  });

  it('lose the answer after the work was done', async () => {
    aws.faults.add({ action: 'CreateBucket', when: 'after', drop: true });
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'bundles' }))).rejects.toThrow();
    expect(aws.state().s3.map((bucket) => bucket.name)).toEqual(['bundles']);
    expect(aws.calls().at(-1)).toMatchObject({ status: 0, error: 'ConnectionDropped' });
  });

  it('delay on the clock', async () => {
    aws.faults.add({ action: 'ListBuckets', delay: 60_000 });
    const before = clock.now();
    await s3.send(new ListBucketsCommand({}));
    expect(clock.now() - before).toBe(60_000);
  });
});

describe('schemas', () => {
  it('are found in the client, with locations of members', () => {
    const operations = operationsOf(cloudfront);
    const update = operations.get('UpdateTrustStore');
    expect(update?.input.members.map(({ name, part, required }) => [name, part, required])).toEqual([
      ['Id', 'label', true],
      ['IfMatch', 'header', true],
      ['CaCertificatesBundleSource', 'payload', false],
      ['UseClientCertificateOCSPEndpoint', 'header', false],
    ]);
    const create = operations.get('CreateTrustStore');
    const source = { CaCertificatesBundleS3Location: { Bucket: 'b' } };
    expect(create && missingMembers(create.input.schema, { CaCertificatesBundleSource: source })).toEqual([
      'Name',
      'CaCertificatesBundleSource.CaCertificatesBundleS3Location.Key',
      'CaCertificatesBundleSource.CaCertificatesBundleS3Location.Region',
    ]);
  });
});

describe('a jump clock', () => {
  it('wakes sleepers in the order of their times', async () => {
    const jump = createJumpClock(0);
    const order: string[] = [];
    await Promise.all([
      jump.sleep(30).then(() => order.push(`c${jump.now()}`)),
      jump.sleep(10).then(() => order.push(`a${jump.now()}`)),
      jump.sleep(20).then(() => order.push(`b${jump.now()}`)),
    ]);
    expect(order).toEqual(['a10', 'b20', 'c30']);
    await expect(jump.sleep(5, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('members that the schema does not have', () => {
  it('are refused by name, not dropped', async () => {
    const filters = 'MutualAuthentication.Colours.member.1.Field=blue';
    const body = `Action=ModifyListener&Version=2015-12-01&ListenerArn=x&MutualAuthentication.Mode=verify&${filters}`;
    const form = await post('elasticloadbalancing', body);
    expect(form.status).toBe(501);
    expect(await form.text()).toContain('MutualAuthentication.Colours');
    await s3.send(new CreateBucketCommand({ Bucket: 'bundles' }));
    const xml = await fetch(`${aws.url}/bundles?versioning`, {
      method: 'PUT',
      headers: signed('s3'),
      body: '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status><Colour>red</Colour></VersioningConfiguration>',
    });
    expect([xml.status, await xml.text()]).toEqual([
      501,
      expect.stringContaining('PutBucketVersioning with Colour'),
    ]);
  });
});

describe('signatures, when they are checked', () => {
  it('are those of the key, in headers and in presigned URLs', async () => {
    await using strict = await startLocalAws({ verifySignatures: true });
    const config = strict.clientConfig('s3');
    const client = new S3Client(config);
    await client.send(new CreateBucketCommand({ Bucket: 'bundles' }));
    const Key = "a b/+~(x)'*.pem";
    await client.send(new PutObjectCommand({ Bucket: 'bundles', Key, Body: 'content', Tagging: 'a=b%20c' }));
    await client.send(new ListObjectsV2Command({ Bucket: 'bundles', Prefix: 'a b/+', Delimiter: '/' }));
    const elb = new ElasticLoadBalancingV2Client(config);
    expect((await elb.send(new DescribeTrustStoresCommand({}))).TrustStores).toEqual([]);
    const global = new cloudfront.CloudFrontClient(config);
    const Resource = 'arn:aws:cloudfront::111111111111:trust-store/none';
    await expect(global.send(new cloudfront.ListTagsForResourceCommand({ Resource }))).rejects.toMatchObject({
      name: 'NoSuchResource',
    });
    const impostor = new S3Client({
      ...config,
      credentials: { ...config.credentials, secretAccessKey: 'wrong' },
    });
    await expect(impostor.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await client.send(new PutObjectCommand({ Bucket: 'bundles', Key: 'plain', Body: 'content' }));
    const url = getSignedUrl(config, '/bundles/plain');
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace('/plain', '/other'))).status).toBe(403);
    const unknown = new S3Client({
      ...config,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    expect((await unknown.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  });
});
