import { ServiceError, type WireRequest } from '../services/service.ts';

/**
 * Hosts that carry the bucket in front: `bucket.s3.…`, `bucket.s3-region.…` and `bucket.localhost`.
 */
const VIRTUAL = /^(?<bucket>.+)\.(?:s3[.-].*|localhost)$/;

/**
 * Takes the bucket off an S3 request: from the host (virtual-hosted style), else from the first
 * part of the path. The schemas have it in no path template.
 */
export function takeBucket(request: WireRequest): { path: string; bucket: string | undefined } {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const virtual = VIRTUAL.exec(host)?.groups?.bucket;
  if (virtual !== undefined && virtual !== 's3') return { path: request.path, bucket: virtual };
  const [, bucket = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(request.path) ?? [];
  if (bucket === '' && rest !== '')
    throw new ServiceError('InvalidBucketName', 400, 'The specified bucket is not valid.');
  if (bucket === '') return { path: '/', bucket: undefined };
  return { path: rest === '' ? '/' : rest, bucket: decodeURIComponent(bucket) };
}
