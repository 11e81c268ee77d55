import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateDistributionWithTagsCommand,
  CreateInvalidationCommand,
  CreateTrustStoreCommand,
  DeleteDistributionCommand,
  DeleteTrustStoreCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetTrustStoreCommand,
  ListDistributionsByTrustStoreCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  ListTrustStoresCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
  UpdateTrustStoreCommand,
} from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { makeBucket } from './support/buckets.ts';
import { distributionConfig } from './support/distributions.ts';
import { makeCa, makeLeaf } from './support/pki.ts';

let aws: LocalAws;
let s3: S3Client;
let cloudfront: CloudFrontClient;
const root = makeCa('O=Acme,CN=Root One');
const other = makeCa('O=Acme,CN=Root Two');

beforeAll(async () => {
  aws = await startLocalAws({ settle: 'manual' });
  s3 = new S3Client(aws.clientConfig('s3'));
  cloudfront = new CloudFrontClient(aws.clientConfig('cloudfront'));
});
beforeEach(async () => {
  await aws.reset();
  await makeBucket(s3, 'bundles');
});
afterAll(() => aws.close());

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'bundles', Key, Body }));
const source = (Key = 'ca.pem', Region = 'us-east-1') => ({
  CaCertificatesBundleS3Location: { Bucket: 'bundles', Key, Region },
});
const refused = (name: string, status: number) => ({
  name,
  $metadata: expect.objectContaining({ httpStatusCode: status }),
});

async function createStore(bundle = root.pem, Name = 'devices') {
  await put('ca.pem', bundle);
  const made = await cloudfront.send(
    new CreateTrustStoreCommand({ Name, CaCertificatesBundleSource: source() }),
  );
  return { id: made.TrustStore?.Id ?? '', arn: made.TrustStore?.Arn ?? '', etag: made.ETag ?? '' };
}
const getStore = (Identifier: string) => cloudfront.send(new GetTrustStoreCommand({ Identifier }));

const config = (more: Partial<DistributionConfig> = {}) =>
  distributionConfig({ Comment: 'edge & more', ...more });
const create = async (more: Partial<DistributionConfig> = {}) => {
  const made = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config(more) }));
  return { id: made.Distribution?.Id ?? '', arn: made.Distribution?.ARN ?? '', etag: made.ETag ?? '' };
};
const mtls = (TrustStoreId: string, Mode: 'required' | 'optional' = 'required') => ({
  ViewerMtlsConfig: { Mode, TrustStoreConfig: { TrustStoreId } },
});

