import {
  AddTagsCommand,
  AddTrustStoreRevocationsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  CreateTrustStoreCommand,
  type CreateTrustStoreCommandInput,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteSharedTrustStoreAssociationCommand,
  DeleteTrustStoreCommand,
  DescribeAccountLimitsCommand,
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTrustStoreAssociationsCommand,
  DescribeTrustStoreRevocationsCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
  GetTrustStoreCaCertificatesBundleCommand,
  GetTrustStoreRevocationContentCommand,
  ModifyListenerAttributesCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTrustStoreCommand,
  RemoveTagsCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { makeVersionedBucket } from './support/buckets.ts';
import { type Authority, makeCa, makeCrl as makeCrlDer, makeLeaf, pemOf } from './support/pki.ts';

let aws: LocalAws;
let s3: S3Client;
let elb: ElasticLoadBalancingV2Client;
const root = makeCa('O=Acme,CN=Root One');
const other = makeCa('O=Acme,CN=Root Two');
const makeCrl = (ca: Authority, serials: readonly bigint[], more: object = {}) =>
  pemOf('X509 CRL', makeCrlDer(ca, { serials, ...more }));

beforeAll(async () => {
  aws = await startLocalAws({ settle: 'manual' });
  s3 = new S3Client(aws.clientConfig('s3'));
  elb = new ElasticLoadBalancingV2Client(aws.clientConfig('elasticloadbalancing'));
});
beforeEach(async () => {
  await aws.reset();
  await makeVersionedBucket(s3, 'bundles');
});
afterAll(() => aws.close());

const put = async (Key: string, Body: string) =>
  (await s3.send(new PutObjectCommand({ Bucket: 'bundles', Key, Body }))).VersionId;
const source = (key = 'ca.pem') => ({
  CaCertificatesBundleS3Bucket: 'bundles',
  CaCertificatesBundleS3Key: key,
});
const refused = (name: string) => ({ name, $metadata: expect.objectContaining({ httpStatusCode: 400 }) });

async function createStore(
  bundle = root.pem,
  more: Partial<CreateTrustStoreCommandInput> = {},
): Promise<string> {
  await put('ca.pem', bundle);
  const made = await elb.send(new CreateTrustStoreCommand({ Name: 'devices', ...source(), ...more }));
  return made.TrustStores?.[0]?.TrustStoreArn ?? '';
}

async function createListener(mutual: object = {}, Port = 443): Promise<string> {
  const balancers = await elb.send(new DescribeLoadBalancersCommand({}));
  const arn =
    balancers.LoadBalancers?.[0]?.LoadBalancerArn ??
    (await elb.send(new CreateLoadBalancerCommand({ Name: 'edge', Subnets: ['subnet-1', 'subnet-2'] })))
      .LoadBalancers?.[0]?.LoadBalancerArn;
  const made = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: arn,
      Protocol: 'HTTPS',
      Port,
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/1' }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
      ...mutual,
    }),
  );
  return made.Listeners?.[0]?.ListenerArn ?? '';
}

const verify = (TrustStoreArn: string) => ({ MutualAuthentication: { Mode: 'verify', TrustStoreArn } });
const addCrl = (TrustStoreArn: string, key: string) =>
  elb.send(
    new AddTrustStoreRevocationsCommand({
      TrustStoreArn,
      RevocationContents: [{ S3Bucket: 'bundles', S3Key: key, RevocationType: 'CRL' }],
    }),
  );

