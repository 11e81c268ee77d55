import {
  CreateConnectionFunctionCommand,
  CreateDistributionCommand,
  CreateKeyValueStoreCommand,
  CreateTrustStoreCommand,
  DeleteConnectionFunctionCommand,
  DeleteDistributionCommand,
  DeleteKeyValueStoreCommand,
  DeleteTrustStoreCommand,
  type DistributionConfig,
  ListTrustStoresCommand,
  PublishConnectionFunctionCommand,
  UpdateDistributionCommand,
  UpdateTrustStoreCommand,
} from '@aws-sdk/client-cloudfront';
import {
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { BUNDLES, bucketOf } from './materials.ts';
import { type Chooser, changes, type Move, makes, one, reads, removes, told, uses } from './step.ts';

const source = (account: string, key: string) => ({
  CaCertificatesBundleS3Location: { Bucket: bucketOf(account), Key: key, Region: 'us-east-1' },
});
/** Now and then the ETag of long ago. */
const match = (choose: Chooser) => {
  const stale = choose.chance(0.15);
  return (etag: string | undefined) => (stale ? 'E0000000000000' : etag);
};
const config = (number: number, more: Partial<DistributionConfig> = {}): DistributionConfig => ({
  CallerReference: `distribution-${number}`,
  Comment: '',
  Enabled: true,
  Origins: {
    Quantity: 1,
    Items: [
      {
        Id: 'origin',
        DomainName: 'origin.example.com',
        CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
      },
    ],
  },
  DefaultCacheBehavior: { TargetOriginId: 'origin', ViewerProtocolPolicy: 'https-only', MinTTL: 0 },
  ...more,
});
const CODES = [
  'function connectionHandler(connection) { connection.allow(); }',
  'function connectionHandler(connection) { connection.deny(); }',
  'function connectionHandler(connection) { for (;;); }',
  'not a function',
];

/** CloudFront and its key value stores. */
export const cloudfrontMoves: readonly Move[] = [
  (choose) => {
    const thing = choose.make('trust-store');
    const key = one(choose, BUNDLES);
    const Name = choose.chance(0.1) ? 'not a name!' : `trust-${thing?.number}`;
    return (
      thing &&
      makes(thing, async ({ cloudfront }) => {
        const CaCertificatesBundleSource = source(thing.account, key);
        const answer = await cloudfront.send(
          new CreateTrustStoreCommand({ Name, CaCertificatesBundleSource }),
        );
        return told(answer, { id: answer.TrustStore?.Id, etag: answer.ETag });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('trust-store');
    const key = one(choose, BUNDLES);
    const matched = match(choose);
    return (
      thing &&
      changes(thing, async ({ cloudfront }, known) => {
        const { id, etag } = known(thing);
        const CaCertificatesBundleSource = source(thing.account, key);
        const answer = await cloudfront.send(
          new UpdateTrustStoreCommand({ Id: id, IfMatch: matched(etag), CaCertificatesBundleSource }),
        );
        return told(answer, { id, etag: answer.ETag });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('trust-store');
    const matched = match(choose);
    return (
      thing &&
      removes(thing, async ({ cloudfront }, known) =>
        told(
          await cloudfront.send(
            new DeleteTrustStoreCommand({ Id: known(thing).id, IfMatch: matched(known(thing).etag) }),
          ),
        ),
      )
    );
  },
  (choose) =>
    reads(choose, async ({ cloudfront }) =>
      told(await cloudfront.send(new ListTrustStoresCommand({ MaxItems: 3 }))),
    ),
  (choose) => {
    const thing = choose.make('distribution');
    return (
      thing &&
      makes(thing, async ({ cloudfront }) => {
        const DistributionConfig = config(thing.number);
        const answer = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig }));
        return told(answer, { id: answer.Distribution?.Id, etag: answer.ETag });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('distribution');
    const store = choose.pick('trust-store');
    const check = choose.chance(0.3) ? choose.pick('function') : undefined;
    const Mode = choose.chance(0.5) ? ('required' as const) : ('optional' as const);
    const enabled = choose.chance(0.6);
    const matched = match(choose);
    return (
      thing &&
      changes(thing, async ({ cloudfront }, known) => {
        const { id, etag } = known(thing);
        const mtls = store && { Mode, TrustStoreConfig: { TrustStoreId: known(store).id } };
        const more = {
          Enabled: enabled,
          ...(mtls && enabled ? { ViewerMtlsConfig: mtls } : {}),
          ...(mtls && enabled && check ? { ConnectionFunctionAssociation: { Id: known(check).id } } : {}),
        };
        const answer = await cloudfront.send(
          new UpdateDistributionCommand({
            Id: id,
            IfMatch: matched(etag),
            DistributionConfig: config(thing.number, more),
          }),
        );
        return told(answer, { id, etag: answer.ETag });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('distribution');
    return (
      thing &&
      removes(thing, async ({ cloudfront }, known) =>
        told(
          await cloudfront.send(
            new DeleteDistributionCommand({ Id: known(thing).id, IfMatch: known(thing).etag }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const thing = choose.make('values');
    const imported = choose.chance(0.3);
    return (
      thing &&
      makes(thing, async ({ cloudfront, values }) => {
        const ImportSource = {
          SourceType: 'S3' as const,
          SourceARN: `arn:aws:s3:::${bucketOf(thing.account)}/values.json`,
        };
        const answer = await cloudfront.send(
          new CreateKeyValueStoreCommand({
            Name: `values-${thing.number}`,
            ...(imported ? { ImportSource } : {}),
          }),
        );
        const arn = answer.KeyValueStore?.ARN;
        const { ETag } = await values.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }));
        return told(answer, { arn, etag: answer.ETag, data: ETag });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('values');
    const count = 1 + choose.number(choose.chance(0.1) ? 60 : 8);
    const start = choose.number(100);
    const matched = match(choose);
    return (
      thing &&
      changes(thing, async ({ values }, known) => {
        const Puts = Array.from({ length: count }, (_, index) => ({
          Key: `k${start + index}`,
          Value: 'v',
        }));
        const answer = await values.send(
          new UpdateKeysCommand({ KvsARN: known(thing).arn, IfMatch: matched(known(thing).data), Puts }),
        );
        await values.send(new ListKeysCommand({ KvsARN: known(thing).arn, MaxResults: 5 }));
        return told(answer, { ...known(thing), data: answer.ETag });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('values');
    return thing && choose.chance(0.4)
      ? removes(thing, async ({ cloudfront }, known) =>
          told(
            await cloudfront.send(
              new DeleteKeyValueStoreCommand({
                Name: `values-${thing.number}`,
                IfMatch: known(thing).etag,
              }),
            ),
          ),
        )
      : undefined;
  },
  (choose) => {
    const thing = choose.make('function');
    const code = choose.chance(0.1) ? 'x'.repeat(11_000) : one(choose, CODES);
    return (
      thing &&
      makes(thing, async ({ cloudfront }) => {
        const answer = await cloudfront.send(
          new CreateConnectionFunctionCommand({
            Name: `function-${thing.number}`,
            ConnectionFunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
            ConnectionFunctionCode: Buffer.from(code),
          }),
        );
        return told(answer, { id: answer.ConnectionFunctionSummary?.Id, etag: answer.ETag });
      })
    );
  },
  (choose) => {
    const check = choose.pick('function');
    const matched = match(choose);
    return (
      check &&
      uses(check, async ({ cloudfront }, known) =>
        told(
          await cloudfront.send(
            new PublishConnectionFunctionCommand({
              Id: known(check).id,
              IfMatch: matched(known(check).etag),
            }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const thing = choose.pick('function');
    return thing && choose.chance(0.4)
      ? removes(thing, async ({ cloudfront }, known) =>
          told(
            await cloudfront.send(
              new DeleteConnectionFunctionCommand({ Id: known(thing).id, IfMatch: known(thing).etag }),
            ),
          ),
        )
      : undefined;
  },
];