describe('trust stores', () => {
  it('are pending, then active, and never give back their source', async () => {
    const { id, arn } = await createStore(root.pem + other.pem);
    expect(arn).toBe(`arn:aws:cloudfront::111111111111:trust-store/${id}`);
    expect((await getStore(id)).TrustStore?.Status).toBe('pending');
    aws.settle();
    const { TrustStore, ETag } = await getStore(id);
    expect(TrustStore).toMatchObject({ Name: 'devices', Status: 'active', NumberOfCaCertificates: 2 });
    expect(Object.keys(TrustStore ?? {})).not.toContain('CaCertificatesBundleSource');
    const listed = await cloudfront.send(new ListTrustStoresCommand({ MaxItems: 5 }));
    expect(listed.TrustStoreList).toMatchObject([{ Id: id, Status: 'active', ETag }]);
  });

  it.each([
    ['a blank line between certificates', () => `${root.pem}\n${other.pem}`, 'Blank lines'],
    ['26 certificates', () => root.pem.repeat(26), '25'],
    ['a leaf', () => makeLeaf(root).pem, 'not a CA'],
    ['a key that is too large', () => makeCa('CN=P-521', { type: 'p521' }).pem, 'key algorithm'],
    ['a SHA-1 signature', () => makeCa('CN=Old', { type: 'rsa', form: 'sha1' }).pem, 'signature algorithm'],
  ])('fail later with a reason for %s', async (_what, bundle, reason) => {
    const { id } = await createStore(bundle());
    aws.settle();
    expect((await getStore(id)).TrustStore).toMatchObject({
      Status: 'failed',
      Reason: expect.stringContaining(reason),
      NumberOfCaCertificates: 0,
    });
  });

  it('are updated with the right ETag only; the OCSP flag stays when it is left out', async () => {
    const { id, etag } = await createStore();
    const update = (more: object) =>
      cloudfront.send(new UpdateTrustStoreCommand({ Id: id, IfMatch: etag, ...more }));
    await expect(update({ IfMatch: undefined })).rejects.toMatchObject(refused('InvalidIfMatchVersion', 400));
    await expect(update({ IfMatch: 'nonsense' })).rejects.toMatchObject(
      refused('InvalidIfMatchVersion', 400),
    );
    await expect(update({ IfMatch: 'E0000000000000' })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    const flagged = await update({ UseClientCertificateOCSPEndpoint: true });
    expect(flagged.TrustStore).toMatchObject({ UseClientCertificateOCSPEndpoint: true });
    expect(flagged.ETag).not.toBe(etag);
    await expect(update({ UseClientCertificateOCSPEndpoint: false })).rejects.toMatchObject(
      refused('PreconditionFailed', 412),
    );
    await put('ca.pem', root.pem + other.pem);
    const renewed = await update({ IfMatch: flagged.ETag, CaCertificatesBundleSource: source() });
    expect(renewed.TrustStore).toMatchObject({ Status: 'pending', UseClientCertificateOCSPEndpoint: true });
    aws.settle();
    expect((await getStore(id)).TrustStore?.NumberOfCaCertificates).toBe(2);
  });

  it('refuse names, sources and what does not exist with their own codes', async () => {
    await createStore();
    const make = (Name: string, CaCertificatesBundleSource = source()) =>
      cloudfront.send(new CreateTrustStoreCommand({ Name, CaCertificatesBundleSource }));
    await expect(make('devices')).rejects.toMatchObject(refused('EntityAlreadyExists', 409));
    await expect(make('b', source('absent'))).rejects.toMatchObject(refused('EntityNotFound', 404));
    await expect(make('b', source('ca.pem', 'eu-west-1'))).rejects.toMatchObject(
      refused('InvalidArgument', 400),
    );
    await expect(getStore('ts_none')).rejects.toMatchObject(refused('EntityNotFound', 404));
    const nameless = new CreateTrustStoreCommand({ Name: undefined, CaCertificatesBundleSource: source() });
    await expect(cloudfront.send(nameless)).rejects.toMatchObject(refused('InvalidArgument', 400));
    const foreign = new CloudFrontClient(aws.clientConfig('cloudfront', { account: '222222222222' }));
    await expect(
      foreign.send(new CreateTrustStoreCommand({ Name: 'x', CaCertificatesBundleSource: source() })),
    ).rejects.toMatchObject(refused('AccessDenied', 403));
    expect((await foreign.send(new ListTrustStoresCommand({}))).TrustStoreList).toEqual([]);
  });

  it('are twenty at most', async () => {
    for (let index = 0; index < 20; index += 1) await createStore(root.pem, `store-${index}`);
    await expect(createStore(root.pem, 'one-more')).rejects.toMatchObject(
      refused('EntityLimitExceeded', 400),
    );
  });

  it('carry tags', async () => {
    const { arn } = await createStore();
    await cloudfront.send(
      new TagResourceCommand({
        Resource: arn,
        Tags: {
          Items: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2' },
          ],
        },
      }),
    );
    await cloudfront.send(new UntagResourceCommand({ Resource: arn, TagKeys: { Items: ['a'] } }));
    const { Tags } = await cloudfront.send(new ListTagsForResourceCommand({ Resource: arn }));
    expect(Tags?.Items).toEqual([{ Key: 'b', Value: '2' }]);
    await expect(
      cloudfront.send(new ListTagsForResourceCommand({ Resource: `${arn}x` })),
    ).rejects.toMatchObject(refused('NoSuchResource', 404));
  });
});

