import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type AuthorizerEvent, type AuthorizerOptions, createAuthorizer } from './authorizer.ts';
import type { Objects } from './latest.ts';

export {
  type AuthorizerEvent,
  type AuthorizerOptions,
  createAuthorizer,
  type EventIdentity,
} from './authorizer.ts';
export type { Reason } from './decide.ts';
export type { Objects, StoredObject } from './latest.ts';

let made: ReturnType<typeof createAuthorizer> | undefined;

/**
 * The authorizer as a Lambda function of its own, set up by environment variables (`settingsFrom`).
 * It keeps what it read for as long as Lambda keeps the process.
 */
export async function handler(event: AuthorizerEvent): Promise<unknown> {
  made ??= createAuthorizer(settingsFrom(process.env));
  return made(event);
}

/**
 * Settings from environment variables:
 *
 * - `TRUSTLOOM_MANIFEST`: `s3://<bucket>/<definition>/authorizers/<region>/<domain>.json`; needed
 * - `TRUSTLOOM_BUCKET_OWNER`: account that must own the bucket
 * - `TRUSTLOOM_POLL_SECONDS`: default 10
 * - `TRUSTLOOM_ANSWER`: `policy` (default) or `simple`
 *
 * @throws RangeError when one of them cannot be
 *
 * @example
 * export const handler = createAuthorizer({ ...settingsFrom(process.env), next: mine })
 */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): AuthorizerOptions {
  const { TRUSTLOOM_MANIFEST: address = '', TRUSTLOOM_BUCKET_OWNER: owner } = env;
  const { TRUSTLOOM_ANSWER: answer = 'policy', TRUSTLOOM_POLL_SECONDS: seconds = 10 } = env;
  const [, bucket, manifest] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address) ?? [];
  const pollMs = Number(seconds) * 1000;
  if (!bucket || !manifest || !(pollMs >= 0) || (answer !== 'policy' && answer !== 'simple'))
    throw new RangeError('TRUSTLOOM_MANIFEST, _POLL_SECONDS or _ANSWER');
  return {
    objects: s3Objects({ bucket, owner }),
    manifest,
    pollMs,
    answer,
    now: Date.now,
    log: (line) => process.stdout.write(`${line}\n`),
  };
}

/** What `s3Objects` is given. */
export interface S3Options {
  readonly bucket: string;
  /** Account that must own the bucket, twelve digits. */
  readonly owner?: string | undefined;
  readonly client?: Pick<S3Client, 'send'>;
  /** Longest time for one object, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Objects in S3, by the SDK that the Lambda runtime brings.
 *
 * @example
 * const objects = s3Objects({ bucket: 'trustloom-222222222222-eu-west-1', owner: '222222222222' })
 */
export function s3Objects(options: S3Options): Objects {
  const { bucket, owner, client = new S3Client({}), timeoutMs = 5_000 } = options;
  return {
    async read(Key, { version, unless }) {
      try {
        const { Body, ETag = '' } = await client.send(
          new GetObjectCommand({
            Bucket: bucket,
            Key,
            VersionId: version,
            IfNoneMatch: unless,
            ExpectedBucketOwner: owner,
          }),
          { abortSignal: AbortSignal.timeout(timeoutMs) },
        );
        return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag };
      } catch (error) {
        if ((error as Partial<ResponseMetadata>).$metadata?.httpStatusCode === 304) return 'same';
        throw error;
      }
    },
  };
}

/** What the SDK adds to errors of the service. */
interface ResponseMetadata {
  readonly $metadata: { readonly httpStatusCode?: number };
}
