import {
  AddTrustStoreRevocationsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTrustStoreCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTrustStoreCommand,
  DescribeTrustStoresCommand,
  GetTrustStoreCaCertificatesBundleCommand,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUNDLES, bucketOf, CRLS } from './materials.ts';
import { type Move, move, one } from './step.ts';

const certificate = 'arn:aws:acm:us-east-1:111111111111:certificate/soak';
const bundle = (bucket: string, key: string) => ({
  CaCertificatesBundleS3Bucket: bucket,
  CaCertificatesBundleS3Key: key,
});

/** S3 and Elastic Load Balancing. */
export const elbMoves: readonly Move[] = [
  move({
    makes: 'object',
    changes: 'object',
    draw: (choose) => ({ size: choose.number(2000), long: choose.chance(0.1) }),
    send: ({ s3 }, { bucket, own, size, long }) =>
      s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: long ? 'k'.repeat(1025) : `key-${own.number}`,
          Body: 'x'.repeat(size),
        }),
      ),
  }),
  move({
    removes: 'object',
    send: ({ s3 }, { bucket, own }) =>
      s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `key-${own.number}` })),
  }),
  move({
    draw: (choose) => ({
      Bucket: choose.chance(0.2) ? 'nobodys' : bucketOf(choose.account),
      Key: `key-${choose.number(9)}`,
    }),
    async send({ s3 }, { Bucket, Key }) {
      await s3.send(new ListObjectsV2Command({ Bucket }));
      return s3.send(new GetObjectCommand({ Bucket, Key }));
    },
  }),
  move({
    makes: 'elb-store',
    draw: (choose) => ({ bad: choose.chance(0.1), key: one(choose, BUNDLES) }),
    send: ({ elb }, { bucket, own, bad, key }) =>
      elb.send(
        new CreateTrustStoreCommand({
          Name: bad ? 'not a name' : `store-${own.number}`,
          ...bundle(bucket, key),
        }),
      ),
    tells: ({ TrustStores }) => ({ arn: TrustStores?.[0]?.TrustStoreArn }),
  }),
  move({
    changes: 'elb-store',
    draw: (choose) => ({ key: one(choose, BUNDLES) }),
    send: ({ elb }, { own, bucket, key }) =>
      elb.send(new ModifyTrustStoreCommand({ TrustStoreArn: own.arn, ...bundle(bucket, key) })),
  }),
  move({
    makes: 'crl',
    names: 'elb-store',
    draw: (choose) => ({ S3Key: one(choose, CRLS) }),
    send: ({ elb }, { other, bucket, S3Key }) =>
      elb.send(
        new AddTrustStoreRevocationsCommand({
          TrustStoreArn: other.arn,
          RevocationContents: [{ S3Bucket: bucket, S3Key }],
        }),
      ),
    tells: ({ TrustStoreRevocations: crls }, { other }) => ({
      arn: other.arn,
      id: String(crls?.[0]?.RevocationId),
    }),
  }),
  move({
    removes: 'crl',
    draw: (choose) => ({ wrong: choose.chance(0.2) }),
    send: ({ elb }, { own, wrong }) =>
      elb.send(
        new RemoveTrustStoreRevocationsCommand({
          TrustStoreArn: own.arn,
          RevocationIds: [wrong ? 999_999 : Number(own.id)],
        }),
      ),
  }),
  move({
    removes: 'elb-store',
    send: ({ elb }, { own }) => elb.send(new DeleteTrustStoreCommand({ TrustStoreArn: own.arn })),
  }),
  move({
    draw: (choose) => ({ store: choose.pick('elb-store') }),
    async send({ elb }, { known, store }) {
      await elb.send(new DescribeTrustStoresCommand({ PageSize: 2 }));
      const TrustStoreArn = store ? known(store).arn : 'arn:aws:nothing';
      const answer = await elb.send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn }));
      await (await fetch(answer.Location ?? '')).text();
      return answer;
    },
  }),
  move({
    makes: 'balancer',
    send: ({ elb }, { own }) =>
      elb.send(
        new CreateLoadBalancerCommand({ Name: `balancer-${own.number}`, Subnets: ['subnet-1', 'subnet-2'] }),
      ),
    tells: ({ LoadBalancers }) => ({ arn: LoadBalancers?.[0]?.LoadBalancerArn }),
  }),
  move({
    removes: 'balancer',
    odds: 0.3,
    send: ({ elb }, { own }) => elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: own.arn })),
  }),
  move({
    makes: 'listener',
    names: 'balancer',
    draw: (choose) => ({ Port: 443 + choose.number(20) }),
    send: ({ elb }, { other, Port }) =>
      elb.send(
        new CreateListenerCommand({
          LoadBalancerArn: other.arn,
          Protocol: 'HTTPS',
          Port,
          Certificates: [{ CertificateArn: certificate }],
          DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
        }),
      ),
    tells: ({ Listeners }) => ({ arn: Listeners?.[0]?.ListenerArn }),
  }),
  move({
    changes: 'listener',
    names: 'elb-store',
    draw: (choose) => ({ Mode: one(choose, ['verify', 'verify', 'passthrough', 'off', 'nonsense']) }),
    send: ({ elb }, { own, other, Mode }) =>
      elb.send(
        new ModifyListenerCommand({
          ListenerArn: own.arn,
          MutualAuthentication: { Mode, ...(Mode === 'verify' ? { TrustStoreArn: other.arn } : {}) },
        }),
      ),
  }),
  move({
    removes: 'listener',
    odds: 0.5,
    send: ({ elb }, { own }) => elb.send(new DeleteListenerCommand({ ListenerArn: own.arn })),
  }),
];
