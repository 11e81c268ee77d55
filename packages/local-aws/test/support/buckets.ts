import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Makes a bucket in the region of the client, and puts files into it by their keys. */
export async function makeBucket(
  s3: S3Client,
  Bucket: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<void> {
  const region = await s3.config.region();
  const elsewhere = { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } };
  await s3.send(new CreateBucketCommand({ Bucket, ...(region === 'us-east-1' ? {} : elsewhere) }));
  for (const [Key, Body] of Object.entries(files)) await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** One that keeps every version of a file. */
export async function makeVersionedBucket(s3: S3Client, Bucket: string): Promise<void> {
  await makeBucket(s3, Bucket);
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
}
