import { CloudFrontClient, CreateTrustStoreCommand } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { DEFAULT_UNKNOWNS, startLocalAws, UNKNOWNS } from '../src/index.ts';
import { makeBucket } from './support/buckets.ts';
import { makeCa } from './support/pki.ts';

const root = makeCa('CN=Root');

/** A bundle of a bucket in another region than CloudFront's own. */
async function createFrom(region: 'eu-west-1', s3BucketRegion: 'refuse' | 'admit') {
  await using aws = await startLocalAws({ unknowns: { s3BucketRegion } });
  await makeBucket(new S3Client(aws.clientConfig('s3', { region })), 'bundles', { 'ca.pem': root.pem });
  const CaCertificatesBundleS3Location = { Bucket: 'bundles', Key: 'ca.pem', Region: region };
  return await new CloudFrontClient(aws.clientConfig('cloudfront')).send(
    new CreateTrustStoreCommand({
      Name: 'edge',
      CaCertificatesBundleSource: { CaCertificatesBundleS3Location },
    }),
  );
}

test('CloudFront reads a bundle of another region: reading refuse', async () => {
  await expect(createFrom('eu-west-1', 'refuse')).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('CloudFront reads a bundle of another region: reading admit', async () => {
  expect((await createFrom('eu-west-1', 'admit')).TrustStore).toMatchObject({ Name: 'edge' });
});

test('each unknown tells its question, both readings, its default and what was found', () => {
  for (const [name, one] of Object.entries(UNKNOWNS)) {
    expect(one.refuse, name).not.toBe(one.admit);
    expect(one.question, name).toMatch(/\?$/);
    expect(one.source, name).toMatch(/; \d{4}-\d\d$/);
  }
  expect(Object.keys(DEFAULT_UNKNOWNS)).toEqual(Object.keys(UNKNOWNS));
});
