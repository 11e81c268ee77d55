import type { WireRequest } from '../services/service.ts';

/** IAM's prefix of a service's actions, by signing name. */
const PREFIX: Readonly<Record<string, string>> = {
  'cloudfront-keyvaluestore': 'cloudfront-keyvaluestore',
};

/**
 * S3 names its permissions after what is touched, not after operations (S3 user guide, Actions;
 * checked 2026-11).
 */
const S3: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListBuckets: 'ListAllMyBuckets',
  DeleteObjects: 'DeleteObject',
  GetBucketTagging: 'GetBucketTagging',
};

/**
 * The IAM action that a request needs (Service Authorization Reference). API Gateway's are HTTP
 * methods.
 */
export function iamAction(service: string, operation: string, request: WireRequest): string {
  if (service === 'apigateway') return `apigateway:${request.method}`;
  if (service === 's3') {
    const name = S3[operation] ?? operation;
    return name === 'GetObject' && request.query.has('versionId') ? 's3:GetObjectVersion' : `s3:${name}`;
  }
  return `${PREFIX[service] ?? service}:${operation}`;
}

/** Whether a list of actions, with `*` and `?`, names an action. IAM compares without case. */
export function isAllowed(allowed: readonly string[], action: string): boolean {
  return allowed.some((pattern) => {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`, 'i').test(action);
  });
}
