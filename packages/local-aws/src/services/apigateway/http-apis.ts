import type { Api as ApiOut } from '@aws-sdk/client-apigatewayv2';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { addApi, defaultHost, removeApi } from './apis.ts';
import type { HttpModel } from './model.ts';
import { itemsOf } from './paging.ts';
import { type Api, type ApiGatewayRegions, apiOf, arnOf, newId } from './state.ts';
import { mergeTags, taggable, tagsOut } from './tags.ts';

type ApiOperations = Pick<
  Operations<HttpModel>,
  'CreateApi' | 'DeleteApi' | 'GetApi' | 'GetApis' | 'GetTags' | 'TagResource' | 'UntagResource' | 'UpdateApi'
>;

const TITLE = 'API Gateway';

const describe = (api: Api, ctx: Context): ApiOut => ({
  ApiId: api.id,
  ApiEndpoint: `${api.protocol === 'WEBSOCKET' ? 'wss' : 'https'}://${defaultHost(api.id, ctx.region)}`,
  ApiKeySelectionExpression: '$request.header.x-api-key',
  CreatedDate: new Date(api.createdAt),
  Description: api.description,
  DisableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
  IpAddressType: 'ipv4',
  Name: api.name,
  ProtocolType: api.protocol === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP',
  RouteSelectionExpression: '$request.method $request.path',
  Tags: tagsOut(api.tags),
  Version: api.version,
});

/** Members that an API could be made with and that are not emulated: refused, not dropped. */
const MISSING = [
  'CorsConfiguration',
  'CredentialsArn',
  'RouteKey',
  'Target',
  'DisableSchemaValidation',
] as const;

/** HTTP and WebSocket APIs, as far as their default endpoint goes, and tags of API Gateway v2. */
export function httpApiOperations(regions: ApiGatewayRegions): ApiOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    async CreateApi(input, ctx) {
      const missing = MISSING.find((name) => input[name] !== undefined);
      if (missing !== undefined) throw notImplemented(TITLE, `CreateApi with ${missing}`);
      const id = newId(ctx);
      const api = await addApi(
        here(ctx),
        {
          id,
          arn: arnOf(ctx, `/apis/${id}`),
          protocol: input.ProtocolType === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP',
          name: input.Name,
          description: input.Description,
          version: input.Version,
          endpointType: 'REGIONAL',
          disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
          tags: mergeTags(new Map(), input.Tags),
          createdAt: ctx.now,
        },
        ctx,
      );
      return describe(api, ctx);
    },
    GetApi: (input, ctx) => describe(apiOf(here(ctx), input.ApiId, false), ctx),
    GetApis(input, ctx) {
      const all = [...here(ctx).apis.values()].filter((api) => api.protocol !== 'REST');
      return itemsOf(all, (api) => describe(api, ctx), input);
    },
    UpdateApi(input, ctx) {
      const before = apiOf(here(ctx), input.ApiId, false);
      const missing = MISSING.find((name) => input[name] !== undefined);
      if (missing !== undefined) throw notImplemented(TITLE, `UpdateApi with ${missing}`);
      const after: Api = {
        ...before,
        name: input.Name ?? before.name,
        description: input.Description ?? before.description,
        version: input.Version ?? before.version,
        disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? before.disableExecuteApiEndpoint,
      };
      here(ctx).apis.set(after.id, after);
      return describe(after, ctx);
    },
    async DeleteApi(input, ctx) {
      await removeApi(here(ctx), apiOf(here(ctx), input.ApiId, false), ctx);
      return {};
    },
    TagResource(input, ctx) {
      const resource = taggable(here(ctx), input.ResourceArn, ctx);
      resource.set(mergeTags(resource.tags, input.Tags));
      return {};
    },
    UntagResource(input, ctx) {
      const resource = taggable(here(ctx), input.ResourceArn, ctx);
      resource.set(new Map([...resource.tags].filter(([key]) => !input.TagKeys.includes(key))));
      return {};
    },
    GetTags: (input, ctx) => ({ Tags: tagsOut(taggable(here(ctx), input.ResourceArn, ctx).tags) }),
  };
}
