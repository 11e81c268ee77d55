import {
  type AccountRegion,
  type Artifact,
  type ObjectLocation,
  serviceError,
  sha256Hex,
  TrustloomError,
  type Uploads,
} from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { sourceLimits } from '../sources/limits.ts';
import { bucketName, checkBucket, defaultBucket } from './bucket.ts';
import { createOwnFiles } from './own-files.ts';
import { exceptionName, readObject } from './read-object.ts';

/** What `createUploads` is given. */
export interface UploadOptions {
  /** `name` of the definition: the folder of everything that is put. */
  readonly definition: string;
  /** Default `trustloom-{account}-{region}`. */
  readonly bucketTemplate?: string;
}

/**
 * Puts artifacts where services fetch them: one bucket per account and region,
 * `<definition>/<kind>s/<sha256>.<ending>`, with a SHA-256 checksum, in the version that is given
 * back. What already lies under the name is used only if it hashes to the name. Every call names
 * the account that must own the bucket.
 *
 * Errors: `bucket-missing`, `bucket-unversioned`, `bucket-foreign-owner`, `bucket-region`,
 * `access-denied`, `service-unavailable`.
 *
 * @example
 * const uploads = createUploads(aws, { definition: 'acme' })
 * const { bucket, key, version } = await uploads.put(place, 'apps', artifact)
 */
export function createUploads(aws: Aws, options: UploadOptions): Uploads {
  const template = options.bucketTemplate ?? defaultBucket;
  const checked = new Map<string, Promise<void>>();
  const check = async (accountRegion: AccountRegion, accountName: string, bucket: string) => {
    const running = checked.get(bucket) ?? checkBucket(aws, accountRegion, accountName, bucket);
    checked.set(bucket, running);
    try {
      await running;
    } catch (error) {
      checked.delete(bucket);
      throw error;
    }
  };
  /** Targets that want the same file at the same time get one version of it. */
  const uploading = new Map<string, Promise<string>>();
  const uploadOnce = (target: Target, artifact: Artifact): Promise<string> => {
    const name = `${target.bucket}/${target.key}`;
    const running =
      uploading.get(name) ??
      goodVersion(target, artifact)
        .then((version) => version ?? write(target, artifact))
        .finally(() => uploading.delete(name));
    uploading.set(name, running);
    return running;
  };
  return Object.freeze({
    async put(accountRegion: AccountRegion, accountName: string, artifact: Artifact) {
      if (sha256Hex(artifact.body) !== artifact.sha256)
        throw new TrustloomError(
          'contract-broken',
          `an artifact named ${artifact.sha256} does not hash to its name`,
        );
      const bucket = bucketName(template, accountRegion);
      const key = `${options.definition}/${forms[artifact.kind].folder}/${artifact.sha256}.${forms[artifact.kind].ending}`;
      await check(accountRegion, accountName, bucket);
      const version = await uploadOnce({ aws, accountRegion, accountName, bucket, key }, artifact);
      return Object.freeze({ bucket, key, version });
    },
    async read(accountRegion: AccountRegion, accountName: string, location: ObjectLocation) {
      // Somebody else's bucket may be named at a service, for example for the bundle in force; ours
      // must be ours.
      const inOwnBucket = location.bucket === bucketName(template, accountRegion);
      const found = await readObject(aws, { account: accountName, region: accountRegion.region }, location, {
        maxBytes: sourceLimits.crl,
        ...(inOwnBucket ? { owner: accountRegion.account } : {}),
      });
      return found?.bytes;
    },
    files: (accountRegion: AccountRegion, accountName: string) =>
      createOwnFiles(aws, {
        accountRegion,
        accountName,
        bucket: bucketName(template, accountRegion),
        definition: options.definition,
      }),
  } satisfies Uploads);
}

interface Target {
  readonly aws: Aws;
  readonly accountRegion: AccountRegion;
  readonly accountName: string;
  readonly bucket: string;
  readonly key: string;
}

/** The newest version under the name, if its bytes are those of the artifact. */
async function goodVersion(target: Target, artifact: Artifact): Promise<string | undefined> {
  const { aws, accountRegion, accountName, bucket, key } = target;
  const { HeadObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const where = { account: accountName, region: accountRegion.region };
  const head = await aws
    .client(S3Client, 'S3', where)
    .send(
      new HeadObjectCommand({
        Bucket: bucket,
        Key: key,
        ChecksumMode: 'ENABLED',
        ExpectedBucketOwner: accountRegion.account,
      }),
    )
    .catch((error: unknown) => {
      const seen = serviceError(error, 's3:GetObject');
      // Without s3:ListBucket, S3 answers 403 for what is not there; the write then tells.
      if (exceptionName(error) === 'NotFound' || seen.context.status === 404) return undefined;
      if (seen.code === 'access-denied') return undefined;
      throw seen;
    });
  const version = head?.VersionId;
  if (head === undefined || version === undefined || version === 'null') return undefined;
  if (head.ContentType !== forms[artifact.kind].contentType) return undefined;
  if (head.ChecksumSHA256 !== undefined)
    return head.ChecksumSHA256 === base64(artifact.sha256) ? version : undefined;
  const found = await readObject(
    aws,
    where,
    { bucket, key, version },
    { owner: accountRegion.account, maxBytes: sourceLimits.crl },
  );
  return found !== undefined && sha256Hex(found.bytes) === artifact.sha256 ? version : undefined;
}

/** CloudFront takes bundles only as `text/plain`. */
const forms = {
  bundle: { folder: 'bundles', ending: 'pem', contentType: 'text/plain' },
  crl: { folder: 'crls', ending: 'pem', contentType: 'text/plain' },
  set: { folder: 'sets', ending: 'bin', contentType: 'application/octet-stream' },
  entries: { folder: 'entries', ending: 'json', contentType: 'application/json' },
} as const;

async function write(target: Target, artifact: Artifact): Promise<string> {
  const { aws, accountRegion, accountName, bucket, key } = target;
  const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const answer = await aws
    .client(S3Client, 'S3', { account: accountName, region: accountRegion.region })
    .send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: artifact.body,
        ContentType: forms[artifact.kind].contentType,
        ChecksumSHA256: base64(artifact.sha256),
        ExpectedBucketOwner: accountRegion.account,
      }),
    )
    .catch((error: unknown) => {
      throw serviceError(error, `s3:PutObject s3://${bucket}/${key}`);
    });
  if (answer.VersionId !== undefined && answer.VersionId !== 'null') return answer.VersionId;
  throw new TrustloomError('bucket-unversioned', `bucket ${bucket} kept no version of what was put into it`);
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