describe('trust stores', () => {
  it('are CREATING, then ACTIVE, and give back their bundle', async () => {
    const arn = await createStore(root.pem + other.pem);
    expect(arn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:111111111111:truststore\/devices\/[0-9a-f]{16}$/,
    );
    const before = await elb.send(new DescribeTrustStoresCommand({ Names: ['devices'] }));
    expect(before.TrustStores?.[0]).toEqual({
      Name: 'devices',
      TrustStoreArn: arn,
      Status: 'CREATING',
      NumberOfCaCertificates: 2,
      TotalRevokedEntries: 0,
    });
    aws.settle();
    const after = await elb.send(new DescribeTrustStoresCommand({ TrustStoreArns: [arn] }));
    expect(after.TrustStores?.[0]?.Status).toBe('ACTIVE');
    const { Location } = await elb.send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn: arn }));
    expect(await (await fetch(Location ?? '')).text()).toBe(root.pem + other.pem);
    expect((await fetch((Location ?? '').replace(/.$/, 'x'))).status).toBe(403);
  });

  it('copy the object when it is named, by version', async () => {
    const version = await put('ca.pem', root.pem);
    const arn = await createStore(root.pem + other.pem);
    await put('ca.pem', 'no longer a bundle');
    const count = async () =>
      (await elb.send(new DescribeTrustStoresCommand({}))).TrustStores?.[0]?.NumberOfCaCertificates;
    expect(await count()).toBe(2);
    await elb.send(
      new ModifyTrustStoreCommand({
        TrustStoreArn: arn,
        ...source(),
        ...(version ? { CaCertificatesBundleS3ObjectVersion: version } : {}),
      }),
    );
    expect(await count()).toBe(1);
  });

  it.each([
    ['a blank line', () => `${root.pem}\n${other.pem}`, 'Blank lines'],
    ['text before the boundaries', () => `Certificate:\n${root.pem}`, 'not PEM'],
    ['nothing', () => '# only a comment\n', 'no certificates'],
    ['26 certificates', () => root.pem.repeat(26), '25'],
    [
      'a private key',
      () => `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`,
      'not a certificate',
    ],
  ])('refuse a bundle with %s', async (_what, bundle, reason) => {
    const failing = createStore(bundle());
    await expect(failing).rejects.toMatchObject(refused('InvalidCaCertificatesBundleException'));
    await expect(failing).rejects.toThrow(reason);
    expect((await elb.send(new DescribeTrustStoresCommand({}))).TrustStores).toEqual([]);
  });

  it('take comments and 25 certificates', async () => {
    await createStore(`# Acme roots\n${root.pem.repeat(25)}`);
    const { TrustStores } = await elb.send(new DescribeTrustStoresCommand({}));
    expect(TrustStores?.[0]?.NumberOfCaCertificates).toBe(25);
  });

  it('refuse version 1, and take large RSA and P-521 keys', async () => {
    await expect(createStore(makeCa('CN=Old', { version: 1 }).pem)).rejects.toThrow(
      'The certificate version is not supported',
    );
    await createStore(
      makeCa('CN=P-521', { type: 'p521' }).pem + makeCa('CN=PSS', { type: 'rsa', form: 'pss' }).pem,
    );
  });

  it('refuse a leaf', async () => {
    await expect(createStore(makeLeaf(root).pem)).rejects.toThrow('not a CA certificate');
  });

  it('refuse names, missing objects and what does not exist with their own codes', async () => {
    await createStore();
    const create = (more: Partial<CreateTrustStoreCommandInput>) =>
      elb.send(new CreateTrustStoreCommand({ Name: 'second', ...source(), ...more }));
    await expect(create({ Name: 'devices' })).rejects.toMatchObject(
      refused('DuplicateTrustStoreNameException'),
    );
    await expect(create({ Name: 'a--b' })).rejects.toMatchObject(refused('ValidationError'));
    await expect(create({ Name: 'x'.repeat(33) })).rejects.toMatchObject(refused('ValidationError'));
    await expect(create(source('absent'))).rejects.toMatchObject(
      refused('CaCertificatesBundleNotFoundException'),
    );
    await expect(create({ CaCertificatesBundleS3ObjectVersion: 'never' })).rejects.toMatchObject(
      refused('CaCertificatesBundleNotFoundException'),
    );
    await expect(create({ Tags: [{ Key: 'a' }, { Key: 'a' }] })).rejects.toMatchObject(
      refused('DuplicateTagKeysException'),
    );
    const missing = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:truststore/none/0000000000000000';
    await expect(elb.send(new DeleteTrustStoreCommand({ TrustStoreArn: missing }))).rejects.toMatchObject(
      refused('TrustStoreNotFoundException'),
    );
    const withoutName = elb.send(new CreateTrustStoreCommand({ ...source(), Name: undefined }));
    await expect(withoutName).rejects.toMatchObject(refused('ValidationError'));
  });

  it('are twenty at most', async () => {
    await put('ca.pem', root.pem);
    for (let index = 0; index < 20; index += 1) {
      await elb.send(new CreateTrustStoreCommand({ Name: `store-${index}`, ...source() }));
    }
    await expect(
      elb.send(new CreateTrustStoreCommand({ Name: 'one-more', ...source() })),
    ).rejects.toMatchObject(refused('TooManyTrustStoresException'));
    const page = await elb.send(new DescribeTrustStoresCommand({ PageSize: 15 }));
    const rest = await elb.send(
      new DescribeTrustStoresCommand({
        PageSize: 15,
        ...(page.NextMarker ? { Marker: page.NextMarker } : {}),
      }),
    );
    expect([page.TrustStores?.length, rest.TrustStores?.length, rest.NextMarker]).toEqual([15, 5, undefined]);
  });

  it('carry tags', async () => {
    const arn = await createStore(root.pem, { Tags: [{ Key: 'owner', Value: 'acme' }] });
    await elb.send(
      new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: 'digest', Value: 'sha256=ab' }] }),
    );
    await elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: ['owner'] }));
    const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
    expect(TagDescriptions).toEqual([{ ResourceArn: arn, Tags: [{ Key: 'digest', Value: 'sha256=ab' }] }]);
  });

  it('belong to an account and a region', async () => {
    await createStore();
    for (const where of [{ account: '222222222222' }, { region: 'eu-west-1' }]) {
      const elsewhere = new ElasticLoadBalancingV2Client(aws.clientConfig('elasticloadbalancing', where));
      expect((await elsewhere.send(new DescribeTrustStoresCommand({}))).TrustStores).toEqual([]);
      await expect(
        elsewhere.send(new CreateTrustStoreCommand({ Name: 'x', ...source() })),
      ).rejects.toMatchObject({
        name: where.account ? 'AccessDenied' : 'CaCertificatesBundleNotFoundException',
      });
    }
  });
});

