import { CloudFrontClient, CreateTrustStoreCommand, GetTrustStoreCommand } from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  cloudFrontEdits,
  cloudFrontOracle,
  createTestCa,
  knock,
  makeCloudFront,
  onLocalAws,
  runAdapterContract,
  type Stage,
} from '@trustloom/testkit';
import '@aws-sdk/signature-v4a';
import { describe, expect, it } from 'vitest';
import { cloudfront } from '../src/index.ts';

runAdapterContract(
  { describe, it },
  {
    name: 'cloudfront',
    service: cloudfront,
    worlds: onLocalAws({
      accountRegion: { account: '222222222222', region: 'us-east-1' },
      async setup(stage) {
        const { local, accountRegion } = stage;
        const { distributionId, domainName } = await makeCloudFront({ local, ...accountRegion });
        return {
          target: { distributions: [distributionId] },
          oracle: cloudFrontOracle(stage, distributionId),
          edits: cloudFrontEdits(stage, distributionId),
          admits: async (knocking) => {
            const edge = local.edges().find(({ hosts }) => hosts.includes(domainName));
            return edge !== undefined && (await knock(edge, knocking)) === 200;
          },
          foreign: () => foreignStore(stage),
        };
      },
    }),
  },
);

/**
 * A trust store of somebody else, with a name like ours: it must be there, unchanged, whatever the
 * adapter does.
 */
async function foreignStore({ local, accountRegion }: Stage) {
  const bucket = `trustloom-${accountRegion.account}-${accountRegion.region}`;
  const { pem } = await createTestCa({ subject: 'CN=Somebody else' });
  const s3 = new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'other.pem', Body: pem }));
  const client = new CloudFrontClient(local.clientConfig('cloudfront', accountRegion));
  const { TrustStore } = await client.send(
    new CreateTrustStoreCommand({
      Name: 'acme-edge',
      CaCertificatesBundleSource: {
        CaCertificatesBundleS3Location: { Bucket: bucket, Key: 'other.pem', Region: accountRegion.region },
      },
    }),
  );
  local.settle();
  const look = async () => {
    const { TrustStore: store, ETag } = await client.send(
      new GetTrustStoreCommand({ Identifier: TrustStore?.Id }),
    );
    return JSON.stringify([store, ETag]);
  };
  const before = await look();
  return async () => expect(await look()).toBe(before);
}
