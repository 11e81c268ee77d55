import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateTrustStoreCommand,
  type DistributionConfig,
  UpdateTrustStoreCommand,
} from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJumpClock, type LocalAws, startLocalAws } from '../src/index.ts';
import { makeBucket } from './support/buckets.ts';
import { nodeCaller, plainGet } from './support/clients.ts';
import { configureDistribution, distributionConfig } from './support/distributions.ts';
import { edgeWhere } from './support/edges.ts';
import { makeCa, makeLeaf } from './support/pki.ts';

const clock = createJumpClock(Date.now());
const oldRoot = makeCa('CN=Old root');
const newRoot = makeCa('CN=New root', { type: 'p384' });
const [oldLeaf, newLeaf] = [makeLeaf(oldRoot), makeLeaf(newRoot)];

let aws: LocalAws;
let cloudfront: CloudFrontClient;
let Id = '';

const source = (Key: string) => ({
  CaCertificatesBundleS3Location: { Bucket: 'bundles', Key, Region: 'us-east-1' },
});

beforeAll(async () => {
  aws = await startLocalAws({ clock });
  cloudfront = new CloudFrontClient(aws.clientConfig('cloudfront'));
  await makeBucket(new S3Client(aws.clientConfig('s3')), 'bundles', {
    'old.pem': oldRoot.pem,
    'both.pem': oldRoot.pem + newRoot.pem,
    'bad.pem': 'no certificates',
  });
  const config = distributionConfig({
    DefaultCacheBehavior: { TargetOriginId: 'origin', ViewerProtocolPolicy: 'redirect-to-https' },
  });
  const made = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config }));
  Id = made.Distribution?.Id ?? '';
  await clock.sleep(1000);
});
afterAll(() => aws.close());

const edgeOn = (port: number) => edgeWhere(aws, ({ servicePort }) => servicePort === port);
const statuses = async () => {
  const answers = await Promise.all(
    [{}, { leaf: oldLeaf }, { leaf: newLeaf }].map((client) => nodeCaller(edgeOn(443), client, '1.3')),
  );
  return answers.map((answer) => answer.status);
};
const configure = (more: Partial<DistributionConfig>) => configureDistribution(cloudfront, Id, more);

it('a distribution follows its configuration and its trust store, once they have settled', async () => {
  expect(await statuses()).toEqual([200, 200, 200]);
  expect((await plainGet(edgeOn(80))).status).toBe(301);
  const made = await cloudfront.send(
    new CreateTrustStoreCommand({ Name: 'devices', CaCertificatesBundleSource: source('old.pem') }),
  );
  const TrustStoreId = made.TrustStore?.Id ?? '';
  await clock.sleep(1000);
  const mtls = (Mode: 'required' | 'optional') => ({
    ViewerMtlsConfig: { Mode, TrustStoreConfig: { TrustStoreId } },
  });
  await configure(mtls('required'));
  expect(await statuses()).toEqual([200, 200, 200]);
  await clock.sleep(1000);
  expect(await statuses()).toEqual([0, 200, 0]);
  await configure(mtls('optional'));
  await clock.sleep(1000);
  expect(await statuses()).toEqual([200, 200, 0]);
  const update = (key: string, IfMatch: string | undefined) =>
    cloudfront.send(
      new UpdateTrustStoreCommand({ Id: TrustStoreId, IfMatch, CaCertificatesBundleSource: source(key) }),
    );
  const { ETag } = await update('both.pem', made.ETag);
  await clock.sleep(1000);
  expect(await statuses()).toEqual([200, 200, 200]);
  await update('bad.pem', ETag);
  await clock.sleep(1000);
  expect(await statuses()).toEqual([200, 200, 200]);
  await configure({ Enabled: false });
  await clock.sleep(1000);
  expect(await statuses()).toEqual([403, 403, 403]);
});
