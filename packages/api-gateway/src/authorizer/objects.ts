import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Bytes of an object, and the mark by which its next version is told from it. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** How the authorizer reads: objects of one bucket. Throws when an object cannot be had. */
export interface Objects {
  /** `same`: what lies there still has the ETag `unless`. */
  read(
    key: string,
    options: { readonly version?: string | undefined; readonly unless?: string | undefined },
  ): Promise<StoredObject | 'same'>;
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

/** Objects in S3, by the SDK that the Lambda runtime brings. */
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
