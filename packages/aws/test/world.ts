import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import { type Aws, type AwsOptions, openAws } from '../src/index.ts';

/** The account of the CA, and that of the applications. */
export const ca = '111111111111';
export const apps = '222222222222';
export const accountRegion = { account: apps, region: 'eu-west-1' } as const;

/** Opens our AWS on a local one, with the keys of the applications' account. */
export function openLocal(local: LocalAws, more: Partial<AwsOptions> = {}): Aws {
  const { credentials } = local.clientConfig('s3', { account: apps });
  return openAws({
    env: {
      ...local.env,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    accounts: [
      { name: 'apps', id: apps },
      { name: 'ca', id: ca, assumeRole: `arn:aws:iam::${ca}:role/trustloom-read` },
    ],
    version: '0.0.0',
    random: () => 0,
    ...more,
  });
}

/** A plain SDK client of the local AWS, as an operator would use it. */
function operator(local: LocalAws, account: string, region: string): S3Client {
  return new S3Client({ ...local.clientConfig('s3', { account, region }), forcePathStyle: true });
}

export async function makeBucket(
  local: LocalAws,
  name: string,
  where: { account: string; region: string; versioned?: boolean },
): Promise<S3Client> {
  const s3 = operator(local, where.account, where.region);
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      ...(where.region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: where.region as 'eu-west-1' } }),
    }),
  );
  if (where.versioned ?? true)
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  return s3;
}

export async function putText(s3: S3Client, bucket: string, key: string, body: string) {
  return s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/** Lets everybody do everything with a bucket, as somebody who squats a name would. */
export async function openToAll(s3: S3Client, bucket: string): Promise<void> {
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:*' };
  const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: resources }] }),
    }),
  );
}

export { startLocalAws };
