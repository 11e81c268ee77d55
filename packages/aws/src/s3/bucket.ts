import { defined, type Place, serviceError, TrustloomError } from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { exceptionName, otherRegion } from './read-object.ts';

/** Name of the bucket for artifacts and the record, where a definition gives none. */
export const defaultBucket = 'trustloom-{account}-{region}';

/** Puts account and region into a bucket's name: `{account}` and `{region}` are the only placeholders. */
export function bucketName(template: string, place: Place): string {
  return template.replaceAll('{account}', place.account).replaceAll('{region}', place.region);
}

/**
 * Makes sure that a bucket exists, belongs to the account of `place`, lies in its region and keeps versions.
 *
 * @param accountName whose credentials are used
 * @throws TrustloomError `bucket-missing`, `bucket-unversioned`, `bucket-foreign-owner`, `bucket-region`, `access-denied`
 */
export async function checkBucket(
  aws: Aws,
  place: Place,
  accountName: string,
  bucket: string,
): Promise<void> {
  const status = await versioning(aws, place, accountName, bucket, place.account).catch((error: unknown) =>
    explain(error, aws, place, accountName, bucket),
  );
  if (status !== 'Enabled')
    throw new TrustloomError(
      'bucket-unversioned',
      `bucket ${bucket} keeps no versions. Switch them on:\n  ${versioningCommand(bucket, place.region)}`,
      { context: { bucket, ...place } },
    );
}

async function versioning(
  aws: Aws,
  place: Place,
  account: string,
  bucket: string,
  owner: string | undefined,
): Promise<string | undefined> {
  const { GetBucketVersioningCommand, S3Client } = await import('@aws-sdk/client-s3');
  const input = { Bucket: bucket, ...defined({ ExpectedBucketOwner: owner }) };
  const answer = await aws
    .client(S3Client, 'S3', { account, region: place.region })
    .send(new GetBucketVersioningCommand(input));
  return answer.Status;
}

async function explain(
  error: unknown,
  aws: Aws,
  place: Place,
  accountName: string,
  bucket: string,
): Promise<never> {
  const context = { context: { bucket, ...place } };
  if (exceptionName(error) === 'NoSuchBucket')
    throw new TrustloomError(
      'bucket-missing',
      `bucket ${bucket} does not exist. Make it:\n  ${createCommand(bucket, place.region)}\n  ${versioningCommand(bucket, place.region)}`,
      context,
    );
  const region = otherRegion(error, place.region);
  if (region !== undefined)
    throw new TrustloomError(
      'bucket-region',
      `bucket ${bucket} lies in ${region}, but what reads from it is in ${place.region}`,
      context,
    );
  const denied = serviceError(error, `s3:GetBucketVersioning ${bucket}`);
  if (denied.code === 'access-denied' && (await belongsToOthers(aws, place, accountName, bucket)))
    throw new TrustloomError(
      'bucket-foreign-owner',
      `bucket ${bucket} does not belong to account ${place.account}`,
      context,
    );
  throw denied;
}

/** After a refusal: is it the owner, or a permission that is missing? Unknown counts as a permission. */
async function belongsToOthers(aws: Aws, place: Place, account: string, bucket: string): Promise<boolean> {
  try {
    // The refusal was for the owner that we named, if it goes away without.
    await versioning(aws, place, account, bucket, undefined);
    return true;
  } catch {
    const { ListBucketsCommand, S3Client } = await import('@aws-sdk/client-s3');
    const own = await aws
      .client(S3Client, 'S3', { account, region: place.region })
      .send(new ListBucketsCommand({ Prefix: bucket }))
      .catch(() => undefined);
    return own !== undefined && !(own.Buckets ?? []).some((one) => one.Name === bucket);
  }
}

function createCommand(bucket: string, region: string): string {
  const where = region === 'us-east-1' ? '' : ` --create-bucket-configuration LocationConstraint=${region}`;
  return `aws s3api create-bucket --bucket ${bucket} --region ${region}${where}`;
}

function versioningCommand(bucket: string, region: string): string {
  return `aws s3api put-bucket-versioning --bucket ${bucket} --region ${region} --versioning-configuration Status=Enabled`;
}
