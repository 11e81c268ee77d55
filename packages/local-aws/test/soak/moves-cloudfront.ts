import {
  CreateConnectionFunctionCommand,
  CreateDistributionCommand,
  CreateKeyValueStoreCommand,
  CreateTrustStoreCommand,
  DeleteConnectionFunctionCommand,
  DeleteDistributionCommand,
  DeleteKeyValueStoreCommand,
  DeleteTrustStoreCommand,
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
import { distributionConfig } from '../support/distributions.ts';
import { BUNDLES } from './materials.ts';
import { type Chooser, type Move, move, one } from './step.ts';

const source = (Bucket: string, Key: string) => ({
  CaCertificatesBundleS3Location: { Bucket, Key, Region: 'us-east-1' },
});
/** Now and then the ETag of long ago. */
const stale = (choose: Chooser) => ({ stale: choose.chance(0.15) });
const match = (isStale: boolean, etag: string | undefined) => (isStale ? 'E0000000000000' : etag);
const CODES = [
  'function connectionHandler(connection) { connection.allow(); }',
  'function connectionHandler(connection) { connection.deny(); }',
  'function connectionHandler(connection) { for (;;); }',
  'not a function',
];

/** CloudFront and its KeyValueStores. */
export const cloudfrontMoves: readonly Move[] = [
  move({
    makes: 'trust-store',
    draw: (choose) => ({ key: one(choose, BUNDLES), bad: choose.chance(0.1) }),
    send: ({ cloudfront }, { bucket, own, key, bad }) =>
      cloudfront.send(
        new CreateTrustStoreCommand({
          Name: bad ? 'not a name!' : `trust-${own.number}`,
          CaCertificatesBundleSource: source(bucket, key),
        }),
      ),
    tells: ({ TrustStore, ETag }) => ({ id: TrustStore?.Id, etag: ETag }),
  }),
  move({
    changes: 'trust-store',
    draw: (choose) => ({ key: one(choose, BUNDLES), ...stale(choose) }),
    send: ({ cloudfront }, { bucket, own, key, stale }) =>
      cloudfront.send(
        new UpdateTrustStoreCommand({
          Id: own.id,
          IfMatch: match(stale, own.etag),
          CaCertificatesBundleSource: source(bucket, key),
        }),
      ),
    tells: ({ ETag }, { own }) => ({ ...own, etag: ETag }),
  }),
  move({
    removes: 'trust-store',
    draw: stale,
    send: ({ cloudfront }, { own, stale }) =>
      cloudfront.send(new DeleteTrustStoreCommand({ Id: own.id, IfMatch: match(stale, own.etag) })),
  }),
  move({ send: ({ cloudfront }) => cloudfront.send(new ListTrustStoresCommand({ MaxItems: 3 })) }),
  move({
    makes: 'distribution',
    send({ cloudfront }, { own }) {
      const DistributionConfig = distributionConfig({ CallerReference: `distribution-${own.number}` });
      return cloudfront.send(new CreateDistributionCommand({ DistributionConfig }));
    },
    tells: ({ Distribution, ETag }) => ({ id: Distribution?.Id, etag: ETag }),
  }),
  move({
    changes: 'distribution',
    draw: (choose) => ({
      store: choose.pick('trust-store'),
      check: choose.chance(0.3) ? choose.pick('function') : undefined,
      Mode: choose.chance(0.5) ? ('required' as const) : ('optional' as const),
      Enabled: choose.chance(0.6),
      ...stale(choose),
    }),
    send({ cloudfront }, { own, known, store, check, Mode, Enabled, stale }) {
      const mtls = Enabled && store && { Mode, TrustStoreConfig: { TrustStoreId: known(store).id } };
      const DistributionConfig = distributionConfig({
        CallerReference: `distribution-${own.number}`,
        Enabled,
        ...(mtls ? { ViewerMtlsConfig: mtls } : {}),
        ...(mtls && check ? { ConnectionFunctionAssociation: { Id: known(check).id } } : {}),
      });
      return cloudfront.send(
        new UpdateDistributionCommand({ Id: own.id, IfMatch: match(stale, own.etag), DistributionConfig }),
      );
    },
    tells: ({ ETag }, { own }) => ({ ...own, etag: ETag }),
  }),
  move({
    removes: 'distribution',
    send: ({ cloudfront }, { own }) =>
      cloudfront.send(new DeleteDistributionCommand({ Id: own.id, IfMatch: own.etag })),
  }),
  move({
    makes: 'values',
    draw: (choose) => ({ imported: choose.chance(0.3) }),
    async send({ cloudfront, values }, { bucket, own, imported }) {
      const ImportSource = { SourceType: 'S3' as const, SourceARN: `arn:aws:s3:::${bucket}/values.json` };
      const answer = await cloudfront.send(
        new CreateKeyValueStoreCommand({
          Name: `values-${own.number}`,
          ...(imported ? { ImportSource } : {}),
        }),
      );
      const KvsARN = answer.KeyValueStore?.ARN;
      const { ETag: data } = await values.send(new DescribeKeyValueStoreCommand({ KvsARN }));
      return { ...answer, data };
    },
    tells: ({ KeyValueStore, ETag, data }) => ({ arn: KeyValueStore?.ARN, etag: ETag, data }),
  }),
  move({
    changes: 'values',
    draw: (choose) => ({
      count: 1 + choose.number(choose.chance(0.1) ? 60 : 8),
      start: choose.number(100),
      ...stale(choose),
    }),
    async send({ values }, { own, count, start, stale }) {
      const KvsARN = own.arn;
      const Puts = Array.from({ length: count }, (_, index) => ({ Key: `k${start + index}`, Value: 'v' }));
      const answer = await values.send(
        new UpdateKeysCommand({ KvsARN, IfMatch: match(stale, own.data), Puts }),
      );
      await values.send(new ListKeysCommand({ KvsARN, MaxResults: 5 }));
      return answer;
    },
    tells: ({ ETag }, { own }) => ({ ...own, data: ETag }),
  }),
  move({
    removes: 'values',
    odds: 0.4,
    send: ({ cloudfront }, { own }) =>
      cloudfront.send(new DeleteKeyValueStoreCommand({ Name: `values-${own.number}`, IfMatch: own.etag })),
  }),
  move({
    makes: 'function',
    draw: (choose) => ({ code: choose.chance(0.1) ? 'x'.repeat(11_000) : one(choose, CODES) }),
    send: ({ cloudfront }, { own, code }) =>
      cloudfront.send(
        new CreateConnectionFunctionCommand({
          Name: `function-${own.number}`,
          ConnectionFunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
          ConnectionFunctionCode: Buffer.from(code),
        }),
      ),
    tells: ({ ConnectionFunctionSummary, ETag }) => ({ id: ConnectionFunctionSummary?.Id, etag: ETag }),
  }),
  move({
    changes: 'function',
    draw: stale,
    send: ({ cloudfront }, { own, stale }) =>
      cloudfront.send(new PublishConnectionFunctionCommand({ Id: own.id, IfMatch: match(stale, own.etag) })),
  }),
  move({
    removes: 'function',
    odds: 0.4,
    send: ({ cloudfront }, { own }) =>
      cloudfront.send(new DeleteConnectionFunctionCommand({ Id: own.id, IfMatch: own.etag })),
  }),
];
