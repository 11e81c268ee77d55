import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import { open } from './access.ts';
import type { S3Model } from './model.ts';
import { checkPolicy } from './policy.ts';
import type { Buckets } from './state.ts';

/**
 * Bucket names: 3 to 63 lower-case letters, digits, dots and hyphens (S3 user guide, bucket naming
 * rules).
 */
const NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** S3 user guide, bucket tagging. */
const MAX_TAGS = 50;

type BucketOperations = Pick<
  Operations<S3Model>,
  | 'CreateBucket'
  | 'DeleteBucket'
  | 'DeleteBucketPolicy'
  | 'DeleteBucketTagging'
  | 'GetBucketLocation'
  | 'GetBucketPolicy'
  | 'GetBucketTagging'
  | 'GetBucketVersioning'
  | 'HeadBucket'
  | 'ListBuckets'
  | 'PutBucketPolicy'
  | 'PutBucketTagging'
  | 'PutBucketVersioning'
>;

/** What concerns a bucket as a whole. */
export function bucketOperations(buckets: Buckets): BucketOperations {
  return {
    CreateBucket(input, ctx) {
      const constraint = input.CreateBucketConfiguration?.LocationConstraint;
      if (!NAME.test(input.Bucket))
        throw new ServiceError('InvalidBucketName', 400, 'The specified bucket is not valid.');
      if ((constraint ?? 'us-east-1') !== ctx.region) {
        throw new ServiceError(
          'IllegalLocationConstraintException',
          400,
          `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
        );
      }
      const existing = buckets.get(input.Bucket);
      if (existing && existing.account !== ctx.account) {
        throw new ServiceError(
          'BucketAlreadyExists',
          409,
          'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
        );
      }
      if (existing && ctx.region !== 'us-east-1') {
        throw new ServiceError(
          'BucketAlreadyOwnedByYou',
          409,
          'Your previous request to create the named bucket succeeded and you already own it.',
        );
      }
      if (!existing) {
        buckets.set(input.Bucket, {
          name: input.Bucket,
          account: ctx.account,
          region: ctx.region,
          created: ctx.now,
          versioning: undefined,
          policy: undefined,
          tags: undefined,
          objects: new Map(),
        });
      }
      return { Location: `/${input.Bucket}` };
    },
    DeleteBucket(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:DeleteBucket');
      if (bucket.objects.size > 0) {
        throw new ServiceError('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty');
      }
      buckets.delete(bucket.name);
      return {};
    },
    HeadBucket(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:ListBucket');
      return { BucketRegion: bucket.region, AccessPointAlias: false };
    },
    ListBuckets(_input, ctx) {
      const own = [...buckets.values()].filter(
        (bucket) => bucket.account === ctx.account && !ctx.caller.anonymous,
      );
      return {
        Buckets: own
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map((bucket) => ({
            Name: bucket.name,
            CreationDate: new Date(bucket.created),
            BucketRegion: bucket.region,
          })),
        Owner: { ID: ctx.account },
      };
    },
    GetBucketLocation(input, ctx) {
      const { region } = open(buckets, input, ctx, 's3:GetBucketLocation');
      const text = region === 'us-east-1' ? '' : region;
      ctx.answer.headers['content-type'] = 'application/xml';
      ctx.answer.body = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`;
      return {};
    },
    GetBucketVersioning(input, ctx) {
      const { versioning } = open(buckets, input, ctx, 's3:GetBucketVersioning');
      return versioning === undefined ? {} : { Status: versioning };
    },
    PutBucketVersioning(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:PutBucketVersioning');
      const { Status, MFADelete } = input.VersioningConfiguration;
      if (MFADelete === 'Enabled')
        throw new ServiceError('NotImplemented', 501, 'The local AWS does not emulate MFA delete.');
      if (Status !== 'Enabled' && Status !== 'Suspended') {
        throw new ServiceError(
          'IllegalVersioningConfigurationException',
          400,
          'The Versioning element must be specified',
        );
      }
      bucket.versioning = Status;
      return {};
    },
    GetBucketPolicy(input, ctx) {
      const { policy } = open(buckets, input, ctx, 's3:GetBucketPolicy');
      if (policy === undefined)
        throw new ServiceError('NoSuchBucketPolicy', 404, 'The bucket policy does not exist');
      ctx.answer.headers['content-type'] = 'application/json';
      return { Policy: policy };
    },
    PutBucketPolicy(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:PutBucketPolicy');
      checkPolicy(input.Policy);
      bucket.policy = input.Policy;
      ctx.answer.status = 204;
      return {};
    },
    DeleteBucketPolicy(input, ctx) {
      open(buckets, input, ctx, 's3:DeleteBucketPolicy').policy = undefined;
      return {};
    },
    GetBucketTagging(input, ctx) {
      const { tags } = open(buckets, input, ctx, 's3:GetBucketTagging');
      if (tags === undefined) throw new ServiceError('NoSuchTagSet', 404, 'The TagSet does not exist');
      return { TagSet: [...tags] };
    },
    PutBucketTagging(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:PutBucketTagging');
      const tags = input.Tagging.TagSet;
      const keys = new Set(tags.map((tag) => tag.Key));
      if (keys.size < tags.length) {
        throw new ServiceError('InvalidTag', 400, 'Cannot provide multiple Tags with the same key');
      }
      if (tags.length > MAX_TAGS)
        throw new ServiceError('BadRequest', 400, 'Bucket tag count cannot be greater than 50');
      bucket.tags = tags;
      ctx.answer.status = 204;
      return {};
    },
    DeleteBucketTagging(input, ctx) {
      open(buckets, input, ctx, 's3:PutBucketTagging').tags = undefined;
      return {};
    },
  };
}
