import type { ConnectionFunctionSummary, FunctionConfig } from '@aws-sdk/client-cloudfront';
import { runConnectionFunction } from '../../functions/run.ts';
import { defined } from '../../util/defined.ts';
import type { Regions } from '../../world.ts';
import type { Context, Given, Operations } from '../service.ts';
import { summary } from './distributions.ts';
import { FUNCTION_LIMITS, LIMITS, NAME } from './limits.ts';
import type { CloudFrontModel } from './model.ts';
import { cut } from './pages.ts';
import {
  type CloudFrontState,
  type ConnectionFunction,
  checkETag,
  distributionsOf,
  type FunctionVersion,
  invalidArgument,
  itemsOf,
  newETag,
  refusal,
} from './state.ts';
import { mergeTags } from './tags.ts';

type FunctionOperations = Pick<
  Operations<CloudFrontModel>,
  | 'CreateConnectionFunction'
  | 'DeleteConnectionFunction'
  | 'DescribeConnectionFunction'
  | 'GetConnectionFunction'
  | 'ListConnectionFunctions'
  | 'ListDistributionsByConnectionFunction'
  | 'PublishConnectionFunction'
  | 'TestConnectionFunction'
  | 'UpdateConnectionFunction'
>;

/** Connection functions: code in two stages, of which only LIVE runs at the edge. */
export function connectionFunctionOperations(regions: Regions<CloudFrontState>): FunctionOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    CreateConnectionFunction(input, ctx) {
      const state = here(ctx);
      if (!NAME.test(input.Name)) throw invalidArgument('The name of a connection function is not valid.');
      if ([...state.connectionFunctions.values()].some(({ name }) => name === input.Name))
        throw refusal('EntityAlreadyExists', 409, 'A connection function with this name already exists.');
      if (state.connectionFunctions.size >= FUNCTION_LIMITS.functions.max)
        throw refusal(
          'EntityLimitExceeded',
          400,
          'The number of connection functions has reached its limit.',
        );
      const tags = mergeTags([], input.Tags?.Items);
      const id = `cf_${ctx.world.random.text(27)}`;
      const one: ConnectionFunction = {
        id,
        arn: `arn:aws:cloudfront::${ctx.account}:connection-function/${id}`,
        name: input.Name,
        created: ctx.now,
        development: versionOf(input.ConnectionFunctionConfig, input.ConnectionFunctionCode, state, ctx),
        live: undefined,
        publishing: false,
        tags,
      };
      state.connectionFunctions.set(id, one);
      return {
        ConnectionFunctionSummary: describe(one, 'DEVELOPMENT', state),
        ETag: one.development.etag,
        Location: `https://cloudfront.amazonaws.com/2020-05-31/connection-function/${id}`,
      };
    },
    DescribeConnectionFunction(input, ctx) {
      const state = here(ctx);
      const one = functionOf(state, input.Identifier);
      const stage = input.Stage ?? 'DEVELOPMENT';
      return {
        ConnectionFunctionSummary: describe(one, stage, state),
        ETag: stageOf(one, stage).etag,
      };
    },
    GetConnectionFunction(input, ctx) {
      const { code, etag } = stageOf(functionOf(here(ctx), input.Identifier), input.Stage ?? 'DEVELOPMENT');
      return { ConnectionFunctionCode: code, ETag: etag, ContentType: 'application/octet-stream' };
    },
    UpdateConnectionFunction(input, ctx) {
      const state = here(ctx);
      const one = functionOf(state, input.Id);
      checkETag(input.IfMatch, one.development.etag);
      one.development = versionOf(input.ConnectionFunctionConfig, input.ConnectionFunctionCode, state, ctx);
      return {
        ConnectionFunctionSummary: describe(one, 'DEVELOPMENT', state),
        ETag: one.development.etag,
      };
    },
    PublishConnectionFunction(input, ctx) {
      const state = here(ctx);
      const one = functionOf(state, input.Id);
      checkETag(input.IfMatch, one.development.etag);
      const version = one.development;
      one.publishing = true;
      ctx.world.settle.later(one.arn, () => {
        one.live = version;
        one.publishing = false;
      });
      return { ConnectionFunctionSummary: describe(one, 'LIVE', state) };
    },
    TestConnectionFunction(input, ctx) {
      const state = here(ctx);
      const one = functionOf(state, input.Id);
      const stage = input.Stage ?? 'DEVELOPMENT';
      const version = stageOf(one, stage);
      checkETag(input.IfMatch, one.development.etag);
      const event = parseEvent(input.ConnectionObject);
      const started = performance.now();
      const ran = runConnectionFunction({
        code: new TextDecoder().decode(version.code),
        event,
        store: itemsOf(state, version),
        timeMs: ctx.world.functionTimeMs,
        memoryBytes: FUNCTION_LIMITS.memoryBytes.max,
        now: ctx.now,
      });
      const percent = Math.min(
        100,
        Math.round(((performance.now() - started) / FUNCTION_LIMITS.timeMs.max) * 100),
      );
      return {
        ConnectionFunctionTestResult: {
          ConnectionFunctionSummary: describe(one, stage, state),
          ComputeUtilization: String(percent),
          ConnectionFunctionExecutionLogs: [...ran.logs],
          ConnectionFunctionErrorMessage: ran.error ?? '',
          ConnectionFunctionOutput: JSON.stringify({ connection: ran.decision }),
        },
      };
    },
    DeleteConnectionFunction(input, ctx) {
      const state = here(ctx);
      const one = functionOf(state, input.Id);
      checkETag(input.IfMatch, one.development.etag);
      if (distributionsOf(state, one.id).length > 0)
        throw refusal('CannotDeleteEntityWhileInUse', 409, 'A distribution uses the connection function.');
      state.connectionFunctions.delete(one.id);
      return {};
    },
    ListConnectionFunctions(input, ctx) {
      const state = here(ctx);
      const stage = input.Stage ?? 'DEVELOPMENT';
      const all = [...state.connectionFunctions.values()].filter(
        (one) => stage !== 'LIVE' || one.live !== undefined,
      );
      const page = cut(all, input.Marker, input.MaxItems);
      return {
        ConnectionFunctions: page.items.map((one) => describe(one, stage, state)),
        ...defined({ NextMarker: page.next }),
      };
    },
    ListDistributionsByConnectionFunction(input, ctx) {
      const state = here(ctx);
      const one = functionOf(state, input.ConnectionFunctionIdentifier);
      const page = cut(distributionsOf(state, one.id), input.Marker, input.MaxItems);
      return {
        DistributionList: {
          Marker: input.Marker ?? '',
          MaxItems: input.MaxItems ?? LIMITS.pageSize.max,
          IsTruncated: page.next !== undefined,
          Quantity: page.items.length,
          ...(page.items.length > 0 ? { Items: page.items.map(summary) } : {}),
          ...defined({ NextMarker: page.next }),
        },
      };
    },
  };
}

