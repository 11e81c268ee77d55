import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { LocalAws } from '@trustloom/local-aws';

/** Where things are made on a local AWS. */
export interface Where {
  readonly local: Pick<LocalAws, 'clientConfig'>;
  /** Twelve digits; default `222222222222`, the account of the applications. */
  readonly account?: string;
  /** Default `eu-west-1`. */
  readonly region?: string;
}

/** The same with the defaults filled in. */
export interface Spot {
  readonly local: Pick<LocalAws, 'clientConfig'>;
  readonly account: string;
  readonly region: string;
}

export function spot(where: Where): Spot {
  return {
    local: where.local,
    account: where.account ?? '222222222222',
    region: where.region ?? 'eu-west-1',
  };
}

/** Settings of an SDK client for a place of the local AWS. */
export function clientConfig({ local, account, region }: Spot, service: string) {
  return local.clientConfig(service, { account, region });
}

/**
 * Makes a versioned bucket.
 *
 * @param name default `trustloom-<account>-<region>`, where artifacts and the state go
 * @returns an S3 client of that place, and the bucket's name
 */
export async function makeBucket(
  where: Where,
  name?: string,
): Promise<{ readonly s3: S3Client; readonly bucket: string }> {
  const at = spot(where);
  const s3 = new S3Client({ ...clientConfig(at, 's3'), forcePathStyle: true });
  const bucket = name ?? `trustloom-${at.account}-${at.region}`;
  const constraint = at.region as BucketLocationConstraint;
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ...(at.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: constraint } }),
    }),
  );
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  return { s3, bucket };
}

/** What a call must give back; the SDK types it as optional. */
export function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`the local AWS gave no ${what}`);
  return value;
}
