import {
  CreateKeyValueStoreCommand,
  DeleteKeyValueStoreCommand,
  DescribeKeyValueStoreCommand as DescribeStore,
  ListKeyValueStoresCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
// That client signs with it, and only looks whether somebody has loaded it.
import '@aws-sdk/signature-v4a';
import {
  type Code,
  defined,
  type ObjectLocation,
  type ServiceIo,
  serviceError,
  type Tags,
  TrustloomError,
  unlessMissing,
} from '@trustloom/core/adapter';
import type { StoredItems } from '../model/index.ts';
import type { ItemChanges, Items } from '../revocation/entries/items.ts';
import { allPages, type Calls, needed, tagSet } from './calls.ts';

/** The exceptions of the data plane by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  ConflictException: 'object-changed',
  ResourceNotFoundException: 'object-missing',
  ServiceQuotaExceededException: 'quota-exceeded',
  ValidationException: 'service-refused',
};

/** A KeyValueStore as the service lists it. */
export interface ListedKeyValueStore {
  readonly arn: string;
  readonly name: string;
  /** `PROVISIONING`, `READY`, or how its import failed. */
  readonly status: string;
}

/**
 * KeyValueStores: CloudFront itself manages them; their items are a service apart, with ETags of
 * its own.
 */
export interface KeyValueStorePort {
  keyValueStores(): Promise<readonly ListedKeyValueStore[]>;
  /** Makes a store that imports its items from a file. @returns its ARN */
  createKeyValueStore(name: string, file: ObjectLocation, tags: Tags): Promise<string>;
  deleteKeyValueStore(name: string): Promise<void>;
  /**
   * Asks for the ETag, and reads all items unless `recall` knows what a store with this ETag holds.
   * Undefined just after the store was made: the data plane does not know it yet.
   */
  items(arn: string, recall: (etag: string) => Promise<Items | undefined>): Promise<StoredItems | undefined>;
  /** The ETag that a write needs. */
  itemsEtag(arn: string): Promise<string>;
  /**
   * Puts and deletes items, all or nothing.
   *
   * @param expected ETag that the store must still have
   * @returns the new ETag
   */
  updateItems(arn: string, changes: ItemChanges, expected: string): Promise<string>;
}

export function keyValueStorePort({ client, abort, call }: Calls, io: ServiceIo): KeyValueStorePort {
  const data = io.client(CloudFrontKeyValueStoreClient, 'CloudFront KeyValueStore');
  const callData = async <T>(action: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await io.rateLimited('keys', send);
    } catch (error) {
      throw isStale(error)
        ? new TrustloomError('object-changed', 'cloudfront-keyvaluestore: somebody else wrote the store', {
            cause: error,
          })
        : serviceError(error, `cloudfront-keyvaluestore:${action}`, exceptions);
    }
  };
  const etagOf = async (KvsARN: string) => {
    const { ETag } = await callData('DescribeKeyValueStore', () =>
      data.send(new DescribeKeyValueStoreCommand({ KvsARN }), abort),
    );
    return needed(ETag, 'ETag');
  };
  const readItems = async (KvsARN: string): Promise<Items> => {
    const pages = await allPages(
      (NextToken) =>
        callData('ListKeys', () =>
          data.send(new ListKeysCommand({ KvsARN, MaxResults: 50, ...defined({ NextToken }) }), abort),
        ),
      ({ NextToken }) => NextToken,
    );
    return new Map(
      pages.flatMap(({ Items = [] }) => Items.map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const)),
    );
  };
  return {
    async keyValueStores() {
      const pages = await allPages(
        (Marker) =>
          call('ListKeyValueStores', () =>
            client.send(new ListKeyValueStoresCommand(defined({ Marker })), abort),
          ),
        ({ KeyValueStoreList }) => KeyValueStoreList?.NextMarker,
      );
      return pages.flatMap(({ KeyValueStoreList }) =>
        (KeyValueStoreList?.Items ?? []).map(({ ARN, Name, Status }) => ({
          arn: needed(ARN, 'ARN'),
          name: Name ?? '',
          status: Status ?? '',
        })),
      );
    },
    async createKeyValueStore(Name, { bucket, key }, tags) {
      const ImportSource = { SourceType: 'S3' as const, SourceARN: `arn:aws:s3:::${bucket}/${key}` };
      const made = await call('CreateKeyValueStore', () =>
        client.send(new CreateKeyValueStoreCommand({ Name, ImportSource, Tags: tagSet(tags) }), abort),
      );
      return needed(made.KeyValueStore?.ARN, 'ARN');
    },
    async deleteKeyValueStore(Name) {
      const { ETag } = await call('DescribeKeyValueStore', () =>
        client.send(new DescribeStore({ Name }), abort),
      );
      await call('DeleteKeyValueStore', () =>
        client.send(new DeleteKeyValueStoreCommand({ Name, IfMatch: needed(ETag, 'ETag') }), abort),
      );
    },
    items: (arn, recall) =>
      unlessMissing(async () => {
        // The ETag comes first: whatever is written while the items are read makes it stale, and a
        // write planned on them fails.
        const etag = await etagOf(arn);
        return { etag, items: (await recall(etag)) ?? (await readItems(arn)) };
      }),
    itemsEtag: etagOf,
    async updateItems(KvsARN, { puts, deletes }, IfMatch) {
      const request = {
        KvsARN,
        IfMatch,
        Puts: puts.map(([Key, Value]) => ({ Key, Value })),
        Deletes: deletes.map((Key) => ({ Key })),
      };
      const { ETag } = await callData('UpdateKeys', () => data.send(new UpdateKeysCommand(request), abort));
      return ETag ?? '';
    },
  };
}

/** The one text that is matched: a stale ETag has no exception of its own. */
const isStale = (error: unknown) =>
  error instanceof Error &&
  error.name === 'ValidationException' &&
  /pre-condition failed/i.test(error.message);
