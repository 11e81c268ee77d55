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
import { BUNDLES, bucketOf, LISTS } from './materials.ts';
import { type Move, makes, one, reads, removes, told, uses } from './step.ts';

const certificate = 'arn:aws:acm:us-east-1:111111111111:certificate/soak';

/** S3 and Elastic Load Balancing. */
export const elbMoves: readonly Move[] = [
  (choose) => {
    const thing = choose.make('object') ?? choose.pick('object');
    const Body = 'x'.repeat(choose.number(2000));
    const input = {
      Bucket: bucketOf(choose.account),
      Key: choose.chance(0.1) ? 'k'.repeat(1025) : `key-${thing?.number}`,
      Body,
    };
    return thing && makes(thing, async ({ s3 }) => told(await s3.send(new PutObjectCommand(input))));
  },
  (choose) => {
    const thing = choose.pick('object');
    const input = { Bucket: bucketOf(choose.account), Key: `key-${thing?.number}` };
    return thing && removes(thing, async ({ s3 }) => told(await s3.send(new DeleteObjectCommand(input))));
  },
  (choose) => {
    const Bucket = choose.chance(0.2) ? 'nobodys' : bucketOf(choose.account);
    const Key = `key-${choose.number(9)}`;
    return reads(choose, async ({ s3 }) => {
      await s3.send(new ListObjectsV2Command({ Bucket }));
      return told(await s3.send(new GetObjectCommand({ Bucket, Key })));
    });
  },
  (choose) => {
    const thing = choose.make('elb-store');
    const Name = choose.chance(0.1) ? 'not a name' : `store-${thing?.number}`;
    const key = one(choose, BUNDLES);
    return (
      thing &&
      makes(thing, async ({ elb }) => {
        const answer = await elb.send(
          new CreateTrustStoreCommand({
            Name,
            CaCertificatesBundleS3Bucket: bucketOf(thing.account),
            CaCertificatesBundleS3Key: key,
          }),
        );
        return told(answer, { arn: answer.TrustStores?.[0]?.TrustStoreArn });
      })
    );
  },
  (choose) => {
    const store = choose.pick('elb-store');
    const key = one(choose, BUNDLES);
    return (
      store &&
      uses(store, async ({ elb }, known) =>
        told(
          await elb.send(
            new ModifyTrustStoreCommand({
              TrustStoreArn: known(store).arn,
              CaCertificatesBundleS3Bucket: bucketOf(store.account),
              CaCertificatesBundleS3Key: key,
            }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const store = choose.pick('elb-store');
    const thing = choose.make('list');
    const key = one(choose, LISTS);
    return (
      store &&
      thing &&
      makes(thing, async ({ elb }, known) => {
        const answer = await elb.send(
          new AddTrustStoreRevocationsCommand({
            TrustStoreArn: known(store).arn,
            RevocationContents: [{ S3Bucket: bucketOf(store.account), S3Key: key }],
          }),
        );
        const [added] = answer.TrustStoreRevocations ?? [];
        return told(answer, { arn: known(store).arn, id: String(added?.RevocationId) });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('list');
    const wrong = choose.chance(0.2);
    return (
      thing &&
      removes(thing, async ({ elb }, known) => {
        const RevocationIds = [wrong ? 999_999 : Number(known(thing).id)];
        return told(
          await elb.send(
            new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: known(thing).arn, RevocationIds }),
          ),
        );
      })
    );
  },
  (choose) => {
    const thing = choose.pick('elb-store');
    return (
      thing &&
      removes(thing, async ({ elb }, known) =>
        told(await elb.send(new DeleteTrustStoreCommand({ TrustStoreArn: known(thing).arn }))),
      )
    );
  },
  (choose) => {
    const store = choose.pick('elb-store');
    return reads(choose, async ({ elb }, known) => {
      await elb.send(new DescribeTrustStoresCommand({ PageSize: 2 }));
      const TrustStoreArn = store === undefined ? 'arn:aws:nothing' : known(store).arn;
      const answer = await elb.send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn }));
      await (await fetch(answer.Location ?? '')).text();
      return told(answer);
    });
  },
  (choose) => {
    const thing = choose.make('balancer');
    return (
      thing &&
      makes(thing, async ({ elb }) => {
        const answer = await elb.send(
          new CreateLoadBalancerCommand({
            Name: `balancer-${thing.number}`,
            Subnets: ['subnet-1', 'subnet-2'],
          }),
        );
        return told(answer, { arn: answer.LoadBalancers?.[0]?.LoadBalancerArn });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('balancer');
    return thing && choose.chance(0.3)
      ? removes(thing, async ({ elb }, known) =>
          told(await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: known(thing).arn }))),
        )
      : undefined;
  },
  (choose) => {
    const balancer = choose.pick('balancer');
    const thing = choose.make('listener');
    const Port = 443 + choose.number(20);
    return (
      balancer &&
      thing &&
      makes(thing, async ({ elb }, known) => {
        const answer = await elb.send(
          new CreateListenerCommand({
            LoadBalancerArn: known(balancer).arn,
            Protocol: 'HTTPS',
            Port,
            Certificates: [{ CertificateArn: certificate }],
            DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
          }),
        );
        return told(answer, { arn: answer.Listeners?.[0]?.ListenerArn });
      })
    );
  },
  (choose) => {
    const listener = choose.pick('listener');
    const store = choose.pick('elb-store');
    const Mode = one(choose, ['verify', 'verify', 'passthrough', 'off', 'nonsense']);
    return (
      listener &&
      store &&
      uses(listener, async ({ elb }, known) => {
        const verify = Mode === 'verify' ? { TrustStoreArn: known(store).arn } : {};
        return told(
          await elb.send(
            new ModifyListenerCommand({
              ListenerArn: known(listener).arn,
              MutualAuthentication: { Mode, ...verify },
            }),
          ),
        );
      })
    );
  },
  (choose) => {
    const thing = choose.pick('listener');
    return thing && choose.chance(0.5)
      ? removes(thing, async ({ elb }, known) =>
          told(await elb.send(new DeleteListenerCommand({ ListenerArn: known(thing).arn }))),
        )
      : undefined;
  },
];
