import { once } from 'node:events';
import { request } from 'node:https';
import {
  AddTrustStoreRevocationsCommand,
  CreateTrustStoreCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { startLocalAws } from '@trustloom/local-aws';
import { expect, it } from 'vitest';
import { createTestCa, makeAlb, makeBucket, makeClients, type TestLeaf } from '../src/index.ts';

it('the clients are admitted or refused, as their names say (real TLS on a load balancer)', async () => {
  await using local = await startLocalAws();
  const accountRegion = { account: '222222222222', region: 'eu-west-1' };
  const root = await createTestCa();
  const issuing = await root.intermediate('CN=Issuing');
  const clients = await makeClients(issuing);
  const { s3, bucket } = await makeBucket({ local });
  const { listenerArn } = await makeAlb({ local });
  const put = async (Key: string, Body: string) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  };
  await put('ca.pem', root.pem + issuing.pem);
  await put('root.crl', root.issueCrl().pem);
  await put('issuing.crl', issuing.issueCrl({ entries: [{ serial: clients.revoked.serial }] }).pem);
  const elb = new ElasticLoadBalancingV2Client(local.clientConfig('elasticloadbalancing', accountRegion));
  const made = await elb.send(
    new CreateTrustStoreCommand({
      Name: 'a',
      CaCertificatesBundleS3Bucket: bucket,
      CaCertificatesBundleS3Key: 'ca.pem',
    }),
  );
  const TrustStoreArn = made.TrustStores?.[0]?.TrustStoreArn;
  local.settle();
  const RevocationContents = ['root.crl', 'issuing.crl'].map((S3Key) => ({ S3Bucket: bucket, S3Key }));
  await elb.send(new AddTrustStoreRevocationsCommand({ TrustStoreArn, RevocationContents }));
  await elb.send(
    new ModifyListenerCommand({
      ListenerArn: listenerArn,
      MutualAuthentication: { Mode: 'verify', TrustStoreArn },
    }),
  );
  local.settle();
  const edge = local.edges().find(({ protocol }) => protocol === 'https');
  const knock = async (leaf: TestLeaf | undefined) => {
    const client = request({
      host: edge?.host,
      port: edge?.port,
      servername: edge?.hosts[0],
      ca: edge?.caPem,
      ...(leaf === undefined ? {} : { cert: leaf.chainPem, key: leaf.keyPem }),
    });
    client.end();
    try {
      const [response] = await once(client, 'response');
      response.resume();
      return response.statusCode;
    } catch {
      return 'refused';
    }
  };
  const outcomes: Record<string, unknown> = { none: await knock(undefined) };
  for (const [name, leaf] of Object.entries(clients)) outcomes[name] = await knock(leaf);
  expect(outcomes).toEqual({
    none: 'refused',
    rsa: 200,
    ec: 200,
    untrusted: 'refused',
    expired: 'refused',
    revoked: 'refused',
  });
  expect(local.connections().map(({ reason }) => reason)).toHaveLength(6);
});