describe('revocations', () => {
  it('are added with growing ids that are never used again', async () => {
    const arn = await createStore();
    await put('one.crl', makeCrl(root, [1n, 2n]));
    await put('empty.crl', makeCrl(root, []));
    expect((await addCrl(arn, 'one.crl')).TrustStoreRevocations).toEqual([
      { TrustStoreArn: arn, RevocationId: 1, RevocationType: 'CRL', NumberOfRevokedEntries: 2 },
    ]);
    expect((await addCrl(arn, 'empty.crl')).TrustStoreRevocations?.[0]).toMatchObject({
      RevocationId: 2,
      NumberOfRevokedEntries: 0,
    });
    await elb.send(new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: arn, RevocationIds: [2] }));
    expect((await addCrl(arn, 'empty.crl')).TrustStoreRevocations?.[0]?.RevocationId).toBe(3);
    const all = await elb.send(new DescribeTrustStoreRevocationsCommand({ TrustStoreArn: arn }));
    expect(all.TrustStoreRevocations?.map((crl) => crl.RevocationId)).toEqual([1, 3]);
    expect((await elb.send(new DescribeTrustStoresCommand({}))).TrustStores?.[0]?.TotalRevokedEntries).toBe(
      2,
    );
    const { Location } = await elb.send(
      new GetTrustStoreRevocationContentCommand({ TrustStoreArn: arn, RevocationId: 1 }),
    );
    expect(await (await fetch(Location ?? '')).text()).toContain('BEGIN X509 CRL');
    await expect(
      elb.send(new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: arn, RevocationIds: [2] })),
    ).rejects.toMatchObject(refused('RevocationIdNotFoundException'));
  });

  it('are refused when they are no single CRL of a CA of the store', async () => {
    const arn = await createStore();
    const crl = makeCrl(root, [1n]);
    await put('two.crl', crl + crl);
    await put('foreign.crl', makeCrl(other, [1n]));
    await put('text.crl', 'not a CRL');
    await put('forged.crl', makeCrl(root, [1n], { signer: other.keys }));
    await put('negative.crl', makeCrl(root, [-1n]));
    await expect(addCrl(arn, 'two.crl')).rejects.toThrow('More than one CRL objects in the revocation file');
    for (const key of ['two.crl', 'foreign.crl', 'forged.crl', 'negative.crl', 'text.crl', 'ca.pem']) {
      await expect(addCrl(arn, key)).rejects.toMatchObject(refused('InvalidRevocationContentException'));
    }
    await expect(addCrl(arn, 'absent.crl')).rejects.toMatchObject(
      refused('RevocationContentNotFoundException'),
    );
  });

  it('are thirty CRLs at most', async () => {
    const arn = await createStore();
    await put('empty.crl', makeCrl(root, []));
    for (let index = 0; index < 30; index += 1) await addCrl(arn, 'empty.crl');
    await expect(addCrl(arn, 'empty.crl')).rejects.toMatchObject(
      refused('TooManyTrustStoreRevocationEntriesException'),
    );
  });
});

