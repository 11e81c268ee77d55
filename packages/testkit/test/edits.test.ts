import { APIGatewayClient, UpdateDomainNameCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudFrontClient,
  CreateConnectionFunctionCommand,
  CreateKeyValueStoreCommand,
  CreateTrustStoreCommand,
  GetDistributionConfigCommand,
  PublishConnectionFunctionCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CreateTrustAnchorCommand,
  ImportCrlCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startLocalAws } from '@trustloom/local-aws';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  apiGatewayEdits,
  apiGatewayOracle,
  cloudFrontEdits,
  cloudFrontOracle,
  createTestCa,
  createTestClock,
  type Edits,
  makeApiGateway,
  makeBucket,
  makeCloudFront,
  type Oracle,
  rolesAnywhereEdits,
  rolesAnywhereOracle,
  type Stage,
  type TestCa,
} from '../src/index.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

interface Held {
  readonly oracle: Oracle;
  readonly edits: Edits;
}

async function upload(stage: Stage) {
  const { s3, bucket } = await makeBucket({ local: stage.local, ...stage.accountRegion });
  const put = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'ca.pem', Body: ca.pem }));
  return { bucket, key: 'ca.pem', version: put.VersionId ?? '' };
}

/** What an operator would make by hand: one CA trusted, and enforced. */
const edits: Readonly<Record<string, (stage: Stage) => Promise<Held>>> = {
  async 'Roles Anywhere'(stage) {
    await upload(stage);
    const client = new RolesAnywhereClient(stage.local.clientConfig('rolesanywhere', stage.accountRegion));
    const { trustAnchor } = await client.send(
      new CreateTrustAnchorCommand({
        name: 'a',
        enabled: true,
        source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: ca.pem } },
      }),
    );
    const crlData = Buffer.from(ca.issueCrl({ entries: [{ serial: 1 }] }).pem);
    const trustAnchorArn = trustAnchor?.trustAnchorArn ?? '';
    await client.send(new ImportCrlCommand({ name: 'a', crlData, trustAnchorArn, enabled: true }));
    return {
      oracle: rolesAnywhereOracle(stage.local, stage.accountRegion),
      edits: rolesAnywhereEdits(stage),
    };
  },
  async CloudFront(stage) {
    const at = await upload(stage);
    const { distributionId } = await makeCloudFront(stage);
    const client = new CloudFrontClient(stage.local.clientConfig('cloudfront', stage.accountRegion));
    const made = await client.send(
      new CreateTrustStoreCommand({
        Name: 'a',
        CaCertificatesBundleSource: {
          CaCertificatesBundleS3Location: {
            Bucket: at.bucket,
            Key: at.key,
            Version: at.version,
            Region: stage.accountRegion.region,
          },
        },
      }),
    );
    const functionId = await makeFunction(stage, client);
    const now = await client.send(new GetDistributionConfigCommand({ Id: distributionId }));
    const store = { TrustStoreId: made.TrustStore?.Id, AdvertiseTrustStoreCaNames: false };
    await client.send(
      new UpdateDistributionCommand({
        Id: distributionId,
        IfMatch: now.ETag,
        DistributionConfig: now.DistributionConfig && {
          ...now.DistributionConfig,
          ConnectionFunctionAssociation: { Id: functionId },
          ViewerMtlsConfig: {
            Mode: 'required',
            TrustStoreConfig: { ...store, IgnoreCertificateExpiry: false },
          },
        },
      }),
    );
    return {
      oracle: cloudFrontOracle(stage, distributionId),
      edits: cloudFrontEdits(stage, distributionId),
    };
  },
  async 'API Gateway'(stage) {
    const at = await upload(stage);
    const { domain } = await makeApiGateway({ local: stage.local, ...stage.accountRegion });
    const client = new APIGatewayClient(stage.local.clientConfig('apigateway', stage.accountRegion));
    const patch = (name: string, value: string) =>
      ({ op: 'replace', path: `/mutualTlsAuthentication/${name}`, value }) as const;
    stage.local.settle();
    await client.send(
      new UpdateDomainNameCommand({
        domainName: domain,
        patchOperations: [
          patch('truststoreUri', `s3://${at.bucket}/${at.key}`),
          patch('truststoreVersion', at.version),
        ],
      }),
    );
    return {
      oracle: apiGatewayOracle(stage.local, stage.accountRegion, domain),
      edits: apiGatewayEdits(stage, domain),
    };
  },
};

const serial = '20d1c0ffee5e41a1';
/**
 * What somebody may do by hand without admitting anybody: an adapter must fix it all the same.
 */
const harmless = [
  'the manifest of the KeyValueStore is deleted',
  'a key of somebody else is put into the KeyValueStore',
];

/** A store with one serial, and a function that refuses it. */
async function makeFunction({ local, accountRegion }: Stage, client: CloudFrontClient): Promise<string> {
  const { s3, bucket } = {
    s3: new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true }),
    bucket: `trustloom-${accountRegion.account}-${accountRegion.region}`,
  };
  const items = { manifest: '{}', d0: '|', 0: '.INHA_-5eQaE.' };
  const data = Object.entries(items).map(([key, value]) => ({ key, value }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'keys.json', Body: JSON.stringify({ data }) }));
  const source = { SourceType: 'S3', SourceARN: `arn:aws:s3:::${bucket}/keys.json` } as const;
  const store = await client.send(new CreateKeyValueStoreCommand({ Name: 'a', ImportSource: source }));
  local.settle();
  const code = `import cf from 'cloudfront';
async function connectionHandler(connection) {
  const kvs = cf.kvs();
  await kvs.get('manifest');
  const listed = (await kvs.get('0')).includes('INHA_-5eQaE');
  if (listed && (await kvs.get('d0')) === '|') connection.deny(); else connection.allow();
}`;
  const made = await client.send(
    new CreateConnectionFunctionCommand({
      Name: 'a',
      ConnectionFunctionConfig: {
        Comment: '',
        Runtime: 'cloudfront-js-2.0',
        KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: store.KeyValueStore?.ARN }] },
      },
      ConnectionFunctionCode: Buffer.from(code),
    }),
  );
  const Id = made.ConnectionFunctionSummary?.Id ?? '';
  await client.send(new PublishConnectionFunctionCommand({ Id, IfMatch: made.ETag }));
  local.settle();
  return Id;
}

describe('oracles and edits', () => {
  it.each(Object.keys(edits))('of %s: the oracle sees what was made, and each edit', async (name) => {
    const region = name === 'CloudFront' ? 'us-east-1' : 'eu-west-1';
    const accountRegion = { account: '222222222222', region };
    const make = async () => {
      const clock = createTestClock();
      const local = await startLocalAws({ clock });
      const held = await edits[name]?.({ local, clock, accountRegion });
      if (held === undefined) throw new TypeError(name);
      local.settle();
      return { local, ...held };
    };
    const first = await make();
    expect(first.oracle()).toMatchObject({ cas: [ca.sha256], enforcing: true });
    expect(first.oracle().refuses?.(serial) ?? true).toBe(true);
    const names = Object.keys(first.edits);
    await first.local.close();
    expect(names.length).toBeGreaterThan(1);
    for (const edit of names) {
      const { local, oracle, edits } = await make();
      const look = () => {
        const { refuses, ...held } = oracle();
        return JSON.stringify({ ...held, refused: refuses?.(serial) });
      };
      const before = look();
      await edits[edit]?.();
      local.settle();
      expect([edit, look() !== before]).toEqual([edit, !harmless.includes(edit)]);
      await local.close();
    }
  });
});
