import {
  type CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import {
  type Code,
  defined,
  type Io,
  isTrustloomError,
  type Place,
  serviceError,
  TrustloomError,
} from '@trustloom/core';

/** The service's exceptions by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  ConflictException: 'object-changed',
  ResourceNotFoundException: 'object-missing',
  ServiceQuotaExceededException: 'quota-exceeded',
  ValidationException: 'service-refused',
};

/** What a store holds, with the ETag that a write of it needs. */
export interface HeldItems {
  readonly etag: string;
  readonly items: ReadonlyMap<string, string>;
}

/** What a store with this ETag is known to hold; undefined when nobody vouches for it. */
export type Recall = (etag: string) => Promise<HeldItems['items'] | undefined>;

/** The keys and values of key value stores: a service apart from CloudFront, with ETags of its own. */
export interface KeysPort {
  /**
   * Asks for the ETag, and reads all keys unless `recall` knows what a store with this ETag holds. Undefined just after the store was
   * made: the data plane does not know it yet.
   */
  read(arn: string, recall: Recall): Promise<HeldItems | undefined>;
  /** The ETag that a write needs. */
  etag(arn: string): Promise<string>;
  /**
   * Puts and deletes keys, all or nothing.
   *
   * @param expected ETag that the store must still have
   * @returns the new ETag
   */
  update(
    arn: string,
    changes: {
      readonly puts: readonly (readonly [key: string, value: string])[];
      readonly deletes: readonly string[];
    },
    expected: string,
  ): Promise<string>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function keysPort(clientOf: (place: Place) => CloudFrontKeyValueStoreClient, io: Io): KeysPort {
  const client = clientOf(io.context.place);
  const abort = { abortSignal: io.signal };
  const call = async <T>(action: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await io.paced('keys', send);
    } catch (error) {
      // The one text that is matched: a stale ETag has no exception of its own.
      if (
        error instanceof Error &&
        error.name === 'ValidationException' &&
        /pre-condition failed/i.test(error.message)
      )
        throw new TrustloomError(
          'object-changed',
          'cloudfront-keyvaluestore: somebody else wrote the store',
          {
            cause: error,
          },
        );
      throw serviceError(error, `cloudfront-keyvaluestore:${action}`, exceptions);
    }
  };
  const describe = async (KvsARN: string) => {
    const { ETag } = await call('DescribeKeyValueStore', () =>
      client.send(new DescribeKeyValueStoreCommand({ KvsARN }), abort),
    );
    if (ETag === undefined)
      throw new TrustloomError('service-refused', 'cloudfront-keyvaluestore: an answer lacks ETag');
    return ETag;
  };
  const list = async (KvsARN: string) => {
    const items = new Map<string, string>();
    let NextToken: string | undefined;
    do {
      const request = { KvsARN, MaxResults: 50, ...defined({ NextToken }) };
      const page = await call('ListKeys', () => client.send(new ListKeysCommand(request), abort));
      for (const { Key, Value } of page.Items ?? []) items.set(Key ?? '', Value ?? '');
      NextToken = page.NextToken;
    } while (NextToken !== undefined && NextToken !== '');
    return items;
  };
  return {
    async read(KvsARN, recall) {
      try {
        // The ETag comes first: whatever is written while the keys are read makes it stale, and a write planned on them fails.
        const etag = await describe(KvsARN);
        return { etag, items: (await recall(etag)) ?? (await list(KvsARN)) };
      } catch (error) {
        if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
        throw error;
      }
    },
    etag: describe,
    async update(KvsARN, { puts, deletes }, IfMatch) {
      const { ETag } = await call('UpdateKeys', () =>
        client.send(
          new UpdateKeysCommand({
            KvsARN,
            IfMatch,
            Puts: puts.map(([Key, Value]) => ({ Key, Value })),
            Deletes: deletes.map((Key) => ({ Key })),
          }),
          abort,
        ),
      );
      return ETag ?? '';
    },
  };
}