describe('distributions', () => {
  it('come back as they were given, InProgress, then Deployed', async () => {
    const full = config({
      Aliases: { Quantity: 1, Items: ['edge.example.com'] },
      ViewerCertificate: {
        ACMCertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/1',
        SSLSupportMethod: 'sni-only',
        MinimumProtocolVersion: 'TLSv1.2_2021',
      },
      CacheBehaviors: {
        Quantity: 1,
        Items: [
          { PathPattern: '/api/*', TargetOriginId: 'origin', ViewerProtocolPolicy: 'redirect-to-https' },
        ],
      },
    });
    const made = await cloudfront.send(
      new CreateDistributionWithTagsCommand({
        DistributionConfigWithTags: {
          DistributionConfig: full,
          Tags: { Items: [{ Key: 'owner', Value: 'acme' }] },
        },
      }),
    );
    const Id = made.Distribution?.Id ?? '';
    const { DistributionConfig, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id }));
    expect(DistributionConfig).toMatchObject(full);
    expect(ETag).toBe(made.ETag);
    expect((await cloudfront.send(new GetDistributionCommand({ Id }))).Distribution?.Status).toBe(
      'InProgress',
    );
    aws.settle();
    expect((await cloudfront.send(new GetDistributionCommand({ Id }))).Distribution?.Status).toBe('Deployed');
    const listed = await cloudfront.send(new ListDistributionsCommand({}));
    expect(listed.DistributionList).toMatchObject({ Quantity: 1, Items: [{ Id, Comment: 'edge & more' }] });
    const again = await cloudfront.send(
      new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }),
    );
    expect(again.Distribution?.DistributionConfig).toEqual(DistributionConfig);
    expect(aws.edges().map(({ protocol, servicePort }) => [protocol, servicePort])).toEqual([
      ['https', 443],
      ['http', 80],
    ]);
    expect(aws.edges()[0]?.hosts).toContain('edge.example.com');
  });

  it('take a trust store if the preconditions hold, and keep it from being deleted', async () => {
    const store = await createStore();
    await expect(create(mtls(store.id))).rejects.toMatchObject(refused('InvalidArgument', 400));
    aws.settle();
    await expect(create(mtls('ts_none'))).rejects.toMatchObject(refused('EntityNotFound', 404));
    await expect(create({ ...mtls(store.id), HttpVersion: 'http2and3' })).rejects.toMatchObject(
      refused('InvalidArgument', 400),
    );
    const allowAll = { TargetOriginId: 'origin', ViewerProtocolPolicy: 'allow-all' } as const;
    await expect(create({ ...mtls(store.id), DefaultCacheBehavior: allowAll })).rejects.toMatchObject(
      refused('InvalidArgument', 400),
    );
    await expect(create({ ViewerMtlsConfig: { Mode: 'required' } })).rejects.toMatchObject(
      refused('InvalidArgument', 400),
    );
    const { id } = await create(mtls(store.id));
    const used = await cloudfront.send(
      new ListDistributionsByTrustStoreCommand({ TrustStoreIdentifier: store.id }),
    );
    expect(used.DistributionList?.Items?.[0]).toMatchObject({ Id: id, ...mtls(store.id) });
    await expect(
      cloudfront.send(new DeleteTrustStoreCommand({ Id: store.id, IfMatch: store.etag })),
    ).rejects.toMatchObject(refused('CannotDeleteEntityWhileInUse', 409));
  });

  it('take passthrough only with its own preconditions', async () => {
    const passthrough = { ViewerMtlsConfig: { Mode: 'passthrough' as const } };
    await expect(create(passthrough)).rejects.toMatchObject(refused('InvalidArgument', 400));
    const behavior = {
      TargetOriginId: 'origin',
      ViewerProtocolPolicy: 'https-only' as const,
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
    };
    await create({ ...passthrough, DefaultCacheBehavior: behavior });
  });

  it('are updated whole, with the right ETag, and deleted when disabled and deployed', async () => {
    const { id: Id, etag } = await create();
    const update = (IfMatch: string | undefined, more: Partial<DistributionConfig> = {}) =>
      cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: config(more) }));
    await expect(update(undefined)).rejects.toMatchObject(refused('InvalidIfMatchVersion', 400));
    await expect(update('E0000000000000')).rejects.toMatchObject(refused('PreconditionFailed', 412));
    await expect(update(etag, { CallerReference: 'two' })).rejects.toMatchObject(
      refused('IllegalUpdate', 400),
    );
    const drop = (IfMatch: string) => cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch }));
    await expect(drop(etag)).rejects.toMatchObject(refused('DistributionNotDisabled', 409));
    const { ETag = '' } = await update(etag, { Enabled: false });
    await expect(drop(ETag)).rejects.toMatchObject(refused('DistributionNotDisabled', 409));
    aws.settle();
    await drop(ETag);
    expect(aws.edges()).toEqual([]);
    await expect(drop(ETag)).rejects.toMatchObject(refused('NoSuchDistribution', 404));
  });

  it('refuse what is not consistent', async () => {
    await create();
    await expect(create()).rejects.toMatchObject(refused('DistributionAlreadyExists', 409));
    const more = { CallerReference: 'two' };
    await expect(create({ ...more, Aliases: { Quantity: 2, Items: ['a'] } })).rejects.toMatchObject(
      refused('InconsistentQuantities', 400),
    );
    await expect(create({ ...more, Aliases: { Quantity: 1, Items: ['a.example'] } })).rejects.toMatchObject(
      refused('InvalidViewerCertificate', 400),
    );
    const behavior = { TargetOriginId: 'none', ViewerProtocolPolicy: 'https-only' as const };
    await expect(create({ ...more, DefaultCacheBehavior: behavior })).rejects.toMatchObject(
      refused('NoSuchOrigin', 404),
    );
    await expect(create({ ...more, ConnectionFunctionAssociation: { Id: 'cf_1' } })).rejects.toMatchObject(
      refused('EntityNotFound', 404),
    );
    const incomplete = {
      ...config(more),
      Origins: { Quantity: 1, Items: [{ Id: 'origin', DomainName: undefined }] },
    };
    await expect(
      cloudfront.send(new CreateDistributionCommand({ DistributionConfig: incomplete })),
    ).rejects.toThrow('Origins.Items.1.DomainName');
  });
});

it('answers 501 by name to what is not emulated', async () => {
  const command = new CreateInvalidationCommand({
    DistributionId: 'E1',
    InvalidationBatch: { CallerReference: 'x', Paths: { Quantity: 0 } },
  });
  await expect(cloudfront.send(command)).rejects.toThrow('CreateInvalidation');
  expect(aws.calls().at(-1)).toMatchObject({ action: 'CreateInvalidation', status: 501 });
});
