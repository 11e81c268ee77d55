import { defined, type ObjectLocation, serviceError, TrustloomError } from '@trustloom/core';
import type { Aws, ClientRegion } from '../open-aws.ts';

/** An object as it was read. */
export interface ReadObject {
  readonly bytes: Uint8Array;
  readonly etag?: string;
  /** Absent where the bucket keeps no versions. */
  readonly version?: string;
}

/** How an object is read. */
export interface ReadOptions {
  /** Account that must own the bucket, twelve digits; absent: any. */
  readonly owner?: string;
  /** In bytes. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

const absent = new Set(['NoSuchKey', 'NoSuchBucket', 'NoSuchVersion', 'NotFound']);

/**
 * Reads an object, whichever region its bucket is in.
 *
 * @returns undefined when the bucket, the object or the version is not there
 * @throws TrustloomError `source-too-large`, and what `serviceError` gives
 */
export async function readObject(
  aws: Aws,
  accountRegion: ClientRegion,
  location: ObjectLocation,
  options: ReadOptions,
): Promise<ReadObject | undefined> {
  const found = await readIfChanged(aws, accountRegion, location, options);
  return found === 'unchanged' ? undefined : found;
}

/**
 * Reads an object unless it still has an ETag.
 *
 * @param options.etag what it had before; absent: it is read in any case
 * @returns `unchanged`, or what `readObject` gives
 */
export async function readIfChanged(
  aws: Aws,
  accountRegion: ClientRegion,
  location: ObjectLocation,
  options: ReadOptions & { readonly etag?: string | undefined },
): Promise<ReadObject | 'unchanged' | undefined> {
  try {
    return await readFollowing(aws, accountRegion, location, options);
  } catch (error) {
    if (options.etag !== undefined && statusOf(error) === 304) return 'unchanged';
    if (absent.has(exceptionName(error))) return undefined;
    throw serviceError(error, location.version === undefined ? 's3:GetObject' : 's3:GetObjectVersion');
  }
}

async function readFollowing(
  aws: Aws,
  accountRegion: ClientRegion,
  location: ObjectLocation,
  options: ReadOptions & { readonly etag?: string | undefined },
): Promise<ReadObject> {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const command = () =>
    new GetObjectCommand({
      Bucket: location.bucket,
      Key: location.key,
      ...defined({
        VersionId: location.version,
        ExpectedBucketOwner: options.owner,
        IfNoneMatch: options.etag,
      }),
    });
  const ask = (region: string) =>
    aws
      .client(S3Client, 'S3', { ...accountRegion, region })
      .send(command(), options.signal === undefined ? {} : { abortSignal: options.signal });
  const answer = await ask(accountRegion.region).catch((error: unknown) => {
    const region = otherRegion(error, accountRegion.region);
    if (region === undefined) throw error;
    return ask(region);
  });
  // In Node the body is a stream of buffers; the SDK's type also allows for browsers.
  const body = answer.Body as AsyncIterable<Uint8Array> | undefined;
  const bytes = await collect(body, options.maxBytes, `s3://${location.bucket}/${location.key}`);
  return {
    bytes,
    ...defined({ etag: answer.ETag }),
    ...(answer.VersionId === undefined || answer.VersionId === 'null' ? {} : { version: answer.VersionId }),
  };
}

/**
 * Gathers a body.
 *
 * @param maxBytes where to stop
 * @param what address for the message
 * @throws TrustloomError `source-too-large`
 */
export async function collect(
  body: AsyncIterable<Uint8Array> | undefined,
  maxBytes: number,
  what: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.byteLength;
    if (length > maxBytes) throw tooLarge(what, maxBytes);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, length));
}

/** The error of a source that is larger than it may be. */
export function tooLarge(what: string, maxBytes: number): TrustloomError {
  return new TrustloomError('source-too-large', `${what} is larger than ${maxBytes} bytes; it was not read`, {
    context: { address: what, maxBytes },
  });
}

/** The exception's name as the SDK gives it. */
export function exceptionName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** The region in which S3 says that a bucket is, when it is another than the one asked. */
export function otherRegion(error: unknown, asked: string): string | undefined {
  const response = pick(error, '$response');
  const region = pick(pick(response, 'headers'), 'x-amz-bucket-region') ?? pick(error, 'Region');
  return typeof region === 'string' && region !== '' && region !== asked ? region : undefined;
}

function statusOf(error: unknown): unknown {
  return pick(pick(error, '$metadata'), 'httpStatusCode');
}

function pick(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
