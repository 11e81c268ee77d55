import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';

let aws: LocalAws;
let s3: S3Client;
let other: S3Client;
const [, second] = ['111111111111', '222222222222'];

beforeAll(async () => {
  aws = await startLocalAws();
  s3 = new S3Client(aws.clientConfig('s3'));
  other = new S3Client(aws.clientConfig('s3', { account: second }));
});
beforeEach(() => aws.reset());
afterAll(() => aws.close());

const bucket = (name = 'bundles') => s3.send(new CreateBucketCommand({ Bucket: name }));
const versioned = async () => {
  await bucket();
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: 'bundles', VersioningConfiguration: { Status: 'Enabled' } }),
  );
};
const put = (Body: string | Uint8Array, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket: 'bundles', Key: 'ca/bundle one.pem', Body, ...more }));
const get = (more: object = {}, client = s3) =>
  client.send(new GetObjectCommand({ Bucket: 'bundles', Key: 'ca/bundle one.pem', ...more }));
const failure = (name: string, status: number) => ({
  name,
  $metadata: expect.objectContaining({ httpStatusCode: status }),
});

describe('buckets', () => {
  it('are made, found, listed and located', async () => {
    await bucket();
    const eu = new S3Client(aws.clientConfig('s3', { region: 'eu-west-1' }));
    await eu.send(
      new CreateBucketCommand({
        Bucket: 'in-europe',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'bundles' }))).BucketRegion).toBe('us-east-1');
    const listed = await s3.send(new ListBucketsCommand({}));
    expect(listed.Buckets?.map((one) => one.Name)).toEqual(['bundles', 'in-europe']);
    expect(
      (await s3.send(new GetBucketLocationCommand({ Bucket: 'bundles' }))).LocationConstraint,
    ).toBeUndefined();
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'in-europe' }))).LocationConstraint).toBe(
      'eu-west-1',
    );
  });

  it('refuse a missing, a foreign and a wrongly placed bucket as S3 does', async () => {
    await bucket();
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'nothing' }))).rejects.toMatchObject(
      failure('NotFound', 404),
    );
    await expect(s3.send(new ListObjectsV2Command({ Bucket: 'nothing' }))).rejects.toMatchObject(
      failure('NoSuchBucket', 404),
    );
    await expect(other.send(new CreateBucketCommand({ Bucket: 'bundles' }))).rejects.toMatchObject(
      failure('BucketAlreadyExists', 409),
    );
    await expect(bucket('Not_A_Name')).rejects.toMatchObject(failure('InvalidBucketName', 400));
    const eu = new S3Client(aws.clientConfig('s3', { region: 'eu-west-1' }));
    await expect(
      eu.send(
        new CreateBucketCommand({
          Bucket: 'x-y-z',
          CreateBucketConfiguration: { LocationConstraint: 'eu-west-2' },
        }),
      ),
    ).rejects.toMatchObject(failure('IllegalLocationConstraintException', 400));
    await expect(eu.send(new ListObjectsV2Command({ Bucket: 'bundles' }))).rejects.toMatchObject(
      failure('PermanentRedirect', 301),
    );
  });

  it('keep versioning, tags and policy', async () => {
    await bucket();
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: 'bundles' }))).Status).toBeUndefined();
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: 'bundles', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: 'bundles' }))).Status).toBe('Enabled');
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket: 'bundles' }))).rejects.toMatchObject(
      failure('NoSuchTagSet', 404),
    );
    const TagSet = [{ Key: 'owner', Value: 'a & b' }];
    await s3.send(new PutBucketTaggingCommand({ Bucket: 'bundles', Tagging: { TagSet } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket: 'bundles' }))).TagSet).toEqual(TagSet);
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket: 'bundles' }))).rejects.toMatchObject(
      failure('NoSuchBucketPolicy', 404),
    );
    await expect(
      s3.send(new PutBucketPolicyCommand({ Bucket: 'bundles', Policy: '{' })),
    ).rejects.toMatchObject(failure('MalformedPolicy', 400));
  });
});

