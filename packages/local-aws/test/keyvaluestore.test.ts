import { Agent } from 'node:http';
import {
  CloudFrontClient,
  CreateConnectionFunctionCommand,
  CreateKeyValueStoreCommand,
  DeleteKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
  ListKeyValueStoresCommand,
  UpdateKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CloudFrontKeyValueStoreClient,
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand as DescribeData,
  GetKeyCommand,
  ListKeysCommand,
  PutKeyCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import '@aws-sdk/signature-v4a';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createJumpClock, type LocalAws, startLocalAws } from '../src/index.ts';

const clock = createJumpClock(Date.now());
let aws: LocalAws;
let cloudfront: CloudFrontClient;
let data: CloudFrontKeyValueStoreClient;

beforeEach(async () => {
  await aws?.close();
  aws = await startLocalAws({ clock });
  cloudfront = new CloudFrontClient(aws.clientConfig('cloudfront'));
  // The client puts the account id in front of the host, which no resolver here knows.
  const lookup = (_host: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  const agent = new Agent({ lookup: lookup as never });
  data = new CloudFrontKeyValueStoreClient({
    ...aws.clientConfig('cloudfront-keyvaluestore'),
    endpoint: aws.url.replace('127.0.0.1', 'localhost'),
    requestHandler: { httpAgent: agent },
  });
});
afterAll(() => aws.close());

async function makeStore(Name = 'revoked', ImportSource?: { SourceType: 'S3'; SourceARN: string }) {
  const made = await cloudfront.send(
    new CreateKeyValueStoreCommand({ Name, Comment: 'test', ...(ImportSource ? { ImportSource } : {}) }),
  );
  const KvsARN = made.KeyValueStore?.ARN ?? '';
  return { KvsARN, made };
}

describe('the control plane of KeyValueStores', () => {
  it('makes, shows, changes and removes them, with ETags of its own', async () => {
    const { made, KvsARN } = await makeStore();
    expect(made.KeyValueStore?.Status).toBe('PROVISIONING');
    expect(KvsARN).toMatch(/^arn:aws:cloudfront::111111111111:key-value-store\/[0-9a-f-]{36}$/);
    await expect(makeStore()).rejects.toMatchObject({ name: 'EntityAlreadyExists' });
    await expect(makeStore('not a name')).rejects.toMatchObject({ name: 'InvalidArgument' });
    await clock.sleep(1000);
    const { KeyValueStore, ETag } = await cloudfront.send(
      new DescribeKeyValueStoreCommand({ Name: 'revoked' }),
    );
    expect(KeyValueStore?.Status).toBe('READY');
    await expect(
      cloudfront.send(new UpdateKeyValueStoreCommand({ Name: 'revoked', Comment: 'x', IfMatch: 'EOLD' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const updated = await cloudfront.send(
      new UpdateKeyValueStoreCommand({ Name: 'revoked', Comment: 'x', IfMatch: ETag }),
    );
    const listed = await cloudfront.send(new ListKeyValueStoresCommand({ Status: 'READY' }));
    expect(listed.KeyValueStoreList?.Items?.map(({ Comment }) => Comment)).toEqual(['x']);
    await cloudfront.send(new DeleteKeyValueStoreCommand({ Name: 'revoked', IfMatch: updated.ETag }));
    await expect(
      cloudfront.send(new DescribeKeyValueStoreCommand({ Name: 'revoked' })),
    ).rejects.toMatchObject({
      name: 'EntityNotFound',
    });
  });

  it('imports a file, or says why not', async () => {
    const s3 = new S3Client(aws.clientConfig('s3'));
    await s3.send(new CreateBucketCommand({ Bucket: 'imports' }));
    const imported = async (Key: string, Body: string) => {
      await s3.send(new PutObjectCommand({ Bucket: 'imports', Key, Body }));
      const { KvsARN } = await makeStore(Key, { SourceType: 'S3', SourceARN: `arn:aws:s3:::imports/${Key}` });
      await clock.sleep(1000);
      const { Status, ItemCount, FailureReason = '' } = await data.send(new DescribeData({ KvsARN }));
      return [Status, ItemCount, FailureReason];
    };
    const file = (...items: object[]) => JSON.stringify({ data: items });
    expect(await imported('good', file({ key: 'a', value: '1' }, { key: 'b', value: '' }))).toEqual([
      'READY',
      2,
      '',
    ]);
    expect(await imported('twice', file({ key: 'a', value: '1' }, { key: 'a', value: '2' }))).toEqual([
      'IMPORT_FAILED',
      0,
      expect.stringContaining('twice'),
    ]);
    expect((await imported('broken', 'not json'))[0]).toBe('IMPORT_FAILED');
    expect((await imported('long', file({ key: 'k'.repeat(513), value: '' })))[0]).toBe('IMPORT_FAILED');
    await expect(
      makeStore('none', { SourceType: 'S3', SourceARN: 'arn:aws:s3:::imports/none' }),
    ).rejects.toMatchObject({ name: 'EntityNotFound' });
  });

  it('keeps a store that a function uses', async () => {
    const { KvsARN } = await makeStore();
    const config = {
      Comment: '',
      Runtime: 'cloudfront-js-2.0' as const,
      KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: KvsARN }] },
    };
    const make = () =>
      cloudfront.send(
        new CreateConnectionFunctionCommand({
          Name: 'check',
          ConnectionFunctionConfig: config,
          ConnectionFunctionCode: Buffer.from('function connectionHandler(c) { c.allow(); }'),
        }),
      );
    await expect(make()).rejects.toMatchObject({ name: 'InvalidArgument' });
    await clock.sleep(1000);
    await make();
    const { ETag } = await cloudfront.send(new DescribeKeyValueStoreCommand({ Name: 'revoked' }));
    await expect(
      cloudfront.send(new DeleteKeyValueStoreCommand({ Name: 'revoked', IfMatch: ETag })),
    ).rejects.toMatchObject({ name: 'CannotDeleteEntityWhileInUse' });
  });
});

describe('the data plane', () => {
  it('is not there at once; then reads and writes with one ETag for the whole store', async () => {
    const { KvsARN } = await makeStore();
    await expect(data.send(new DescribeData({ KvsARN }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await clock.sleep(1000);
    const { ETag } = await data.send(new DescribeData({ KvsARN }));
    const put = await data.send(new PutKeyCommand({ KvsARN, Key: 'a/b c', Value: '1', IfMatch: ETag }));
    expect(put).toMatchObject({ ItemCount: 1, TotalSizeInBytes: 6 });
    expect((await data.send(new GetKeyCommand({ KvsARN, Key: 'a/b c' }))).Value).toBe('1');
    await expect(
      data.send(new PutKeyCommand({ KvsARN, Key: 'x', Value: '1', IfMatch: ETag })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Pre-Condition failed'),
    });
    const gone = await data.send(new DeleteKeyCommand({ KvsARN, Key: 'a/b c', IfMatch: put.ETag }));
    expect(gone.ItemCount).toBe(0);
    await expect(data.send(new GetKeyCommand({ KvsARN, Key: 'a/b c' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('updates all or nothing, within its limits, and lists by pages', async () => {
    const { KvsARN } = await makeStore();
    await clock.sleep(1000);
    let { ETag: IfMatch } = await data.send(new DescribeData({ KvsARN }));
    const update = async (Puts: { Key: string; Value: string }[], Deletes: { Key: string }[] = []) => {
      const done = await data.send(new UpdateKeysCommand({ KvsARN, IfMatch, Puts, Deletes }));
      IfMatch = done.ETag;
      return done.ItemCount;
    };
    const items = (count: number, size = 1) =>
      Array.from({ length: count }, (_, index) => ({ Key: `key-${index}`, Value: 'v'.repeat(size) }));
    expect(await update(items(50))).toBe(50);
    await expect(update(items(51))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(update([{ Key: 'new', Value: '' }], [{ Key: 'not there' }])).rejects.toThrow();
    await expect(update([{ Key: 'big', Value: 'v'.repeat(1025) }])).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(update([{ Key: 'a', Value: '' }], [{ Key: 'a' }])).rejects.toMatchObject({
      name: 'ValidationException',
    });
    expect((await data.send(new DescribeData({ KvsARN }))).ItemCount).toBe(50);
    const first = await data.send(new ListKeysCommand({ KvsARN }));
    expect([first.Items?.length, first.NextToken !== undefined]).toEqual([10, true]);
    const second = await data.send(
      new ListKeysCommand({ KvsARN, MaxResults: 50, NextToken: first.NextToken }),
    );
    expect([second.Items?.length, second.NextToken]).toEqual([40, undefined]);
  });

  it('is full at five million bytes', async () => {
    const s3 = new S3Client(aws.clientConfig('s3'));
    await s3.send(new CreateBucketCommand({ Bucket: 'imports' }));
    const items = Array.from({ length: 4_700 }, (_, index) => ({
      key: `k${index}`,
      value: 'v'.repeat(1000),
    }));
    await s3.send(
      new PutObjectCommand({ Bucket: 'imports', Key: 'full', Body: JSON.stringify({ data: items }) }),
    );
    const { KvsARN } = await makeStore('full', { SourceType: 'S3', SourceARN: 'arn:aws:s3:::imports/full' });
    await clock.sleep(1000);
    let state = await data.send(new DescribeData({ KvsARN }));
    expect(state.Status).toBe('READY');
    const fill = (n: number) =>
      data.send(
        new UpdateKeysCommand({
          KvsARN,
          IfMatch: state.ETag,
          Puts: Array.from({ length: 50 }, (_, index) => ({
            Key: `f${n}-${index}`,
            Value: 'v'.repeat(1020),
          })),
        }),
      );
    let refused: unknown;
    for (let n = 0; refused === undefined && n < 10; n += 1)
      refused = await fill(n).then(
        async () => {
          state = await data.send(new DescribeData({ KvsARN }));
          return undefined;
        },
        (error: unknown) => error,
      );
    expect(refused).toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    });
    expect(state.TotalSizeInBytes).toBeLessThanOrEqual(5_000_000);
  });
});