describe('listeners', () => {
  it('are attached to a store that is ACTIVE, and keep it from being deleted', async () => {
    const arn = await createStore();
    await expect(createListener(verify(arn))).rejects.toMatchObject(refused('TrustStoreNotReadyException'));
    aws.settle();
    const listener = await createListener(verify(arn));
    const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listener] }));
    expect(Listeners?.[0]?.MutualAuthentication).toEqual({
      Mode: 'verify',
      TrustStoreArn: arn,
      IgnoreClientCertificateExpiry: false,
      TrustStoreAssociationStatus: 'active',
      AdvertiseTrustStoreCaNames: 'off',
    });
    const associations = new DescribeTrustStoreAssociationsCommand({ TrustStoreArn: arn });
    expect((await elb.send(associations)).TrustStoreAssociations).toEqual([{ ResourceArn: listener }]);
    const drop = new DeleteTrustStoreCommand({ TrustStoreArn: arn });
    await expect(elb.send(drop)).rejects.toMatchObject(refused('TrustStoreInUseException'));
    await expect(
      elb.send(new DeleteSharedTrustStoreAssociationCommand({ TrustStoreArn: arn, ResourceArn: listener })),
    ).rejects.toMatchObject(refused('DeleteAssociationSameAccountException'));
    await expect(
      elb.send(
        new DeleteSharedTrustStoreAssociationCommand({ TrustStoreArn: arn, ResourceArn: 'arn:aws:x' }),
      ),
    ).rejects.toMatchObject(refused('TrustStoreAssociationNotFoundException'));
    await elb.send(new DeleteListenerCommand({ ListenerArn: listener }));
    await expect(elb.send(drop)).rejects.toMatchObject(refused('TrustStoreInUseException'));
    aws.settle();
    await elb.send(drop);
  });

  it('keep mutual authentication where it is left out, and turn it off only on request', async () => {
    const arn = await createStore();
    aws.settle();
    const ListenerArn = await createListener(verify(arn));
    const kept = await elb.send(new ModifyListenerCommand({ ListenerArn, Port: 8443 }));
    expect(kept.Listeners?.[0]).toMatchObject({ Port: 8443, MutualAuthentication: { Mode: 'verify' } });
    const off = await elb.send(
      new ModifyListenerCommand({ ListenerArn, MutualAuthentication: { Mode: 'off' } }),
    );
    expect(off.Listeners?.[0]?.MutualAuthentication).toEqual({ Mode: 'off' });
    const through = await elb.send(
      new ModifyListenerCommand({ ListenerArn, MutualAuthentication: { Mode: 'passthrough' } }),
    );
    expect(through.Listeners?.[0]?.MutualAuthentication?.Mode).toBe('passthrough');
    expect(aws.edges().map(({ kind, servicePort }) => [kind, servicePort])).toEqual([['alb', 8443]]);
  });

  it('verify on two listeners of a load balancer at most', async () => {
    const arn = await createStore();
    aws.settle();
    await createListener(verify(arn), 443);
    await createListener(verify(arn), 444);
    await expect(createListener(verify(arn), 445)).rejects.toMatchObject(
      refused('InvalidConfigurationRequestException'),
    );
    await createListener({}, 446);
  });

  it('refuse what does not fit', async () => {
    await createListener();
    await expect(createListener()).rejects.toMatchObject(refused('DuplicateListenerException'));
    await expect(createListener({ Certificates: [] }, 1)).rejects.toMatchObject(refused('ValidationError'));
    await expect(createListener({ MutualAuthentication: { Mode: 'verify' } }, 1)).rejects.toMatchObject(
      refused('ValidationError'),
    );
    await expect(createListener({ Protocol: 'TLS' }, 1)).rejects.toMatchObject(
      refused('UnsupportedProtocolException'),
    );
    const plain = await createListener(
      {
        Protocol: 'HTTP',
        Certificates: [],
        DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Protocol: 'HTTPS' } }],
      },
      80,
    );
    const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [plain] }));
    expect(Listeners?.[0]?.MutualAuthentication).toBeUndefined();
    await expect(
      elb.send(new ModifyListenerCommand({ ListenerArn: plain, MutualAuthentication: { Mode: 'off' } })),
    ).rejects.toMatchObject(refused('ValidationError'));
  });
});