describe('objects', () => {
  it('come back byte for byte, with their headers', async () => {
    await bucket();
    const body = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const sent = await put(body, { ContentType: 'text/plain', Metadata: { origin: 'test' } });
    expect(sent.ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    expect(sent.VersionId).toBeUndefined();
    const back = await get();
    expect(Buffer.from((await back.Body?.transformToByteArray()) ?? []).equals(Buffer.from(body))).toBe(true);
    expect(back).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { origin: 'test' },
      ContentLength: 70_000,
    });
    const object = await s3.send(new HeadObjectCommand({ Bucket: 'bundles', Key: 'ca/bundle one.pem' }));
    expect(object).toMatchObject({ ContentLength: 70_000, ETag: sent.ETag, ContentType: 'text/plain' });
    const part = await get({ Range: 'bytes=10-19' });
    expect(part).toMatchObject({ ContentRange: 'bytes 10-19/70000', ContentLength: 10 });
    expect(part.$metadata.httpStatusCode).toBe(206);
  });

  it('are taken out of chunk framing, with trailing checksums', async () => {
    await bucket();
    const { Readable } = await import('node:stream');
    const text = 'a certificate\n'.repeat(9000);
    const Body = Readable.from([Buffer.from(text.slice(0, 1000)), Buffer.from(text.slice(1000))]);
    await s3.send(
      new PutObjectCommand({
        Bucket: 'bundles',
        Key: 'streamed',
        Body,
        ContentLength: text.length,
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    const back = await s3.send(
      new GetObjectCommand({ Bucket: 'bundles', Key: 'streamed', ChecksumMode: 'ENABLED' }),
    );
    expect(await back.Body?.transformToString()).toBe(text);
    expect(back.ChecksumSHA256).toBe(createHash('sha256').update(text).digest('base64'));
    expect(back.ContentEncoding).toBeUndefined();
  });

  it('carry any of the common checksums', async () => {
    await bucket();
    const check = { CRC32: 'y/Q5Jg==', CRC32C: '4waSgw==', CRC64NVME: 'rosUhgp5mIg=' };
    for (const [name, value] of Object.entries(check)) {
      const given = await fetch(`${aws.url}/bundles/${name}`, {
        method: 'PUT',
        body: '123456789',
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=x/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
          [`x-amz-checksum-${name.toLowerCase()}`]: value,
        },
      });
      expect([given.status, given.headers.get(`x-amz-checksum-${name.toLowerCase()}`)]).toEqual([200, value]);
      const command = new HeadObjectCommand({ Bucket: 'bundles', Key: name, ChecksumMode: 'ENABLED' });
      expect(await s3.send(command)).toMatchObject({ [`Checksum${name}`]: value });
    }
  });

  it('are refused when their checksum is wrong', async () => {
    await bucket();
    const wrong = createHash('sha256').update('other').digest('base64');
    await expect(put('body', { ChecksumSHA256: wrong })).rejects.toMatchObject(failure('BadDigest', 400));
    await expect(
      put('body', { ContentMD5: createHash('md5').update('x').digest('base64') }),
    ).rejects.toMatchObject(failure('BadDigest', 400));
    expect(aws.state().s3[0]?.objects.size).toBe(0);
  });

  it('are written on condition', async () => {
    await bucket();
    const first = await put('one', { IfNoneMatch: '*' });
    await expect(put('two', { IfNoneMatch: '*' })).rejects.toMatchObject(failure('PreconditionFailed', 412));
    await expect(put('two', { IfMatch: '"00000000000000000000000000000000"' })).rejects.toMatchObject(
      failure('PreconditionFailed', 412),
    );
    await put('two', { IfMatch: first.ETag });
    expect(await (await get()).Body?.transformToString()).toBe('two');
    await expect(
      s3.send(
        new PutObjectCommand({ Bucket: 'bundles', Key: 'absent', Body: 'x', IfMatch: first.ETag ?? '' }),
      ),
    ).rejects.toMatchObject(failure('NoSuchKey', 404));
    await expect(get({ IfMatch: first.ETag })).rejects.toMatchObject(failure('PreconditionFailed', 412));
  });

  it('are kept in versions, behind delete markers', async () => {
    await versioned();
    const one = await put('one');
    const two = await put('two');
    expect(one.VersionId).toMatch(/^.{32}$/);
    expect(await (await get({ VersionId: one.VersionId })).Body?.transformToString()).toBe('one');
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket: 'bundles', Key: 'ca/bundle one.pem' }));
    expect(deleted.DeleteMarker).toBe(true);
    await expect(get()).rejects.toMatchObject(failure('NoSuchKey', 404));
    await expect(get({ VersionId: deleted.VersionId })).rejects.toMatchObject(
      failure('MethodNotAllowed', 405),
    );
    await expect(get({ VersionId: 'never' })).rejects.toMatchObject(failure('NoSuchVersion', 404));
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: 'bundles' }));
    expect(listed.Versions?.map((version) => [version.VersionId, version.IsLatest])).toEqual([
      [two.VersionId, false],
      [one.VersionId, false],
    ]);
    expect(listed.DeleteMarkers?.[0]).toMatchObject({ VersionId: deleted.VersionId, IsLatest: true });
    await s3.send(
      new DeleteObjectCommand({ Bucket: 'bundles', Key: 'ca/bundle one.pem', VersionId: deleted.VersionId }),
    );
    expect(await (await get()).Body?.transformToString()).toBe('two');
  });

  it('are listed in pages, with prefixes', async () => {
    await bucket();
    for (const Key of ['a/1', 'a/2', 'b', 'c/1', 'd']) {
      await s3.send(new PutObjectCommand({ Bucket: 'bundles', Key, Body: Key }));
    }
    const all: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: 'bundles',
          Delimiter: '/',
          MaxKeys: 2,
          ...(ContinuationToken ? { ContinuationToken } : {}),
        }),
      );
      all.push(
        ...(page.Contents ?? []).map((one) => one.Key ?? ''),
        ...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ''),
      );
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(all.sort()).toEqual(['a/', 'b', 'c/', 'd']);
    const old = await s3.send(new ListObjectsCommand({ Bucket: 'bundles', Prefix: 'a/', MaxKeys: 1 }));
    expect(old).toMatchObject({ IsTruncated: true, NextMarker: 'a/1' });
    const gone = await s3.send(
      new DeleteObjectsCommand({ Bucket: 'bundles', Delete: { Objects: [{ Key: 'a/1' }, { Key: 'b' }] } }),
    );
    expect(gone.Deleted?.map((one) => one.Key)).toEqual(['a/1', 'b']);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'bundles' }))).KeyCount).toBe(3);
  });

  it('carry tags', async () => {
    await bucket();
    await put('one', { Tagging: 'a=1&b=two%20words' });
    const at = { Bucket: 'bundles', Key: 'ca/bundle one.pem' };
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'two words' },
    ]);
    await s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [] } }));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([]);
  });
});

