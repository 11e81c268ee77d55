import {
  type AccountRegion,
  type FileVersion,
  type OwnFiles,
  serviceError,
  TrustloomError,
} from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { exceptionName } from './read-object.ts';
import { createStore } from './store.ts';

/**
 * Most objects that one call deletes. Source: Amazon S3 API Reference, DeleteObjects; checked
 * 2026-11.
 */
const mostAtOnce = 1_000;

/** Whose files, and where. */
interface OwnFilesOptions {
  readonly accountRegion: AccountRegion;
  readonly accountName: string;
  readonly bucket: string;
  /** `name` of the definition: the folder of everything that is ours. */
  readonly definition: string;
}

/** Files of one definition in one bucket. Nothing is called before the first use. */
export function createOwnFiles(aws: Aws, options: OwnFilesOptions): OwnFiles {
  const { accountRegion, accountName, bucket, definition } = options;
  const { get, put } = createStore(aws, options);
  const where = { account: accountName, region: accountRegion.region };
  const owned = { Bucket: bucket, ExpectedBucketOwner: accountRegion.account };

  const has: OwnFiles['has'] = async ({ key, version }) => {
    const { HeadObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    try {
      await aws
        .client(S3Client, 'S3', where)
        .send(new HeadObjectCommand({ ...owned, Key: key, VersionId: version }));
      return true;
    } catch (error) {
      const seen = serviceError(error, 's3:GetObjectVersion');
      if (exceptionName(error) === 'NotFound' || seen.context.status === 404) return false;
      if (seen.code === 'access-denied') return false;
      throw seen;
    }
  };

  const remove: OwnFiles['remove'] = async (key, { ifMatch }) => {
    const { DeleteObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    try {
      await aws
        .client(S3Client, 'S3', where)
        .send(new DeleteObjectCommand({ ...owned, Key: `${definition}/${key}`, IfMatch: ifMatch }));
      return 'removed';
    } catch (error) {
      const name = exceptionName(error);
      if (name === 'PreconditionFailed' || name === 'ConditionalRequestConflict') return 'conflict';
      if (name === 'NoSuchKey' || name === 'NotFound') return 'removed';
      throw serviceError(error, `s3:DeleteObject s3://${bucket}/${definition}/${key}`);
    }
  };

  const removeVersions: OwnFiles['removeVersions'] = async (files) => {
    if (files.length === 0) return;
    if (files.length > mostAtOnce || !files.every(({ key }) => isArtifact(key, definition)))
      throw new TrustloomError(
        'contract-broken',
        `not all of ${files.length} files are artifacts of ${definition}`,
      );
    const { DeleteObjectsCommand, S3Client } = await import('@aws-sdk/client-s3');
    const answer = await aws
      .client(S3Client, 'S3', where)
      .send(new DeleteObjectsCommand({ ...owned, Delete: { Objects: files.map(named), Quiet: true } }))
      .catch((error: unknown) => {
        throw serviceError(error, `s3:DeleteObjectVersion s3://${bucket}/${definition}/`);
      });
    // One call may delete some and refuse others.
    const [refused] = answer.Errors ?? [];
    if (refused === undefined) return;
    const code = refused.Code === 'AccessDenied' ? 'access-denied' : 'service-refused';
    throw new TrustloomError(code, `s3:DeleteObjectVersion s3://${bucket}/${refused.Key}: ${refused.Code}`);
  };

  return Object.freeze({ get, put, has, remove, removeVersions });
}

const named = ({ key, version }: FileVersion) => ({ Key: key, VersionId: version });

/** `<definition>/entries/<sha256>.json`, as uploads are named. */
function isArtifact(key: string, definition: string): boolean {
  const folder = `${definition}/`;
  return (
    key.startsWith(folder) &&
    /^(?:bundles|crls|sets|entries)\/[0-9a-f]{64}\.(?:pem|bin|json)$/.test(key.slice(folder.length))
  );
}
