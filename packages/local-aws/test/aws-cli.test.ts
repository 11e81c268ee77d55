/** The AWS CLI, unmodified, against the command in a process of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from './foreign-tools/support/emulator.ts';
import { makeCa, makeCrl, pemOf } from './support/pki.ts';
import { awsHas, run } from './support/tools.ts';

const present = awsHas('cloudfront', 'list-connection-functions');

describe.skipIf(!present)('the AWS CLI (needs an aws that knows connection functions)', () => {
  let env: NodeJS.ProcessEnv = {};
  let folder = '';
  let emulator: Emulator | undefined;
  const root = makeCa('CN=Root');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-aws-test-'));
    await writeFile(join(folder, 'ca.pem'), root.pem);
    await writeFile(join(folder, 'ca.crl'), pemOf('X509 CRL', makeCrl(root, { serials: [1n, 2n] })));
    emulator = await startEmulator();
    env = emulator.env;
  });
  afterAll(async () => {
    expect(await emulator?.stop()).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });

  const aws = async (...args: readonly string[]) => {
    const ran = await run('aws', [...args, '--output', 'json'], { env });
    if (ran.code !== 0) throw new Error(ran.err);
    return ran.out.trim() === '' ? undefined : JSON.parse(ran.out);
  };

  test('drives S3, Elastic Load Balancing and STS', async () => {
    expect((await aws('sts', 'get-caller-identity')).Account).toBe('111111111111');
    await aws('s3api', 'create-bucket', '--bucket', 'bundles');
    const versioning = ['--versioning-configuration', 'Status=Enabled'];
    await aws('s3api', 'put-bucket-versioning', '--bucket', 'bundles', ...versioning);
    await run('aws', ['s3', 'cp', join(folder, 'ca.pem'), 's3://bundles/ca.pem'], { env });
    await aws(
      's3api',
      'put-object',
      '--bucket',
      'bundles',
      '--key',
      'ca.crl',
      '--body',
      join(folder, 'ca.crl'),
    );
    const back = join(folder, 'back.pem');
    const object = await aws('s3api', 'get-object', '--bucket', 'bundles', '--key', 'ca.pem', back);
    expect(object.VersionId).toHaveLength(32);
    expect(await readFile(back, 'utf8')).toBe(root.pem);
    const listed = await aws('s3api', 'list-object-versions', '--bucket', 'bundles');
    expect(listed.Versions).toHaveLength(2);
    expect((await aws('s3api', 'get-bucket-location', '--bucket', 'bundles')).LocationConstraint).toBeNull();

    const bundle = [
      '--ca-certificates-bundle-s3-bucket',
      'bundles',
      '--ca-certificates-bundle-s3-key',
      'ca.pem',
    ];
    const made = await aws(
      'elbv2',
      'create-trust-store',
      '--name',
      'devices',
      ...bundle,
      '--tags',
      'Key=a,Value=b',
    );
    const arn: string = made.TrustStores[0].TrustStoreArn;
    const contents = ['--revocation-contents', 'S3Bucket=bundles,S3Key=ca.crl,RevocationType=CRL'];
    const added = await aws('elbv2', 'add-trust-store-revocations', '--trust-store-arn', arn, ...contents);
    expect(added.TrustStoreRevocations).toMatchObject([{ RevocationId: 1, NumberOfRevokedEntries: 2 }]);
    const stores = await aws('elbv2', 'describe-trust-stores', '--names', 'devices');
    expect(stores.TrustStores).toMatchObject([
      { Status: 'ACTIVE', NumberOfCaCertificates: 1, TotalRevokedEntries: 2 },
    ]);
    const tags = await aws('elbv2', 'describe-tags', '--resource-arns', arn);
    expect(tags.TagDescriptions[0].Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    await expect(aws('elbv2', 'delete-trust-store', '--trust-store-arn', `${arn}0`)).rejects.toThrow(
      '(TrustStoreNotFound)',
    );
  });

  test('drives CloudFront', async () => {
    await aws('s3api', 'create-bucket', '--bucket', 'global');
    await aws(
      's3api',
      'put-object',
      '--bucket',
      'global',
      '--key',
      'ca.pem',
      '--body',
      join(folder, 'ca.pem'),
    );
    const location = { Bucket: 'global', Key: 'ca.pem', Region: 'us-east-1' };
    const made = await aws(
      'cloudfront',
      'create-trust-store',
      '--name',
      'edge',
      '--ca-certificates-bundle-source',
      JSON.stringify({ CaCertificatesBundleS3Location: location }),
    );
    const id: string = made.TrustStore.Id;
    const listed = await aws('cloudfront', 'list-trust-stores');
    expect(listed.TrustStoreList).toMatchObject([{ Id: id, Status: 'active', NumberOfCaCertificates: 1 }]);
    const distribution = await aws(
      'cloudfront',
      'create-distribution',
      '--origin-domain-name',
      'origin.example.com',
    );
    const { Id, DistributionConfig } = distribution.Distribution;
    await aws('cloudfront', 'wait', 'distribution-deployed', '--id', Id);
    const config = structuredClone(DistributionConfig);
    config.DefaultCacheBehavior.ViewerProtocolPolicy = 'https-only';
    config.ViewerMtlsConfig = { Mode: 'required', TrustStoreConfig: { TrustStoreId: id } };
    const update = ['--id', Id, '--distribution-config', JSON.stringify(config)];
    const refused = aws('cloudfront', 'update-distribution', ...update, '--if-match', 'E0000000000000');
    await expect(refused).rejects.toThrow('(PreconditionFailed)');
    await aws('cloudfront', 'update-distribution', ...update, '--if-match', distribution.ETag);
    const used = await aws('cloudfront', 'list-distributions-by-trust-store', '--trust-store-identifier', id);
    expect(used.DistributionList.Items[0]).toMatchObject({ Id, ViewerMtlsConfig: config.ViewerMtlsConfig });
    const drop = aws('cloudfront', 'delete-trust-store', '--id', id, '--if-match', made.ETag);
    await expect(drop).rejects.toThrow('(CannotDeleteEntityWhileInUse)');
    const store = await aws('cloudfront', 'create-key-value-store', '--name', 'revoked');
    const code = join(folder, 'function.js');
    await writeFile(code, 'function connectionHandler(connection) { connection.deny(); }');
    const functionConfig = {
      Comment: '',
      Runtime: 'cloudfront-js-2.0',
      KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: store.KeyValueStore.ARN }] },
    };
    const created = await aws(
      'cloudfront',
      'create-connection-function',
      ...['--name', 'check', '--connection-function-config', JSON.stringify(functionConfig)],
      ...['--connection-function-code', `fileb://${code}`],
    );
    const summary = created.ConnectionFunctionSummary;
    expect([summary.Status, created.ETag]).toEqual(['UNPUBLISHED', expect.stringMatching(/^E/)]);
    await aws('cloudfront', 'publish-connection-function', '--id', summary.Id, '--if-match', created.ETag);
    const { KeyValueStoreList: stores } = await aws('cloudfront', 'list-key-value-stores');
    expect(stores.Items).toMatchObject([{ Name: 'revoked', Status: 'READY' }]);
    const functions = await aws('cloudfront', 'list-connection-functions', '--stage', 'LIVE');
    expect(functions.ConnectionFunctions).toMatchObject([{ Name: 'check', Status: 'UNASSOCIATED' }]);
  });
});
