import type { Context } from '../service.ts';
import { ServiceError } from '../service.ts';
import { allowed } from './policy.ts';
import { accessDenied, type Bucket, type Buckets, noSuchBucket } from './state.ts';

interface Where {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

/**
 * The bucket of a request, if it exists, lies in the region that was asked, belongs to the expected
 * owner, and the caller may do `action` with it (with `key` in it, where given).
 */
export function open(buckets: Buckets, where: Where, ctx: Context, action: string, key?: string): Bucket {
  const bucket = buckets.get(where.Bucket);
  if (!bucket) throw noSuchBucket(where.Bucket);
  if (bucket.region !== ctx.region && action !== 's3:GetBucketLocation') throw elsewhere(bucket);
  if (where.ExpectedBucketOwner !== undefined && where.ExpectedBucketOwner !== bucket.account)
    throw accessDenied();
  if (!may(bucket, ctx, action, key)) throw accessDenied();
  return bucket;
}

/** Whether the caller may do `action`. */
export function may(bucket: Bucket, ctx: Context, action: string, key?: string): boolean {
  const resource = `arn:aws:s3:::${bucket.name}${key === undefined ? '' : `/${key}`}`;
  return allowed(bucket, ctx.caller, { action, resource });
}

/**
 * S3 answers at the wrong region's endpoint with the right one; the region also stands in a header.
 */
function elsewhere(bucket: Bucket): ServiceError {
  return new ServiceError(
    'PermanentRedirect',
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
    { 'x-amz-bucket-region': bucket.region },
  );
}