describe('other accounts', () => {
  it('read only what the bucket policy allows, and do not learn what else is there', async () => {
    await bucket();
    await put('public knowledge');
    await expect(get({}, other)).rejects.toMatchObject(failure('AccessDenied', 403));
    const allow = (Action: string[], Resource: string) => ({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${second}:root` },
      Action,
      Resource,
    });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [allow(['s3:GetObject*'], 'arn:aws:s3:::bundles/ca/*')],
    });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'bundles', Policy }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket: 'bundles' }))).Policy).toBe(Policy);
    expect(await (await get({}, other)).Body?.transformToString()).toBe('public knowledge');
    await expect(get({ Key: 'ca/none' }, other)).rejects.toMatchObject(failure('AccessDenied', 403));
    await expect(other.send(new ListObjectsV2Command({ Bucket: 'bundles' }))).rejects.toMatchObject(
      failure('AccessDenied', 403),
    );
    await expect(
      other.send(new PutObjectCommand({ Bucket: 'bundles', Key: 'ca/x', Body: 'x' })),
    ).rejects.toMatchObject(failure('AccessDenied', 403));
  });

  it('are caught by the expected bucket owner', async () => {
    await bucket();
    await put('mine');
    await expect(get({ ExpectedBucketOwner: second })).rejects.toMatchObject(failure('AccessDenied', 403));
    expect((await get({ ExpectedBucketOwner: '111111111111' })).ContentLength).toBe(4);
  });

  it('without a signature need a public policy', async () => {
    await bucket();
    await put('for all');
    const address = `${aws.url}/bundles/ca/bundle%20one.pem`;
    expect((await fetch(address)).status).toBe(403);
    const Statement = [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bundles/*' },
    ];
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'bundles', Policy: JSON.stringify({ Statement }) }));
    expect(await (await fetch(address)).text()).toBe('for all');
  });
});

describe('what is not emulated', () => {
  it('answers 501 and names itself', async () => {
    await bucket();
    await put('x');
    const refused = s3.send(new GetObjectAclCommand({ Bucket: 'bundles', Key: 'ca/bundle one.pem' }));
    await expect(refused).rejects.toMatchObject(failure('NotImplemented', 501));
    await expect(refused).rejects.toThrow('GetObjectAcl');
    expect(aws.calls().at(-1)).toMatchObject({
      service: 's3',
      action: 'GetObjectAcl',
      status: 501,
      error: 'NotImplemented',
    });
  });

  it('refuses malformed XML', async () => {
    await bucket();
    const answer = await fetch(`${aws.url}/bundles?versioning`, {
      method: 'PUT',
      body: '<VersioningConfiguration><Status>Enab',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=x/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
      },
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>MalformedXML</Code>');
  });
});
