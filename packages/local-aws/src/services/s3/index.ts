import type { Keeper } from '../../persist/persist.ts';
import { schemaService } from '../../wire/schema-service.ts';
import type { ObjectRead, Objects } from '../../world.ts';
import type { Service } from '../service.ts';
import { bucketOperations } from './buckets.ts';
import { listingOperations } from './listings.ts';
import type { S3Model } from './model.ts';
import { objectOperations } from './objects.ts';
import { allowed } from './policy.ts';
import type { Bucket, Buckets } from './state.ts';

export type { Bucket, ObjectVersion } from './state.ts';

/** S3, its raw state, and S3 as the other services read it. */
export interface S3 {
  readonly service: Service;
  readonly keeper: Keeper;
  readonly objects: Objects;
  state(): readonly Bucket[];
}

/**
 * S3: versioned buckets, conditional writes, checksums, tags, bucket policies. Bodies are kept byte
 * for byte. Objects are strongly consistent, as S3's are.
 */
export function createS3(): S3 {
  const buckets: Buckets = new Map();
  const service = schemaService<S3Model>({
    title: 'S3',
    names: ['s3'],
    protocol: 's3',
    load: () => import('@aws-sdk/client-s3'),
    operations: { ...bucketOperations(buckets), ...objectOperations(buckets), ...listingOperations(buckets) },
    xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
    malformed: { code: 'MalformedXML', status: 400 },
    reset: () => buckets.clear(),
  });
  const keeper: Keeper = {
    name: 's3',
    save: () => buckets,
    async load(saved) {
      if (saved instanceof Map) for (const [name, bucket] of saved) buckets.set(name, bucket);
    },
  };
  return Object.freeze({ service, keeper, objects: reader(buckets), state: () => [...buckets.values()] });
}

/**
 * A read with the caller's permission, as CloudFront, ELB and API Gateway do it when they take a
 * bundle.
 */
function reader(buckets: Buckets): Objects {
  return Object.freeze({
    read({ bucket: name, key, version }, caller): ObjectRead {
      const bucket = buckets.get(name);
      if (!bucket) return { ok: false, why: 'no-bucket' };
      const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
      if (!allowed(bucket, caller, { action, resource: `arn:aws:s3:::${name}/${key}` }))
        return { ok: false, why: 'denied' };
      const versions = bucket.objects.get(key) ?? [];
      const found =
        version === undefined ? versions.at(-1) : versions.find((one) => one.versionId === version);
      if (!found || found.deleteMarker)
        return { ok: false, why: version === undefined ? 'no-object' : 'no-version' };
      return { ok: true, body: found.body, versionId: found.versionId, region: bucket.region };
    },
  } satisfies Objects);
}
