import type { RestApi } from '@aws-sdk/client-api-gateway';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { addApi, removeApi } from './apis.ts';
import type { RestModel } from './model.ts';
import { listed, page } from './paging.ts';
import {
  type Api,
  type ApiGatewayRegions,
  type ApiGatewayState,
  apiOf,
  arnOf,
  badRequest,
  newId,
} from './state.ts';
import { mergeTags, taggable, tagsOut } from './tags.ts';

type ApiOperations = Pick<
  Operations<RestModel>,
  | 'CreateRestApi'
  | 'DeleteRestApi'
  | 'GetRestApi'
  | 'GetRestApis'
  | 'GetTags'
  | 'TagResource'
  | 'UntagResource'
  | 'UpdateRestApi'
>;

const TITLE = 'API Gateway';

const describe = (api: Api, { parts }: ApiGatewayState): RestApi => ({
  id: api.id,
  rootResourceId: [...(parts.get(api.id)?.resources.values() ?? [])].find(({ path }) => path === '/')?.id,
  name: api.name,
  description: api.description,
  version: api.version,
  createdDate: new Date(api.createdAt),
  apiKeySource: 'HEADER',
  endpointConfiguration: { types: [api.endpointType], ipAddressType: 'ipv4' },
  disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
  tags: tagsOut(api.tags),
});

/** Members that an API could be made with and that are not emulated: refused, not dropped. */
const MISSING = [
  'cloneFrom',
  'binaryMediaTypes',
  'minimumCompressionSize',
  'policy',
  'endpointAccessMode',
] as const;

/** REST APIs, as far as their default endpoint goes, and tags of API Gateway v1. */
export function restApiOperations(regions: ApiGatewayRegions): ApiOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    async CreateRestApi(input, ctx) {
      const [type = 'EDGE'] = input.endpointConfiguration?.types ?? [];
      const missing = MISSING.find((name) => input[name] !== undefined);
      if (missing !== undefined) throw notImplemented(TITLE, `CreateRestApi with ${missing}`);
      if (type !== 'REGIONAL' && type !== 'EDGE') throw notImplemented(TITLE, `REST APIs of type ${type}`);
      const id = newId(ctx);
      const api = await addApi(
        here(ctx),
        {
          id,
          arn: arnOf(ctx, `/restapis/${id}`),
          protocol: 'REST',
          name: input.name,
          description: input.description,
          version: input.version,
          endpointType: type,
          disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
          tags: mergeTags(new Map(), input.tags),
          createdAt: ctx.now,
        },
        ctx,
      );
      return describe(api, here(ctx));
    },
    GetRestApi: (input, ctx) => describe(apiOf(here(ctx), input.restApiId, true), here(ctx)),
    GetRestApis(input, ctx) {
      const all = [...here(ctx).apis.values()].filter((api) => api.protocol === 'REST');
      return listed(
        page(
          all.map((api) => describe(api, here(ctx))),
          input.position,
          input.limit,
        ),
      );
    },
    UpdateRestApi(input, ctx) {
      const before = apiOf(here(ctx), input.restApiId, true);
      const fields = (input.patchOperations ?? []).map(({ op, path = '', value = '' }): Partial<Api> => {
        if (op !== 'replace') throw badRequest('Invalid patch operation specified.');
        if (path === '/disableExecuteApiEndpoint') return { disableExecuteApiEndpoint: flag(value) };
        if (path === '/name') return { name: value };
        if (path === '/description') return { description: value };
        throw notImplemented(TITLE, 'UpdateRestApi of that path');
      });
      const after: Api = Object.assign({}, before, ...fields);
      here(ctx).apis.set(after.id, after);
      return describe(after, here(ctx));
    },
    async DeleteRestApi(input, ctx) {
      await removeApi(here(ctx), apiOf(here(ctx), input.restApiId, true), ctx);
      return {};
    },
    TagResource(input, ctx) {
      const resource = taggable(here(ctx), input.resourceArn, ctx);
      resource.set(mergeTags(resource.tags, input.tags));
      return {};
    },
    UntagResource(input, ctx) {
      const resource = taggable(here(ctx), input.resourceArn, ctx);
      resource.set(new Map([...resource.tags].filter(([key]) => !input.tagKeys.includes(key))));
      return {};
    },
    GetTags: (input, ctx) => ({ tags: tagsOut(taggable(here(ctx), input.resourceArn, ctx).tags) }),
  };
}

function flag(value: string): boolean {
  if (!/^(true|false)$/i.test(value)) throw badRequest('A boolean value is expected.');
  return value.toLowerCase() === 'true';
}
