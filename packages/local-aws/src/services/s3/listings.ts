import { defined } from '../../util/defined.ts';
import type { Operations } from '../service.ts';
import { open } from './access.ts';
import type { S3Model } from './model.ts';
import { type Bucket, type Buckets, current, type ObjectVersion } from './state.ts';

/** Keys a page, at most (S3 API reference). */
const PAGE = 1000;

/** Listings. */
export function listingOperations(
  buckets: Buckets,
): Pick<Operations<S3Model>, 'ListObjects' | 'ListObjectsV2' | 'ListObjectVersions'> {
  return {
    ListObjectsV2(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:ListBucket');
      const after =
        input.ContinuationToken === undefined ? input.StartAfter : untoken(input.ContinuationToken);
      const page = pageOf(live(bucket), input, after);
      const encode = encoder(input.EncodingType);
      return {
        Name: bucket.name,
        Prefix: encode(input.Prefix ?? ''),
        MaxKeys: page.max,
        KeyCount: page.items.length + page.prefixes.length,
        IsTruncated: page.last !== undefined,
        ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
        ...defined({ EncodingType: input.EncodingType }),
        ...(input.StartAfter === undefined ? {} : { StartAfter: encode(input.StartAfter) }),
        ...defined({ ContinuationToken: input.ContinuationToken }),
        ...(page.last === undefined ? {} : { NextContinuationToken: token(page.last) }),
        Contents: page.items.map((item) => contents(item, encode)),
        CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
      };
    },
    ListObjects(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:ListBucket');
      const page = pageOf(live(bucket), input, input.Marker);
      const encode = encoder(input.EncodingType);
      return {
        Name: bucket.name,
        Prefix: encode(input.Prefix ?? ''),
        Marker: encode(input.Marker ?? ''),
        MaxKeys: page.max,
        IsTruncated: page.last !== undefined,
        ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
        ...defined({ EncodingType: input.EncodingType }),
        ...(page.last === undefined ? {} : { NextMarker: encode(page.last) }),
        Contents: page.items.map((item) => contents(item, encode)),
        CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
      };
    },
    ListObjectVersions(input, ctx) {
      const bucket = open(buckets, input, ctx, 's3:ListBucketVersions');
      const page = pageOf(everyVersion(bucket), input, input.KeyMarker, input.VersionIdMarker);
      const encode = encoder(input.EncodingType);
      const last = page.items.at(-1);
      return {
        Name: bucket.name,
        Prefix: encode(input.Prefix ?? ''),
        KeyMarker: encode(input.KeyMarker ?? ''),
        VersionIdMarker: input.VersionIdMarker ?? '',
        MaxKeys: page.max,
        IsTruncated: page.last !== undefined,
        ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
        ...defined({ EncodingType: input.EncodingType }),
        ...(page.last === undefined ? {} : { NextKeyMarker: encode(page.last) }),
        ...(page.last === undefined || last?.key !== page.last
          ? {}
          : { NextVersionIdMarker: last.version.versionId }),
        Versions: page.items
          .filter((item) => !item.version.deleteMarker)
          .map((item) => ({
            ...contents(item, encode),
            IsLatest: item.latest,
            VersionId: item.version.versionId,
          })),
        DeleteMarkers: page.items
          .filter((item) => item.version.deleteMarker)
          .map((item) => ({
            Key: encode(item.key),
            IsLatest: item.latest,
            VersionId: item.version.versionId,
            LastModified: new Date(item.version.modified),
          })),
        CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
      };
    },
  };
}

interface Item {
  readonly key: string;
  readonly version: ObjectVersion;
  readonly latest: boolean;
}

const keysOf = (bucket: Bucket) =>
  [...bucket.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const live = (bucket: Bucket): readonly Item[] =>
  keysOf(bucket).flatMap((key) => {
    const version = current(bucket, key);
    return version ? [{ key, version, latest: true }] : [];
  });

/** Newest first within a key. */
const everyVersion = (bucket: Bucket): readonly Item[] =>
  keysOf(bucket).flatMap((key) =>
    [...(bucket.objects.get(key) ?? [])]
      .reverse()
      .map((version, index) => ({ key, version, latest: index === 0 })),
  );

interface Page {
  readonly items: readonly Item[];
  readonly prefixes: readonly string[];
  readonly max: number;
  /** Where the next page goes on after; undefined on the last page. */
  readonly last: string | undefined;
}

interface Asked {
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
}

/** Keys and common prefixes after `after`, both counted towards the page. */
function pageOf(all: readonly Item[], asked: Asked, after = '', afterVersion?: string): Page {
  const max = Math.min(asked.MaxKeys ?? PAGE, PAGE);
  const prefix = asked.Prefix ?? '';
  const items: Item[] = [];
  const prefixes = new Set<string>();
  let last = '';
  let passed = afterVersion === undefined;
  for (const item of all) {
    if (!item.key.startsWith(prefix)) continue;
    if (item.key < after || (item.key === after && after !== '' && afterVersion === undefined)) continue;
    if (item.key === after && !passed) {
      passed = item.version.versionId === afterVersion;
      continue;
    }
    const cut = asked.Delimiter ? item.key.indexOf(asked.Delimiter, prefix.length) : -1;
    const group = cut < 0 ? undefined : item.key.slice(0, cut + (asked.Delimiter ?? '').length);
    if (group !== undefined && (prefixes.has(group) || group === after)) continue;
    if (items.length + prefixes.size >= max)
      return { items, prefixes: [...prefixes], max, last: max === 0 ? undefined : last };
    if (group === undefined) items.push(item);
    else prefixes.add(group);
    last = group ?? item.key;
  }
  return { items, prefixes: [...prefixes], max, last: undefined };
}

const contents = ({ key, version }: Item, encode: (text: string) => string) => ({
  Key: encode(key),
  LastModified: new Date(version.modified),
  ETag: `"${version.etag}"`,
  Size: version.body.length,
  StorageClass: 'STANDARD' as const,
});

const encoder = (type: string | undefined) => (text: string) =>
  type === 'url' ? encodeURIComponent(text).replace(/%2F/g, '/') : text;

const token = (key: string) => Buffer.from(key).toString('base64url');
const untoken = (text: string) => Buffer.from(text, 'base64url').toString();
