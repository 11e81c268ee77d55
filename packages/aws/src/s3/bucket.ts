import { type AccountRegion, defined, serviceError, TrustloomError } from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { exceptionName, otherRegion } from './read-object.ts';

/** Name of the bucket for artifacts and the state, where a definition gives none. */
export const defaultBucket = 'trustloom-{account}-{region}';

/**
 * Puts account and region into a bucket's name: `{account}` and `{region}` are the only
 * placeholders.
 */
export function bucketName(template: string, accountRegion: AccountRegion): string {
  return template.replaceAll('{account}', accountRegion.account).replaceAll('{region}', accountRegion.region);
}

/**
 * Makes sure that a bucket exists, belongs to the account of `place`, lies in its region and keeps
 * versions.
 *
 * @param accountName whose credentials are used
 * @throws TrustloomError `bucket-missing`, `bucket-unversioned`, `bucket-foreign-owner`,
 *   `bucket-region`, `access-denied`
 */
export async function checkBucket(
  aws: Aws,
  accountRegion: AccountRegion,
  accountName: string,
  bucket: string,
): Promise<void> {
  const status = await versioning(aws, accountRegion, accountName, bucket, accountRegion.account).catch(
    (error: unknown) => explain(error, aws, accountRegion, accountName, bucket),
  );
  if (status !== 'Enabled')
    throw new TrustloomError(
      'bucket-unversioned',
      `bucket ${bucket} keeps no versions. Switch them on:\n  ${versioningCommand(bucket, accountRegion.region)}`,
      { context: { bucket, ...accountRegion } },
    );
}

async function versioning(
  aws: Aws,
  accountRegion: AccountRegion,
  account: string,
  bucket: string,
  owner: string | undefined,
): Promise<string | undefined> {
  const { GetBucketVersioningCommand, S3Client } = await import('@aws-sdk/client-s3');
  const input = { Bucket: bucket, ...defined({ ExpectedBucketOwner: owner }) };
  const answer = await aws
    .client(S3Client, 'S3', { account, region: accountRegion.region })
    .send(new GetBucketVersioningCommand(input));
  return answer.Status;
}

async function explain(
  error: unknown,
  aws: Aws,
  accountRegion: AccountRegion,
  accountName: string,
  bucket: string,
): Promise<never> {
  const context = { context: { bucket, ...accountRegion } };
  if (exceptionName(error) === 'NoSuchBucket')
    throw new TrustloomError(
      'bucket-missing',
      `bucket ${bucket} does not exist. Make it:\n  ${createCommand(bucket, accountRegion.region)}\n  ${versioningCommand(bucket, accountRegion.region)}`,
      context,
    );
  const region = otherRegion(error, accountRegion.region);
  if (region !== undefined)
    throw new TrustloomError(
      'bucket-region',
      `bucket ${bucket} lies in ${region}, but what reads from it is in ${accountRegion.region}`,
      context,
    );
  const denied = serviceError(error, `s3:GetBucketVersioning ${bucket}`);
  if (denied.code === 'access-denied' && (await belongsToOthers(aws, accountRegion, accountName, bucket)))
    throw new TrustloomError(
      'bucket-foreign-owner',
      `bucket ${bucket} does not belong to account ${accountRegion.account}`,
      context,
    );
  throw denied;
}

/**
 * After a refusal: is it the owner, or a permission that is missing? Unknown counts as a
 * permission.
 */
async function belongsToOthers(
  aws: Aws,
  accountRegion: AccountRegion,
  account: string,
  bucket: string,
): Promise<boolean> {
  try {
    // The refusal was for the owner that we named, if it goes away without.
    await versioning(aws, accountRegion, account, bucket, undefined);
    return true;
  } catch {
    const { ListBucketsCommand, S3Client } = await import('@aws-sdk/client-s3');
    const own = await aws
      .client(S3Client, 'S3', { account, region: accountRegion.region })
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