describe('what else is asked', () => {
  it('names the limits of the account', async () => {
    const { Limits } = await elb.send(new DescribeAccountLimitsCommand({}));
    expect(Limits).toContainEqual({ Name: 'application-load-balancers', Max: '50' });
  });

  it('has the attributes that infrastructure tools read, and deletion protection', async () => {
    const made = await elb.send(new CreateLoadBalancerCommand({ Name: 'kept' }));
    const LoadBalancerArn = made.LoadBalancers?.[0]?.LoadBalancerArn;
    const protect = (Value: string, Key = 'deletion_protection.enabled') =>
      elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key, Value }] }));
    await protect('true');
    const { Attributes } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    expect(Attributes).toContainEqual({ Key: 'deletion_protection.enabled', Value: 'true' });
    const drop = new DeleteLoadBalancerCommand({ LoadBalancerArn });
    await expect(elb.send(drop)).rejects.toMatchObject(refused('OperationNotPermittedException'));
    await expect(protect('1', 'no.such.key')).rejects.toMatchObject(refused('ValidationError'));
    await protect('false');
    const ListenerArn = await createListener();
    const listener = await elb.send(new DescribeListenerAttributesCommand({ ListenerArn }));
    const header = 'routing.http.request.x_amzn_mtls_clientcert.header_name';
    expect(listener.Attributes).toContainEqual({ Key: header, Value: 'X-Amzn-Mtls-Clientcert' });
    await expect(
      elb.send(
        new ModifyListenerAttributesCommand({ ListenerArn, Attributes: [{ Key: header, Value: 'X-Other' }] }),
      ),
    ).rejects.toThrow(header);
    await elb.send(drop);
    expect(aws.edges()).toEqual([]);
  });

  it('answers 501 by name to what is not emulated', async () => {
    await expect(elb.send(new CreateTargetGroupCommand({ Name: 'x' }))).rejects.toThrow('CreateTargetGroup');
    expect(aws.calls().at(-1)).toMatchObject({ action: 'CreateTargetGroup', status: 501 });
  });
});
