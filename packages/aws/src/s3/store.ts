import { type AccountRegion, serviceError, TrustloomError, type VersionedStore } from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { sourceLimits } from '../sources/limits.ts';
import { bucketName, checkBucket, defaultBucket } from './bucket.ts';
import { exceptionName, readObject } from './read-object.ts';

/** What `createStore` is given. */
export interface StoreOptions {
  readonly accountRegion: AccountRegion;
  /** Whose credentials are used. */
  readonly accountName: string;
  /** Bucket or template; default `trustloom-{account}-{region}`. */
  readonly bucket?: string;
  /** `name` of the definition: the folder of the state. */
  readonly definition: string;
}

/** The state is two small objects; more than this is none of ours. In bytes. */
const maxStateBytes = 16 * 1024 * 1024;

/**
 * The store of the state in S3, by conditional writes: a write goes through only if nobody else
 * wrote in between.
 *
 * Errors: `bucket-missing`, `bucket-unversioned`, `bucket-foreign-owner`, `bucket-region`,
 * `access-denied`, `service-unavailable`.
 *
 * @example
 * const record = openRecord(createStore(aws, { place, accountName: 'apps', definition: 'acme' }), clock)
 */
export function createStore(aws: Aws, options: StoreOptions): VersionedStore {
  const { accountRegion, accountName } = options;
  const bucket = bucketName(options.bucket ?? defaultBucket, accountRegion);
  const keyOf = (key: string) => `${options.definition}/${key}`;
  let checked: Promise<void> | undefined;
  const check = async () => {
    checked ??= checkBucket(aws, accountRegion, accountName, bucket);
    try {
      await checked;
    } catch (error) {
      checked = undefined;
      throw error;
    }
  };

  const get: VersionedStore['get'] = async (key) => {
    await check();
    const found = await readObject(
      aws,
      { account: accountName, region: accountRegion.region },
      { bucket, key: keyOf(key) },
      { owner: accountRegion.account, maxBytes: maxStateBytes },
    );
    if (found === undefined) return undefined;
    if (found.etag === undefined)
      throw new TrustloomError('state-unreadable', `s3://${bucket}/${keyOf(key)}: no ETag in the answer`);
    return { body: new TextDecoder().decode(found.bytes), etag: found.etag };
  };

  const put: VersionedStore['put'] = async (key, body, condition) => {
    await check();
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const input = {
      Bucket: bucket,
      Key: keyOf(key),
      Body: body,
      ContentType: 'application/json',
      ChecksumAlgorithm: 'SHA256' as const,
      ExpectedBucketOwner: accountRegion.account,
      ...('ifMatch' in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: condition.ifNoneMatch }),
    };
    try {
      const client = aws.client(S3Client, 'S3', { account: accountName, region: accountRegion.region });
      const { ETag } = await client.send(new PutObjectCommand(input));
      if (ETag !== undefined) return { etag: ETag };
    } catch (error) {
      if (lost.has(exceptionName(error))) return 'conflict';
      const seen = serviceError(error, `s3:PutObject s3://${bucket}/${keyOf(key)}`);
      if (seen.kind !== 'transient') throw seen;
      // The answer was lost, perhaps not the write: what lies there now tells.
      const now = await get(key);
      if (now?.body === body) return { etag: now.etag };
      throw seen;
    }
    throw new TrustloomError('service-refused', `s3://${bucket}/${keyOf(key)}: no ETag in the answer`);
  };

  const getBlob: VersionedStore['getBlob'] = async (key) => {
    await check();
    const found = await readObject(
      aws,
      { account: accountName, region: accountRegion.region },
      { bucket, key: keyOf(key) },
      { owner: accountRegion.account, maxBytes: sourceLimits.crl },
    );
    return found?.bytes;
  };

  const putBlob: VersionedStore['putBlob'] = async (key, bytes) => {
    await check();
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const client = aws.client(S3Client, 'S3', { account: accountName, region: accountRegion.region });
    const input = {
      Bucket: bucket,
      Key: keyOf(key),
      Body: bytes,
      ContentType: 'application/octet-stream',
      ChecksumAlgorithm: 'SHA256' as const,
      ExpectedBucketOwner: accountRegion.account,
    };
    await client.send(new PutObjectCommand(input)).catch((error: unknown) => {
      throw serviceError(error, `s3:PutObject s3://${bucket}/${keyOf(key)}`);
    });
  };

  return Object.freeze({ get, put, getBlob, putBlob });
}

/**
 * Somebody was faster (S3 user guide, "Conditional writes", 2026-11): the object is another, is
 * being written, or is gone.
 */
const lost: ReadonlySet<string> = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);
