import {
  AddTrustStoreRevocationsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTrustStoreCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJumpClock, type LocalAws, startLocalAws } from '../src/index.ts';
import { makeBucket } from './support/buckets.ts';
import { nodeCaller } from './support/clients.ts';
import { edgeWhere } from './support/edges.ts';
import { makeCa, makeCrl, makeLeaf, pemOf } from './support/pki.ts';

const clock = createJumpClock(Date.now());
const oldRoot = makeCa('CN=Old root');
const newRoot = makeCa('CN=New root', { type: 'p384' });
const oldLeaf = makeLeaf(oldRoot, { serial: 7n });
const newLeaf = makeLeaf(newRoot);

let aws: LocalAws;
let elb: ElasticLoadBalancingV2Client;
let listener = '';
let store = '';

const source = { CaCertificatesBundleS3Bucket: 'bundles', CaCertificatesBundleS3Key: 'ca.pem' };

beforeAll(async () => {
  aws = await startLocalAws({ clock });
  elb = new ElasticLoadBalancingV2Client(aws.clientConfig('elasticloadbalancing'));
  await makeBucket(new S3Client(aws.clientConfig('s3')), 'bundles', {
    'ca.pem': oldRoot.pem,
    'both.pem': oldRoot.pem + newRoot.pem,
    'old.crl': pemOf('X509 CRL', makeCrl(oldRoot, { serials: [7n] })),
  });
  const made = await elb.send(new CreateTrustStoreCommand({ Name: 'devices', ...source }));
  store = made.TrustStores?.[0]?.TrustStoreArn ?? '';
  const balancer = await elb.send(new CreateLoadBalancerCommand({ Name: 'edge' }));
  const created = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/1' }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    }),
  );
  listener = created.Listeners?.[0]?.ListenerArn ?? '';
  await clock.sleep(1000);
});
afterAll(() => aws.close());

const statuses = async () => {
  const edge = edgeWhere(aws, ({ resource }) => resource === listener);
  const answers = await Promise.all(
    [{}, { leaf: oldLeaf }, { leaf: newLeaf }].map((client) => nodeCaller(edge, client, '1.3')),
  );
  return answers.map((answer) => answer.status);
};

it('a listener follows its trust store through every change, once it has settled', async () => {
  expect(await statuses()).toEqual([200, 200, 200]);
  const verify = { Mode: 'verify', TrustStoreArn: store };
  await elb.send(new ModifyListenerCommand({ ListenerArn: listener, MutualAuthentication: verify }));
  expect(await statuses()).toEqual([200, 200, 200]);
  await clock.sleep(1000);
  expect(await statuses()).toEqual([0, 200, 0]);
  await elb.send(
    new ModifyTrustStoreCommand({ ...source, TrustStoreArn: store, CaCertificatesBundleS3Key: 'both.pem' }),
  );
  await clock.sleep(1000);
  expect(await statuses()).toEqual([0, 200, 200]);
  const RevocationContents = [{ S3Bucket: 'bundles', S3Key: 'old.crl' }];
  await elb.send(new AddTrustStoreRevocationsCommand({ TrustStoreArn: store, RevocationContents }));
  await clock.sleep(1000);
  expect(await statuses()).toEqual([0, 0, 200]);
  expect(aws.connections().map((one) => one.reason)).toContain('ClientCertCrlHit');
  await elb.send(new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: store, RevocationIds: [1] }));
  await clock.sleep(1000);
  expect(await statuses()).toEqual([0, 200, 200]);
  await elb.send(new ModifyListenerCommand({ ListenerArn: listener, MutualAuthentication: { Mode: 'off' } }));
  await clock.sleep(1000);
  expect(await statuses()).toEqual([200, 200, 200]);
});
