import type * as S3 from '@aws-sdk/client-s3';
import type { Operation } from '../service.ts';

/** A body as bytes: this emulator does not stream. */
type WithBody<T> = Omit<T, 'Body'> & { Body?: Uint8Array | undefined };

/** The S3 operations that are emulated; every other one answers 501 with its name. */
export interface S3Model {
  CreateBucket: Operation<S3.CreateBucketCommandInput, S3.CreateBucketCommandOutput>;
  DeleteBucket: Operation<S3.DeleteBucketCommandInput, S3.DeleteBucketCommandOutput>;
  DeleteBucketPolicy: Operation<S3.DeleteBucketPolicyCommandInput, S3.DeleteBucketPolicyCommandOutput>;
  DeleteBucketTagging: Operation<S3.DeleteBucketTaggingCommandInput, S3.DeleteBucketTaggingCommandOutput>;
  DeleteObject: Operation<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput>;
  DeleteObjects: Operation<S3.DeleteObjectsCommandInput, S3.DeleteObjectsCommandOutput>;
  DeleteObjectTagging: Operation<S3.DeleteObjectTaggingCommandInput, S3.DeleteObjectTaggingCommandOutput>;
  GetBucketLocation: Operation<S3.GetBucketLocationCommandInput, S3.GetBucketLocationCommandOutput>;
  GetBucketPolicy: Operation<S3.GetBucketPolicyCommandInput, S3.GetBucketPolicyCommandOutput>;
  GetBucketTagging: Operation<S3.GetBucketTaggingCommandInput, S3.GetBucketTaggingCommandOutput>;
  GetBucketVersioning: Operation<S3.GetBucketVersioningCommandInput, S3.GetBucketVersioningCommandOutput>;
  GetObject: Operation<S3.GetObjectCommandInput, WithBody<S3.GetObjectCommandOutput>>;
  GetObjectTagging: Operation<S3.GetObjectTaggingCommandInput, S3.GetObjectTaggingCommandOutput>;
  HeadBucket: Operation<S3.HeadBucketCommandInput, S3.HeadBucketCommandOutput>;
  HeadObject: Operation<S3.HeadObjectCommandInput, S3.HeadObjectCommandOutput>;
  ListBuckets: Operation<S3.ListBucketsCommandInput, S3.ListBucketsCommandOutput>;
  ListObjects: Operation<S3.ListObjectsCommandInput, S3.ListObjectsCommandOutput>;
  ListObjectsV2: Operation<S3.ListObjectsV2CommandInput, S3.ListObjectsV2CommandOutput>;
  ListObjectVersions: Operation<S3.ListObjectVersionsCommandInput, S3.ListObjectVersionsCommandOutput>;
  PutBucketPolicy: Operation<S3.PutBucketPolicyCommandInput, S3.PutBucketPolicyCommandOutput>;
  PutBucketTagging: Operation<S3.PutBucketTaggingCommandInput, S3.PutBucketTaggingCommandOutput>;
  PutBucketVersioning: Operation<S3.PutBucketVersioningCommandInput, S3.PutBucketVersioningCommandOutput>;
  PutObject: Operation<WithBody<S3.PutObjectCommandInput>, S3.PutObjectCommandOutput>;
  PutObjectTagging: Operation<S3.PutObjectTaggingCommandInput, S3.PutObjectTaggingCommandOutput>;
}
