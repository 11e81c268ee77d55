import type { Tag } from '@aws-sdk/client-s3';
import { defined } from '../../util/defined.ts';
import type { Context, Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import { may, open } from './access.ts';
import { checkBody, checksumMembers } from './checksums.ts';
import type { S3Model } from './model.ts';
import {
  accessDenied,
  addVersion,
  type Bucket,
  type Buckets,
  current,
  md5,
  type ObjectVersion,
  removeVersion,
} from './state.ts';

/** Bytes of a key, UTF-8 (S3 user guide, object keys). */
const MAX_KEY = 1024;
const VERSION_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';
const NOTHING = new Uint8Array();

type ObjectOperations = Pick<
  Operations<S3Model>,
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'DeleteObjectTagging'
  | 'GetObject'
  | 'GetObjectTagging'
  | 'HeadObject'
  | 'PutObject'
  | 'PutObjectTagging'
>;

/** What concerns one object. */
export function objectOperations(buckets: Buckets): ObjectOperations {
  return {
    PutObject(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:PutObject', input.Key);
      if (Buffer.byteLength(input.Key) > MAX_KEY) {
        throw new ServiceError('KeyTooLongError', 400, 'Your key is too long');
      }
      const old = current(bucket, input.Key);
      if (input.IfNoneMatch !== undefined && old && matches(input.IfNoneMatch, old))
        throw precondition('If-None-Match');
      if (input.IfMatch !== undefined && !old) throw noSuchKey(input.Key);
      if (input.IfMatch !== undefined && old && !matches(input.IfMatch, old)) throw precondition('If-Match');
      const body = input.Body ?? NOTHING;
      const version: ObjectVersion = {
        versionId: nextVersionId(bucket, ctx),
        deleteMarker: false,
        body: body.slice(),
        etag: md5(body),
        modified: ctx.now,
        headers: {
          ContentType: input.ContentType ?? 'binary/octet-stream',
          ContentEncoding: input.ContentEncoding,
          ContentDisposition: input.ContentDisposition,
          ContentLanguage: input.ContentLanguage,
          CacheControl: input.CacheControl,
        },
        metadata: input.Metadata ?? {},
        checksums: checkBody(body, ctx.request.headers),
        tags: tagsOf(input.Tagging),
      };
      addVersion(bucket, input.Key, version);
      return { ETag: `"${version.etag}"`, ...checksumMembers(version), ...versionMember(bucket, version) };
    },
    GetObject(input, ctx) {
      const { bucket, version } = find(buckets, input, ctx, 's3:GetObject');
      const described = describe(bucket, version);
      const range = input.Range === undefined ? undefined : rangeOf(input.Range, version.body.length);
      if (range) {
        ctx.answer.status = 206;
        const body = version.body.slice(range.from, range.to + 1);
        const ContentRange = `bytes ${range.from}-${range.to}/${version.body.length}`;
        return { ...described, ContentLength: body.length, ContentRange, Body: body };
      }
      const sums = input.ChecksumMode === 'ENABLED' ? checksumMembers(version) : {};
      return { ...described, ...sums, Body: version.body };
    },
    HeadObject(input, ctx) {
      const { bucket, version } = find(buckets, input, ctx, 's3:GetObject');
      const sums = input.ChecksumMode === 'ENABLED' ? checksumMembers(version) : {};
      return { ...describe(bucket, version), ...sums };
    },
    DeleteObject(input, ctx) {
      const action = input.VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
      const bucket = open(buckets, input, ctx, action, input.Key);
      const old = current(bucket, input.Key);
      if (input.IfMatch !== undefined && old && !matches(input.IfMatch, old)) throw precondition('If-Match');
      return remove(bucket, input.Key, input.VersionId, ctx);
    },
    DeleteObjects(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:DeleteObject', '*');
      const deleted = input.Delete.Objects.map(({ Key, VersionId }) => {
        const { DeleteMarker, VersionId: made } = remove(bucket, Key, VersionId, ctx);
        return {
          Key,
          ...defined({ VersionId }),
          ...(DeleteMarker ? { DeleteMarker, ...defined({ DeleteMarkerVersionId: made }) } : {}),
        };
      });
      return input.Delete.Quiet ? {} : { Deleted: deleted };
    },
    GetObjectTagging(input, ctx) {
      const { bucket, version } = find(buckets, input, ctx, 's3:GetObjectTagging');
      return { ...versionMember(bucket, version), TagSet: [...version.tags] };
    },
    PutObjectTagging(input, ctx) {
      const found = find(buckets, input, ctx, 's3:PutObjectTagging');
      replace(found, input.Key, { ...found.version, tags: checkTags(input.Tagging.TagSet) });
      return versionMember(found.bucket, found.version);
    },
    DeleteObjectTagging(input, ctx) {
      const found = find(buckets, input, ctx, 's3:DeleteObjectTagging');
      replace(found, input.Key, { ...found.version, tags: [] });
      return versionMember(found.bucket, found.version);
    },
  };
}

interface Found {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
}

interface Wanted {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/**
 * The version that is wanted, or S3's refusal. That a key does not exist is answered only to
 * callers who may list the bucket.
 */
function find(buckets: Buckets, input: Wanted, ctx: Context, action: string): Found {
  const versioned = input.VersionId !== undefined;
  const permission = versioned && action === 's3:GetObject' ? 's3:GetObjectVersion' : action;
  const bucket = open(buckets, input, ctx, permission, input.Key);
  const versions = bucket.objects.get(input.Key) ?? [];
  const version = versioned ? versions.find((one) => one.versionId === input.VersionId) : versions.at(-1);
  if (!version || (version.deleteMarker && !versioned)) {
    if (!may(bucket, ctx, 's3:ListBucket')) throw accessDenied();
    throw versioned ? noSuchVersion() : noSuchKey(input.Key, version);
  }
  if (version.deleteMarker) {
    throw new ServiceError(
      'MethodNotAllowed',
      405,
      'The specified method is not allowed against this resource.',
      {},
      {
        'x-amz-delete-marker': 'true',
        'x-amz-version-id': version.versionId,
      },
    );
  }
  if (input.IfMatch !== undefined && !matches(input.IfMatch, version)) throw precondition('If-Match');
  if (input.IfNoneMatch !== undefined && matches(input.IfNoneMatch, version)) {
    throw new ServiceError('NotModified', 304, 'Not Modified', {}, { etag: `"${version.etag}"` });
  }
  return { bucket, version };
}

function describe(bucket: Bucket, version: ObjectVersion) {
  return {
    AcceptRanges: 'bytes',
    ContentLength: version.body.length,
    ETag: `"${version.etag}"`,
    LastModified: new Date(version.modified),
    Metadata: { ...version.metadata },
    ...(version.tags.length > 0 ? { TagCount: version.tags.length } : {}),
    ...version.headers,
    ...versionMember(bucket, version),
  };
}

interface Removed {
  readonly VersionId?: string;
  readonly DeleteMarker?: boolean;
}

function remove(bucket: Bucket, key: string, versionId: string | undefined, ctx: Context): Removed {
  if (versionId !== undefined) {
    const gone = removeVersion(bucket, key, versionId);
    return { VersionId: versionId, ...(gone?.deleteMarker ? { DeleteMarker: true } : {}) };
  }
  if (bucket.versioning === undefined) {
    bucket.objects.delete(key);
    return {};
  }
  const marker: ObjectVersion = {
    versionId: nextVersionId(bucket, ctx),
    deleteMarker: true,
    body: NOTHING,
    etag: '',
    modified: ctx.now,
    headers: {},
    metadata: {},
    checksums: {},
    tags: [],
  };
  addVersion(bucket, key, marker);
  return { DeleteMarker: true, VersionId: marker.versionId };
}

function replace({ bucket, version }: Found, key: string, by: ObjectVersion): void {
  bucket.objects.set(
    key,
    (bucket.objects.get(key) ?? []).map((one) => (one === version ? by : one)),
  );
}

const nextVersionId = (bucket: Bucket, ctx: Context) =>
  bucket.versioning === 'Enabled' ? ctx.world.random.text(32, VERSION_ALPHABET) : 'null';

const versionMember = (bucket: Bucket, version: ObjectVersion) =>
  bucket.versioning === undefined ? {} : { VersionId: version.versionId };

const matches = (condition: string, version: ObjectVersion) =>
  condition === '*' ||
  condition.split(',').some((etag) => etag.trim().replace(/^"|"$/g, '') === version.etag);

function rangeOf(text: string, length: number): { from: number; to: number } | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(text);
  if (!found || (found[1] === '' && found[2] === '')) return undefined;
  const suffix = found[1] === '';
  const from = suffix ? Math.max(0, length - Number(found[2])) : Number(found[1]);
  const to = suffix || found[2] === '' ? length - 1 : Math.min(Number(found[2]), length - 1);
  if (from > to) {
    throw new ServiceError('InvalidRange', 416, 'The requested range is not satisfiable', {
      RangeRequested: text,
      ActualObjectSize: String(length),
    });
  }
  return { from, to };
}

const tagsOf = (header: string | undefined): readonly Tag[] =>
  header === undefined
    ? []
    : checkTags([...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value })));

/** Ten tags an object (S3 user guide, object tagging). */
function checkTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > 10) throw new ServiceError('BadRequest', 400, 'Object tags cannot be greater than 10');
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) {
    throw new ServiceError('InvalidTag', 400, 'Cannot provide multiple Tags with the same key');
  }
  return tags;
}

const precondition = (header: string) =>
  new ServiceError(
    'PreconditionFailed',
    412,
    'At least one of the pre-conditions you specified did not hold',
    {
      Condition: header,
    },
  );

const noSuchKey = (key: string, marker?: ObjectVersion) =>
  new ServiceError(
    'NoSuchKey',
    404,
    'The specified key does not exist.',
    { Key: key },
    marker ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId } : {},
  );

const noSuchVersion = () => new ServiceError('NoSuchVersion', 404, 'The specified version does not exist.');
