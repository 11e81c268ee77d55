import type * as Kvs from '@aws-sdk/client-cloudfront-keyvaluestore';
import { defined } from '../../util/defined.ts';
import { schemaService } from '../../wire/schema-service.ts';
import type { Regions } from '../../world.ts';
import { itemFault, sizeOf } from '../cloudfront/key-value-stores.ts';
import { KVS_LIMITS } from '../cloudfront/limits.ts';
import type { CloudFrontState, KeyValueStore } from '../cloudfront/state.ts';
import { pageOf } from '../paging.ts';
import type { Context, Operation, Operations, Service } from '../service.ts';
import { ServiceError } from '../service.ts';

/** The operations of the data plane: all there are. */
interface KeyValueModel {
  DeleteKey: Operation<Kvs.DeleteKeyCommandInput, Kvs.DeleteKeyCommandOutput>;
  DescribeKeyValueStore: Operation<
    Kvs.DescribeKeyValueStoreCommandInput,
    Kvs.DescribeKeyValueStoreCommandOutput
  >;
  GetKey: Operation<Kvs.GetKeyCommandInput, Kvs.GetKeyCommandOutput>;
  ListKeys: Operation<Kvs.ListKeysCommandInput, Kvs.ListKeysCommandOutput>;
  PutKey: Operation<Kvs.PutKeyCommandInput, Kvs.PutKeyCommandOutput>;
  UpdateKeys: Operation<Kvs.UpdateKeysCommandInput, Kvs.UpdateKeysCommandOutput>;
}

/**
 * Keys and values of CloudFront's stores (`cloudfront-keyvaluestore`, signed with SigV4A or SigV4).
 */
export function createKeyValueService(regions: Regions<CloudFrontState>): Service {
  return schemaService<KeyValueModel>({
    title: 'CloudFront KeyValueStore',
    names: ['cloudfront-keyvaluestore'],
    protocol: 'rest-json',
    load: () => import('@aws-sdk/client-cloudfront-keyvaluestore'),
    operations: operationsOf(regions),
    global: true,
    malformed: { code: 'ValidationException', status: 400 },
    reset: () => undefined,
  });
}

function operationsOf(regions: Regions<CloudFrontState>): Operations<KeyValueModel> {
  /**
   * Just after its creation a store is not there yet for the data plane (live tests of alchemy).
   */
  const storeOf = (arn: string, ctx: Context): KeyValueStore => {
    const [, account = ctx.account] = /^arn:aws:cloudfront::(\d{12}):key-value-store\//.exec(arn) ?? [];
    const stores = [...regions.at(account, ctx.region).keyValueStores.values()];
    const store = stores.find((one) => one.arn === arn);
    if (!store || store.status === 'PROVISIONING')
      throw new ServiceError('ResourceNotFoundException', 404, 'The KeyValueStore was not found.');
    return store;
  };
  const write = (
    arn: string,
    ifMatch: string | undefined,
    changes: { readonly puts: readonly (readonly [string, string])[]; readonly deletes: readonly string[] },
    ctx: Context,
  ) => {
    const store = storeOf(arn, ctx);
    checkMatch(ifMatch, store);
    store.items = changed(store.items, changes);
    store.dataETag = `KV${ctx.world.random.text(13)}`;
    store.modified = ctx.now;
    return { ItemCount: store.items.size, TotalSizeInBytes: sizeOf(store.items), ETag: store.dataETag };
  };
  return {
    DescribeKeyValueStore(input, ctx) {
      const store = storeOf(input.KvsARN, ctx);
      return {
        ItemCount: store.items.size,
        TotalSizeInBytes: sizeOf(store.items),
        KvsARN: store.arn,
        Created: new Date(store.created),
        LastModified: new Date(store.modified),
        Status: store.status,
        ETag: store.dataETag,
        ...defined({ FailureReason: store.failure }),
      };
    },
    ListKeys(input, ctx) {
      const store = storeOf(input.KvsARN, ctx);
      const size = input.MaxResults ?? KVS_LIMITS.defaultPageSize.max;
      if (!(size >= 1 && size <= KVS_LIMITS.pageSize.max))
        throw invalid('MaxResults must be between 1 and 50.');
      const all = [...store.items].map(([Key, Value]) => ({ Key, Value }));
      const page = pageOf(all, input.NextToken, size);
      if (!page) throw invalid('The token is not valid.');
      return { Items: [...page.items], ...defined({ NextToken: page.next }) };
    },
    GetKey(input, ctx) {
      const { items } = storeOf(input.KvsARN, ctx);
      const value = items.get(input.Key);
      if (value === undefined)
        throw new ServiceError('ResourceNotFoundException', 404, 'The key was not found.');
      return { Key: input.Key, Value: value, ItemCount: items.size, TotalSizeInBytes: sizeOf(items) };
    },
    PutKey: (input, ctx) =>
      write(input.KvsARN, input.IfMatch, { puts: [[input.Key, input.Value]], deletes: [] }, ctx),
    DeleteKey: (input, ctx) => write(input.KvsARN, input.IfMatch, { puts: [], deletes: [input.Key] }, ctx),
    UpdateKeys(input, ctx) {
      const puts = (input.Puts ?? []).map(({ Key, Value }) => [Key, Value] as const);
      const deletes = (input.Deletes ?? []).map(({ Key }) => Key);
      const keys = [...puts.map(([key]) => key), ...deletes];
      if (keys.length === 0) throw invalid('An update needs keys.');
      if (keys.length > KVS_LIMITS.keysPerUpdate.max) throw invalid('An update takes 50 keys at most.');
      if (new Set(keys).size < keys.length) throw invalid('An update names a key twice.');
      if (sizeOf(new Map(puts)) > KVS_LIMITS.updateBytes.max) throw invalid('An update takes 3 MB at most.');
      return write(input.KvsARN, input.IfMatch, { puts, deletes }, ctx);
    },
  };
}

/** All or nothing: the old items with the changes, or a refusal. */
function changed(
  items: ReadonlyMap<string, string>,
  {
    puts,
    deletes,
  }: { readonly puts: readonly (readonly [string, string])[]; readonly deletes: readonly string[] },
): ReadonlyMap<string, string> {
  const next = new Map(items);
  for (const key of deletes) {
    if (!next.delete(key)) throw new ServiceError('ResourceNotFoundException', 404, 'A key was not found.');
  }
  for (const [key, value] of puts) {
    const fault = itemFault(key, value);
    if (fault !== undefined) throw invalid(fault);
    next.set(key, value);
  }
  if (sizeOf(next) > KVS_LIMITS.storeBytes.max)
    throw new ServiceError(
      'ServiceQuotaExceededException',
      402,
      'The KeyValueStore would be larger than 5 MB.',
    );
  return next;
}

/**
 * A stale ETag is answered with ValidationException, not with a conflict (live tests of sst and
 * alchemy).
 */
function checkMatch(ifMatch: string | undefined, { dataETag }: KeyValueStore): void {
  if (ifMatch === undefined) throw invalid('If-Match is missing.');
  if (ifMatch !== dataETag) throw invalid('Pre-Condition failed');
}

const invalid = (message: string) => new ServiceError('ValidationException', 400, message);
