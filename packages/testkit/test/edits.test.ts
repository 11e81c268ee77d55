import { APIGatewayClient, UpdateDomainNameCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudFrontClient,
  CreateTrustStoreCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CreateTrustAnchorCommand,
  ImportCrlCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { PutObjectCommand } from '@aws-sdk/client-s3';
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
  const { s3, bucket } = await makeBucket({ local: stage.local, ...stage.place });
  const put = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'ca.pem', Body: ca.pem }));
  return { bucket, key: 'ca.pem', version: put.VersionId ?? '' };
}

/** What an operator would make by hand: one CA trusted, and enforced. */
const places: Readonly<Record<string, (stage: Stage) => Promise<Held>>> = {
  async 'Roles Anywhere'(stage) {
    await upload(stage);
    const client = new RolesAnywhereClient(stage.local.clientConfig('rolesanywhere', stage.place));
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
    return { oracle: rolesAnywhereOracle(stage.local, stage.place), edits: rolesAnywhereEdits(stage) };
  },
  async CloudFront(stage) {
    const at = await upload(stage);
    const { distributionId } = await makeCloudFront(stage);
    const client = new CloudFrontClient(stage.local.clientConfig('cloudfront', stage.place));
    const made = await client.send(
      new CreateTrustStoreCommand({
        Name: 'a',
        CaCertificatesBundleSource: {
          CaCertificatesBundleS3Location: {
            Bucket: at.bucket,
            Key: at.key,
            Version: at.version,
            Region: stage.place.region,
          },
        },
      }),
    );
    stage.local.settle();
    const now = await client.send(new GetDistributionConfigCommand({ Id: distributionId }));
    const store = { TrustStoreId: made.TrustStore?.Id, AdvertiseTrustStoreCaNames: false };
    await client.send(
      new UpdateDistributionCommand({
        Id: distributionId,
        IfMatch: now.ETag,
        DistributionConfig: now.DistributionConfig && {
          ...now.DistributionConfig,
          ViewerMtlsConfig: {
            Mode: 'required',
            TrustStoreConfig: { ...store, IgnoreCertificateExpiry: false },
          },
        },
      }),
    );
    return {
      oracle: cloudFrontOracle(stage.local, stage.place, distributionId),
      edits: cloudFrontEdits(stage, distributionId),
    };
  },
  async 'API Gateway'(stage) {
    const at = await upload(stage);
    const { domain } = await makeApiGateway({ local: stage.local, ...stage.place });
    const client = new APIGatewayClient(stage.local.clientConfig('apigateway', stage.place));
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
      oracle: apiGatewayOracle(stage.local, stage.place, domain),
      edits: apiGatewayEdits(stage, domain),
    };
  },
};

describe('oracles and edits', () => {
  it.each(Object.keys(places))('of %s: the oracle sees what was made, and each edit', async (name) => {
    const region = name === 'CloudFront' ? 'us-east-1' : 'eu-west-1';
    const place = { account: '222222222222', region };
    const make = async () => {
      const clock = createTestClock();
      const local = await startLocalAws({ clock });
      const held = await places[name]?.({ local, clock, place });
      if (held === undefined) throw new TypeError(name);
      local.settle();
      return { local, ...held };
    };
    const first = await make();
    expect(first.oracle()).toMatchObject({ cas: [ca.sha256], enforcing: true });
    const names = Object.keys(first.edits);
    await first.local.close();
    expect(names.length).toBeGreaterThan(1);
    for (const edit of names) {
      const { local, oracle, edits } = await make();
      const before = oracle();
      await edits[edit]?.();
      local.settle();
      const changed = [edit, JSON.stringify(oracle()) !== JSON.stringify(before)];
      expect(changed).toEqual([edit, true]);
      await local.close();
    }
  });
});
