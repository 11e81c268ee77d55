import type { ImportSource, KeyValueStore as StoreOut } from '@aws-sdk/client-cloudfront';
import { defined } from '../../util/defined.ts';
import type { Regions } from '../../world.ts';
import type { Context, Given, Operations } from '../service.ts';
import { functionsUsing } from './connection-functions.ts';
import { KVS_LIMITS, LIMITS, NAME } from './limits.ts';
import type { CloudFrontModel } from './model.ts';
import { cut } from './pages.ts';
import {
  type CloudFrontState,
  checkETag,
  invalidArgument,
  type KeyValueStore,
  newETag,
  refusal,
} from './state.ts';
import { mergeTags } from './tags.ts';

type StoreOperations = Pick<
  Operations<CloudFrontModel>,
  | 'CreateKeyValueStore'
  | 'DeleteKeyValueStore'
  | 'DescribeKeyValueStore'
  | 'ListKeyValueStores'
  | 'UpdateKeyValueStore'
>;

/**
 * Key value stores, as far as CloudFront itself manages them; keys and values are another
 * service's.
 */
export function keyValueStoreOperations(regions: Regions<CloudFrontState>): StoreOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    CreateKeyValueStore(input, ctx) {
      const state = here(ctx);
      if (!NAME.test(input.Name)) throw invalidArgument('The name of a KeyValueStore is not valid.');
      if (state.keyValueStores.has(input.Name))
        throw refusal('EntityAlreadyExists', 409, 'A KeyValueStore with this name already exists.');
      if (state.keyValueStores.size >= LIMITS.keyValueStores.max)
        throw refusal('EntityLimitExceeded', 400, 'The number of KeyValueStores has reached its limit.');
      const tags = mergeTags([], input.Tags?.Items);
      const source = input.ImportSource;
      const imported = source === undefined ? undefined : takeImport(source, ctx);
      const id = ctx.world.random.uuid();
      const store: KeyValueStore = {
        id,
        arn: `arn:aws:cloudfront::${ctx.account}:key-value-store/${id}`,
        name: input.Name,
        comment: input.Comment,
        etag: newETag(ctx),
        dataETag: `KV${ctx.world.random.text(13)}`,
        status: 'PROVISIONING',
        failure: undefined,
        created: ctx.now,
        modified: ctx.now,
        items: new Map(),
        tags,
      };
      state.keyValueStores.set(store.name, store);
      ctx.world.settle.later(store.arn, () => {
        const read = imported === undefined ? new Map<string, string>() : readImport(imported);
        store.status = typeof read === 'string' ? 'IMPORT_FAILED' : 'READY';
        if (typeof read === 'string') store.failure = read;
        else store.items = read;
      });
      return {
        KeyValueStore: describe(store),
        ETag: store.etag,
        Location: `https://cloudfront.amazonaws.com/2020-05-31/key-value-store/${store.name}`,
      };
    },
    DescribeKeyValueStore(input, ctx) {
      const store = storeOf(here(ctx), input.Name);
      return { KeyValueStore: describe(store), ETag: store.etag };
    },
    UpdateKeyValueStore(input, ctx) {
      const store = storeOf(here(ctx), input.Name);
      checkETag(input.IfMatch, store.etag);
      Object.assign(store, { comment: input.Comment, etag: newETag(ctx), modified: ctx.now });
      return { KeyValueStore: describe(store), ETag: store.etag };
    },
    DeleteKeyValueStore(input, ctx) {
      const state = here(ctx);
      const store = storeOf(state, input.Name);
      checkETag(input.IfMatch, store.etag);
      if (functionsUsing(state, store.arn).length > 0)
        throw refusal('CannotDeleteEntityWhileInUse', 409, 'A function uses the KeyValueStore.');
      state.keyValueStores.delete(store.name);
      return {};
    },
    ListKeyValueStores(input, ctx) {
      const all = [...here(ctx).keyValueStores.values()].filter(
        ({ status }) => input.Status === undefined || status === input.Status,
      );
      const page = cut(all, input.Marker, input.MaxItems);
      return {
        KeyValueStoreList: {
          MaxItems: input.MaxItems ?? LIMITS.pageSize.max,
          Quantity: page.items.length,
          ...(page.items.length > 0 ? { Items: page.items.map(describe) } : {}),
          ...defined({ NextMarker: page.next }),
        },
      };
    },
  };
}

function storeOf(state: CloudFrontState, name: string): KeyValueStore {
  const store = state.keyValueStores.get(name);
  if (!store) throw refusal('EntityNotFound', 404, 'The specified KeyValueStore does not exist.');
  return store;
}

/**
 * The answer has no comment where the store has none, though the model requires it: Terraform's
 * provider accepts nothing else.
 */
const describe = (store: KeyValueStore): StoreOut => ({
  Name: store.name,
  Id: store.id,
  Comment: store.comment,
  ARN: store.arn,
  Status: store.status,
  LastModifiedTime: new Date(store.modified),
});

/**
 * The file is read with the caller's permission when it is named (developer guide, "Create a
 * KeyValueStore").
 */
function takeImport(source: Given<ImportSource>, ctx: Context): Uint8Array {
  const [, bucket, key] = /^arn:aws[a-z-]*:s3:::([^/]+)\/(.+)$/.exec(source.SourceARN) ?? [];
  if (source.SourceType !== 'S3' || bucket === undefined || key === undefined)
    throw invalidArgument('The import source must be the ARN of an S3 object.');
  const read = ctx.world.objects.read({ bucket, key }, ctx.caller);
  if (read.ok) return read.body;
  throw read.why === 'denied'
    ? refusal('AccessDenied', 403, 'The S3 object cannot be read by the caller.')
    : refusal('EntityNotFound', 404, 'The S3 bucket or object does not exist.');
}

/**
 * `{"data":[{"key","value"}]}` in UTF-8, 5 MB of file, no key twice; the items, or what is wrong.
 */
function readImport(file: Uint8Array): Map<string, string> | string {
  if (file.byteLength > KVS_LIMITS.importBytes.max) return 'The import file is larger than 5 MB.';
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
  } catch {
    return 'The import file is not valid JSON in UTF-8.';
  }
  const data: unknown =
    typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : undefined;
  if (!Array.isArray(data)) return 'The import file has no array named data.';
  const items = new Map<string, string>();
  for (const item of data) {
    const { key, value }: { key?: unknown; value?: unknown } =
      typeof item === 'object' && item !== null ? item : {};
    if (typeof key !== 'string' || typeof value !== 'string')
      return 'An entry of the import file has no key or no value.';
    if (items.has(key)) return 'The import file has a key twice.';
    const wrong = itemFault(key, value);
    if (wrong !== undefined) return wrong;
    items.set(key, value);
  }
  return sizeOf(items) > KVS_LIMITS.storeBytes.max ? 'The items are larger than a KeyValueStore.' : items;
}

/** Why an item does not fit; undefined when it does. */
export function itemFault(key: string, value: string): string | undefined {
  const keyBytes = Buffer.byteLength(key);
  if (keyBytes === 0 || keyBytes > KVS_LIMITS.keyBytes.max) return 'A key must have 1 to 512 bytes.';
  if (Buffer.byteLength(value) > KVS_LIMITS.valueBytes.max) return 'A value must have at most 1 KB.';
  return undefined;
}

/** Bytes of keys and values. How AWS counts is not documented; this is the plain reading. */
export function sizeOf(items: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [key, value] of items) size += Buffer.byteLength(key) + Buffer.byteLength(value);
  return size;
}
