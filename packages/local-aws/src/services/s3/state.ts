import { createHash } from 'node:crypto';
import type { Tag } from '@aws-sdk/client-s3';
import { ServiceError } from '../service.ts';

/** One version of an object, or a delete marker. */
export interface ObjectVersion {
  /** `null` while the bucket is not versioned. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Uint8Array;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly headers: Readonly<{
    ContentType?: string | undefined;
    ContentEncoding?: string | undefined;
    ContentDisposition?: string | undefined;
    ContentLanguage?: string | undefined;
    CacheControl?: string | undefined;
  }>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Base64, by algorithm. */
  readonly checksums: Readonly<Partial<Record<'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256', string>>>;
  readonly tags: readonly Tag[];
}

/** A bucket. Its objects are lists of versions, newest last. */
export interface Bucket {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly created: number;
  versioning: 'Enabled' | 'Suspended' | undefined;
  policy: string | undefined;
  tags: readonly Tag[] | undefined;
  readonly objects: Map<string, readonly ObjectVersion[]>;
}

/** All buckets: their names are global. */
export type Buckets = Map<string, Bucket>;

export const md5 = (body: Uint8Array): string => createHash('md5').update(body).digest('hex');

/** The newest version, unless it is a delete marker. */
export function current(bucket: Bucket, key: string): ObjectVersion | undefined {
  const newest = bucket.objects.get(key)?.at(-1);
  return newest?.deleteMarker ? undefined : newest;
}

/**
 * Puts a version in front; without versioning, and while it is suspended, the `null` version is
 * replaced.
 */
export function addVersion(bucket: Bucket, key: string, version: ObjectVersion): void {
  const old = bucket.objects.get(key) ?? [];
  const kept = version.versionId === 'null' ? old.filter((one) => one.versionId !== 'null') : old;
  bucket.objects.set(key, [...kept, version]);
}

/** Takes one version away for good. */
export function removeVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  const versions = bucket.objects.get(key) ?? [];
  const gone = versions.find((one) => one.versionId === versionId);
  const left = versions.filter((one) => one !== gone);
  if (left.length === 0) bucket.objects.delete(key);
  else bucket.objects.set(key, left);
  return gone;
}

export const noSuchBucket = (name: string): ServiceError =>
  new ServiceError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name });

export const accessDenied = (): ServiceError => new ServiceError('AccessDenied', 403, 'Access Denied');
