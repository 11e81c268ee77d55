import {
  CreateTrustStoreCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AccountRegion } from '@trustloom/core';
import type { LocalAws } from '@trustloom/local-aws';
import {
  albEdits,
  albOracle,
  createTestCa,
  knock,
  makeAlb,
  onLocalAws,
  runAdapterContract,
} from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { alb } from '../src/index.ts';

runAdapterContract(
  { describe, it },
  {
    name: 'alb',
    service: alb,
    worlds: onLocalAws({
      async setup(stage) {
        const { local, accountRegion } = stage;
        const { listenerArn } = await makeAlb({ local, ...accountRegion });
        return {
          target: { listeners: [listenerArn] },
          oracle: albOracle(local, accountRegion, listenerArn),
          edits: albEdits(stage, listenerArn),
          admits: async (knocking) => {
            const edge = local.edges().find(({ resource }) => resource === listenerArn);
            return edge !== undefined && (await knock(edge, knocking)) === 200;
          },
          foreign: () => foreignStore(local, accountRegion),
        };
      },
    }),
  },
);

/**
 * A trust store of somebody else, with a name like ours: it must be there, unchanged, whatever the
 * adapter does.
 */
async function foreignStore(local: LocalAws, accountRegion: AccountRegion) {
  const bucket = `trustloom-${accountRegion.account}-${accountRegion.region}`;
  const ca = await createTestCa({ subject: 'CN=Somebody else' });
  await new S3Client(local.clientConfig('s3', accountRegion)).send(
    new PutObjectCommand({ Bucket: bucket, Key: 'other.pem', Body: ca.pem }),
  );
  const elb = new ElasticLoadBalancingV2Client(local.clientConfig('elasticloadbalancing', accountRegion));
  await elb.send(
    new CreateTrustStoreCommand({
      Name: 'acme-edge',
      CaCertificatesBundleS3Bucket: bucket,
      CaCertificatesBundleS3Key: 'other.pem',
    }),
  );
  local.settle();
  const look = async () =>
    JSON.stringify((await elb.send(new DescribeTrustStoresCommand({ Names: ['acme-edge'] }))).TrustStores);
  const before = await look();
  return async () => expect(await look()).toBe(before);
}
