import {
  type ConnectionFunctionSummary,
  CreateConnectionFunctionCommand,
  DeleteConnectionFunctionCommand,
  DescribeConnectionFunctionCommand,
  type FunctionStage,
  GetConnectionFunctionCommand,
  ListConnectionFunctionsCommand,
  PublishConnectionFunctionCommand,
  UpdateConnectionFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { defined, type Tags, unlessMissing } from '@trustloom/core/adapter';
import type { LiveFunction } from '../model/index.ts';
import { allPages, type Calls, needed, tagSet } from './calls.ts';

/** A connection function as the service lists it. */
interface ListedFunction {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly publishing: boolean;
}

interface Content {
  readonly code: string;
  /** ARN of the KeyValueStore that it reads. */
  readonly store: string;
}

export interface FunctionPort {
  functions(): Promise<readonly ListedFunction[]>;
  /** KeyValueStores of the functions that are listed as live, by the function's id. */
  liveStores(): Promise<ReadonlyMap<string, string>>;
  /**
   * What runs at the edge; undefined when nothing was ever published.
   *
   * @param store of the function, if the list of live ones names it
   */
  live(id: string, store?: string): Promise<LiveFunction | undefined>;
  createFunction(
    made: Content & { readonly name: string; readonly tags: Tags },
  ): Promise<{ readonly id: string; readonly etag: string }>;
  /** @returns the ETag of what was written, which publishing names */
  updateFunction(changed: Content & { readonly id: string }): Promise<string>;
  publishFunction(id: string, expected: string): Promise<void>;
  deleteFunction(id: string): Promise<void>;
}

export function functionPort({ client, abort, call }: Calls): FunctionPort {
  const content = ({ code, store }: Content) => ({
    ConnectionFunctionConfig: {
      Comment: 'Refuses revoked client certificates; made by Trustloom',
      Runtime: 'cloudfront-js-2.0' as const,
      KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: store }] },
    },
    ConnectionFunctionCode: Buffer.from(code),
  });
  const describe = (Identifier: string, Stage: FunctionStage) =>
    call('DescribeConnectionFunction', () =>
      client.send(new DescribeConnectionFunctionCommand({ Identifier, Stage }), abort),
    );
  const etagOf = async (id: string) => needed((await describe(id, 'DEVELOPMENT')).ETag, 'ETag');
  const summaries = async (Stage: FunctionStage) => {
    const pages = await allPages(
      (Marker) =>
        call('ListConnectionFunctions', () =>
          client.send(new ListConnectionFunctionsCommand({ Stage, ...defined({ Marker }) }), abort),
        ),
      ({ NextMarker }) => NextMarker,
    );
    return pages.flatMap(({ ConnectionFunctions = [] }) => ConnectionFunctions);
  };
  return {
    functions: async () => (await summaries('DEVELOPMENT')).map(listed),
    async liveStores() {
      const all = await summaries('LIVE');
      return new Map(
        all
          .filter(({ Stage }) => Stage === 'LIVE')
          .flatMap((one) => {
            const store = storeOf(one);
            return one.Id === undefined || store === undefined ? [] : [[one.Id, store] as const];
          }),
      );
    },
    live: (Identifier, known) =>
      unlessMissing(async () => {
        const [store, { ConnectionFunctionCode: code }] = await Promise.all([
          known ??
            describe(Identifier, 'LIVE').then(({ ConnectionFunctionSummary: summary }) => storeOf(summary)),
          call('GetConnectionFunction', () =>
            client.send(new GetConnectionFunctionCommand({ Identifier, Stage: 'LIVE' }), abort),
          ),
        ]);
        return { code: Buffer.from(needed(code, 'code')).toString('utf8'), store };
      }),
    async createFunction({ name: Name, tags, ...made }) {
      const request = { Name, ...content(made), Tags: tagSet(tags) };
      const { ConnectionFunctionSummary: summary, ETag } = await call('CreateConnectionFunction', () =>
        client.send(new CreateConnectionFunctionCommand(request), abort),
      );
      return { id: needed(summary?.Id, 'Id'), etag: needed(ETag, 'ETag') };
    },
    async updateFunction({ id: Id, ...changed }) {
      const request = { Id, IfMatch: await etagOf(Id), ...content(changed) };
      const { ETag } = await call('UpdateConnectionFunction', () =>
        client.send(new UpdateConnectionFunctionCommand(request), abort),
      );
      return needed(ETag, 'ETag');
    },
    async publishFunction(Id, IfMatch) {
      await call('PublishConnectionFunction', () =>
        client.send(new PublishConnectionFunctionCommand({ Id, IfMatch }), abort),
      );
    },
    async deleteFunction(Id) {
      const IfMatch = await etagOf(Id);
      await call('DeleteConnectionFunction', () =>
        client.send(new DeleteConnectionFunctionCommand({ Id, IfMatch }), abort),
      );
    },
  };
}

function storeOf(summary: ConnectionFunctionSummary | undefined): string | undefined {
  return summary?.ConnectionFunctionConfig?.KeyValueStoreAssociations?.Items?.[0]?.KeyValueStoreARN;
}

function listed({ Id, ConnectionFunctionArn, Name, Status }: ConnectionFunctionSummary): ListedFunction {
  return {
    id: needed(Id, 'Id'),
    arn: needed(ConnectionFunctionArn, 'ConnectionFunctionArn'),
    name: Name ?? '',
    publishing: Status === 'PUBLISHING',
  };
}