/** Functions of any stage that are bound to a store. */
export const functionsUsing = (state: CloudFrontState, arn: string): readonly ConnectionFunction[] =>
  [...state.connectionFunctions.values()].filter(
    ({ development, live }) => development.store === arn || live?.store === arn,
  );

function versionOf(
  config: Given<FunctionConfig>,
  code: Uint8Array,
  state: CloudFrontState,
  ctx: Context,
): FunctionVersion {
  if (config.Runtime !== 'cloudfront-js-2.0')
    throw invalidArgument('The runtime of a connection function must be cloudfront-js-2.0.');
  if (code.byteLength === 0) throw invalidArgument('The code of a connection function must not be empty.');
  if (code.byteLength > FUNCTION_LIMITS.codeBytes.max)
    throw refusal(
      'EntitySizeLimitExceeded',
      413,
      'The code of the connection function is larger than 10 KB.',
    );
  const stores = config.KeyValueStoreAssociations?.Items ?? [];
  if (stores.length > FUNCTION_LIMITS.storesPerFunction.max)
    throw invalidArgument('A connection function can use one KeyValueStore.');
  const [first] = stores;
  const store = [...state.keyValueStores.values()].find(({ arn }) => arn === first?.KeyValueStoreARN);
  if (first !== undefined && store === undefined)
    throw refusal('EntityNotFound', 404, 'The KeyValueStore does not exist.');
  if (store !== undefined) {
    if (store.status !== 'READY') throw invalidArgument('The KeyValueStore is not ready.');
    if (functionsUsing(state, store.arn).length > FUNCTION_LIMITS.functionsPerStore.max)
      throw refusal('EntityLimitExceeded', 400, 'The KeyValueStore has reached its limit of functions.');
  }
  return {
    code,
    config: structuredClone(config) as FunctionConfig,
    store: store?.arn,
    etag: newETag(ctx),
    modified: ctx.now,
  };
}

function functionOf(state: CloudFrontState, id: string): ConnectionFunction {
  // The identifier is an id; lists and guides use the name here too.
  const one =
    state.connectionFunctions.get(id) ??
    [...state.connectionFunctions.values()].find(({ name, arn }) => name === id || arn === id);
  if (!one) throw refusal('EntityNotFound', 404, 'The specified connection function does not exist.');
  return one;
}

function stageOf(one: ConnectionFunction, stage: string): FunctionVersion {
  const version = stage === 'LIVE' ? one.live : one.development;
  if (!version) throw refusal('EntityNotFound', 404, 'The connection function has no such stage.');
  return version;
}

function describe(one: ConnectionFunction, stage: string, state: CloudFrontState): ConnectionFunctionSummary {
  const version = (stage === 'LIVE' ? one.live : undefined) ?? one.development;
  return {
    Name: one.name,
    Id: one.id,
    ConnectionFunctionConfig: version.config,
    ConnectionFunctionArn: one.arn,
    Status: statusOf(one, state),
    Stage: stage === 'LIVE' ? 'LIVE' : 'DEVELOPMENT',
    CreatedTime: new Date(one.created),
    LastModifiedTime: new Date(version.modified),
  };
}

/**
 * UNPUBLISHED, PUBLISHING and UNASSOCIATED are seen in the wild; what follows an association is
 * not: DEPLOYED is ours.
 */
function statusOf(one: ConnectionFunction, state: CloudFrontState): string {
  if (one.publishing) return 'PUBLISHING';
  if (one.live === undefined) return 'UNPUBLISHED';
  return distributionsOf(state, one.id).length > 0 ? 'DEPLOYED' : 'UNASSOCIATED';
}

function parseEvent(bytes: Uint8Array): object {
  try {
    const event: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof event === 'object' && event !== null) return event;
  } catch {
    // falls through to the refusal
  }
  throw invalidArgument('The connection object is not a JSON object.');
}
