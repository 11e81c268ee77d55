import type { Authorizer as AuthorizerOut } from '@aws-sdk/client-api-gateway';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { AUTHORIZER_LIMITS } from './limits.ts';
import type { RestModel } from './model.ts';
import { page } from './paging.ts';
import { oneOf, partsAt } from './parts.ts';
import type { Authorizer } from './parts-model.ts';
import { type ApiGatewayRegions, badRequest, conflict, newId } from './state.ts';

type Part = Pick<
  Operations<RestModel>,
  'CreateAuthorizer' | 'DeleteAuthorizer' | 'GetAuthorizer' | 'GetAuthorizers' | 'UpdateAuthorizer'
>;

/** Authorizers of REST APIs. */
export function restAuthorizerOperations(regions: ApiGatewayRegions): Part {
  const at = (apiId: string, ctx: Context) => partsAt(regions, apiId, ctx, true);
  return {
    CreateAuthorizer(input, ctx) {
      const parts = at(input.restApiId, ctx);
      if (parts.authorizers.size >= AUTHORIZER_LIMITS.perApi.max)
        throw badRequest('The API has reached its limit of authorizers');
      const { restApiId: _api, name, type, authorizerUri, identitySource, ...rest } = input;
      const ttl = input.authorizerResultTtlInSeconds ?? AUTHORIZER_LIMITS.defaultTtl.max;
      checkTtl(ttl);
      if (type === 'REQUEST' && ttl > 0 && (identitySource ?? '') === '')
        throw badRequest('Identity source is required when authorization caching is enabled');
      const one: Authorizer = {
        id: newId(ctx),
        name,
        type,
        uri: authorizerUri,
        payload: '1.0',
        simple: false,
        identitySource: splitSources(identitySource),
        ttl,
        rest,
      };
      parts.authorizers.set(one.id, one);
      return describeAuthorizer(one);
    },
    GetAuthorizer: (input, ctx) =>
      describeAuthorizer(oneOf(at(input.restApiId, ctx).authorizers, input.authorizerId, 'authorizer')),
    GetAuthorizers(input, ctx) {
      const all = [...at(input.restApiId, ctx).authorizers.values()];
      const { items, next } = page(all, input.position, input.limit);
      return { items: items.map(describeAuthorizer), position: next };
    },
    UpdateAuthorizer(input, ctx) {
      const parts = at(input.restApiId, ctx);
      let one = oneOf(parts.authorizers, input.authorizerId, 'authorizer');
      for (const { op, path, value = '' } of input.patchOperations ?? []) {
        if (op !== 'replace') throw badRequest('Invalid patch operation specified.');
        if (path === '/authorizerUri') one = { ...one, uri: value };
        else if (path === '/name') one = { ...one, name: value };
        else if (path === '/identitySource') one = { ...one, identitySource: splitSources(value) };
        else if (path === '/authorizerResultTtlInSeconds') one = { ...one, ttl: Number(value) };
        else throw notImplemented('API Gateway', 'UpdateAuthorizer of that path');
      }
      checkTtl(one.ttl);
      parts.authorizers.set(one.id, one);
      return describeAuthorizer(one);
    },
    DeleteAuthorizer(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const { id } = oneOf(parts.authorizers, input.authorizerId, 'authorizer');
      if ([...parts.routes.values()].some(({ authorizerId }) => authorizerId === id))
        throw conflict('Cannot delete authorizer, is referenced in method');
      parts.authorizers.delete(id);
      return {};
    },
  };
}

const splitSources = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function checkTtl(ttl: number): void {
  if (!(ttl >= 0 && ttl <= AUTHORIZER_LIMITS.ttl.max))
    throw badRequest('Authorizer TTL must be between 0 and 3600 seconds');
}

const describeAuthorizer = (one: Authorizer): AuthorizerOut => ({
  ...one.rest,
  id: one.id,
  name: one.name,
  type: one.type as NonNullable<AuthorizerOut['type']>,
  authType: 'custom',
  authorizerUri: one.uri,
  identitySource: one.identitySource.join(', '),
  authorizerResultTtlInSeconds: one.ttl,
});
