import {
  type CloudFrontClient,
  type ConnectionFunctionSummary,
  CreateConnectionFunctionCommand,
  CreateKeyValueStoreCommand,
  DeleteConnectionFunctionCommand,
  DeleteKeyValueStoreCommand,
  DescribeConnectionFunctionCommand,
  DescribeKeyValueStoreCommand,
  type FunctionConfig,
  type FunctionStage,
  GetConnectionFunctionCommand,
  ListConnectionFunctionsCommand,
  ListKeyValueStoresCommand,
  PublishConnectionFunctionCommand,
  UpdateConnectionFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { defined, type Io, isTrustloomError, type ObjectLocation, type Place } from '@trustloom/core';
import { callsOf, needed, tagSet } from './port-calls.ts';

/** A connection function as lists tell of it. */
export interface FunctionFacts {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly publishing: boolean;
}

/** A key value store as lists tell of it. */
export interface KeyStoreFacts {
  readonly arn: string;
  readonly name: string;
  /** `PROVISIONING`, `READY`, or how its import failed. */
  readonly status: string;
}

/** What runs at the edge: its code, and the ARN of its key value store. */
export interface LiveFunction {
  readonly code: string;
  readonly store: string | undefined;
}

/** Connection functions and key value stores, as far as CloudFront itself manages them. */
export interface CheckPort {
  functions(): Promise<readonly FunctionFacts[]>;
  /** Key value stores of the functions that the list tells as live, by the function's id. */
  liveStores(): Promise<ReadonlyMap<string, string>>;
  /**
   * What runs at the edge; undefined when nothing was ever published.
   *
   * @param store of the function, if the list of live ones told it
   */
  live(id: string, store?: string): Promise<LiveFunction | undefined>;
  createFunction(
    name: string,
    code: string,
    store: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<{ readonly id: string; readonly etag: string }>;
  /** @returns the ETag of what was written, which publishing names */
  updateFunction(id: string, code: string, store: string): Promise<string>;
  publishFunction(id: string, expected: string): Promise<void>;
  deleteFunction(id: string): Promise<void>;
  keyStores(): Promise<readonly KeyStoreFacts[]>;
  /** Makes a store that imports its items from a file. @returns its ARN */
  createKeys(name: string, file: ObjectLocation, tags: Readonly<Record<string, string>>): Promise<string>;
  deleteKeys(name: string): Promise<void>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function checkPort(clientOf: (place: Place) => CloudFrontClient, io: Io): CheckPort {
  const client = clientOf(io.context.place);
  const abort = { abortSignal: io.signal };
  const call = callsOf(io);
  const config = (store: string): FunctionConfig => ({
    Comment: 'Refuses revoked client certificates; made by Trustloom',
    Runtime: 'cloudfront-js-2.0',
    KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: store }] },
  });
  const functionEtag = async (Identifier: string) => {
    const { ETag } = await call('DescribeConnectionFunction', () =>
      client.send(new DescribeConnectionFunctionCommand({ Identifier, Stage: 'DEVELOPMENT' }), abort),
    );
    return needed(ETag, 'ETag');
  };
  const list = async (Stage: FunctionStage) => {
    const all: ConnectionFunctionSummary[] = [];
    let Marker: string | undefined;
    do {
      const request = { Stage, ...defined({ Marker }) };
      const page = await call('ListConnectionFunctions', () =>
        client.send(new ListConnectionFunctionsCommand(request), abort),
      );
      all.push(...(page.ConnectionFunctions ?? []));
      Marker = page.NextMarker;
    } while (Marker !== undefined && Marker !== '');
    return all;
  };

  return {
    functions: async () => (await list('DEVELOPMENT')).map(functionFacts),
    async liveStores() {
      const all = await list('LIVE');
      return new Map(
        all
          .filter(({ Stage }) => Stage === 'LIVE')
          .flatMap((one) => {
            const store = storeOf(one);
            return one.Id === undefined || store === undefined ? [] : [[one.Id, store] as const];
          }),
      );
    },
    async live(Identifier, told) {
      const stage = { Identifier, Stage: 'LIVE' } as const;
      try {
        const [store, { ConnectionFunctionCode: code }] = await Promise.all([
          told ??
            call('DescribeConnectionFunction', () =>
              client.send(new DescribeConnectionFunctionCommand(stage), abort),
            ).then(({ ConnectionFunctionSummary: summary }) => storeOf(summary)),
          call('GetConnectionFunction', () => client.send(new GetConnectionFunctionCommand(stage), abort)),
        ]);
        return { code: Buffer.from(needed(code, 'code')).toString('utf8'), store };
      } catch (error) {
        if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
        throw error;
      }
    },
    async createFunction(Name, code, store, tags) {
      const made = await call('CreateConnectionFunction', () =>
        client.send(
          new CreateConnectionFunctionCommand({
            Name,
            ConnectionFunctionConfig: config(store),
            ConnectionFunctionCode: Buffer.from(code),
            Tags: tagSet(tags),
          }),
          abort,
        ),
      );
      return {
        id: needed(made.ConnectionFunctionSummary?.Id, 'Id'),
        etag: needed(made.ETag, 'ETag'),
      };
    },
    async updateFunction(Id, code, store) {
      const IfMatch = await functionEtag(Id);
      const { ETag } = await call('UpdateConnectionFunction', () =>
        client.send(
          new UpdateConnectionFunctionCommand({
            Id,
            IfMatch,
            ConnectionFunctionConfig: config(store),
            ConnectionFunctionCode: Buffer.from(code),
          }),
          abort,
        ),
      );
      return needed(ETag, 'ETag');
    },
    async publishFunction(Id, IfMatch) {
      await call('PublishConnectionFunction', () =>
        client.send(new PublishConnectionFunctionCommand({ Id, IfMatch }), abort),
      );
    },
    async deleteFunction(Id) {
      const IfMatch = await functionEtag(Id);
      await call('DeleteConnectionFunction', () =>
        client.send(new DeleteConnectionFunctionCommand({ Id, IfMatch }), abort),
      );
    },
    async keyStores() {
      const all: KeyStoreFacts[] = [];
      let Marker: string | undefined;
      do {
        const request = Marker === undefined ? {} : { Marker };
        const { KeyValueStoreList: page } = await call('ListKeyValueStores', () =>
          client.send(new ListKeyValueStoresCommand(request), abort),
        );
        all.push(
          ...(page?.Items ?? []).map(({ ARN, Name, Status }) => ({
            arn: needed(ARN, 'ARN'),
            name: Name ?? '',
            status: Status ?? '',
          })),
        );
        Marker = page?.NextMarker;
      } while (Marker !== undefined && Marker !== '');
      return all;
    },
    async createKeys(Name, { bucket, key }, tags) {
      const made = await call('CreateKeyValueStore', () =>
        client.send(
          new CreateKeyValueStoreCommand({
            Name,
            ImportSource: { SourceType: 'S3', SourceARN: `arn:aws:s3:::${bucket}/${key}` },
            Tags: tagSet(tags),
          }),
          abort,
        ),
      );
      return needed(made.KeyValueStore?.ARN, 'ARN');
    },
    async deleteKeys(Name) {
      const { ETag } = await call('DescribeKeyValueStore', () =>
        client.send(new DescribeKeyValueStoreCommand({ Name }), abort),
      );
      await call('DeleteKeyValueStore', () =>
        client.send(new DeleteKeyValueStoreCommand({ Name, IfMatch: needed(ETag, 'ETag') }), abort),
      );
    },
  };
}

function storeOf(summary: ConnectionFunctionSummary | undefined): string | undefined {
  return summary?.ConnectionFunctionConfig?.KeyValueStoreAssociations?.Items?.[0]?.KeyValueStoreARN;
}

function functionFacts({
  Id,
  ConnectionFunctionArn,
  Name,
  Status,
}: ConnectionFunctionSummary): FunctionFacts {
  return {
    id: needed(Id, 'Id'),
    arn: needed(ConnectionFunctionArn, 'ConnectionFunctionArn'),
    name: Name ?? '',
    publishing: Status === 'PUBLISHING',
  };
}
