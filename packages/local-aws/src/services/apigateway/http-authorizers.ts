import type { Authorizer as AuthorizerOut } from '@aws-sdk/client-apigatewayv2';
import type { Context, Operations } from '../service.ts';
import { AUTHORIZER_LIMITS } from './limits.ts';
import type { HttpModel } from './model.ts';
import { itemsOf } from './paging.ts';
import { deployAutomatically, oneOf, partsAt } from './parts.ts';
import type { Authorizer } from './parts-model.ts';
import { type ApiGatewayRegions, badRequest, conflict, newId } from './state.ts';

type Part = Pick<
  Operations<HttpModel>,
  'CreateAuthorizer' | 'DeleteAuthorizer' | 'GetAuthorizer' | 'GetAuthorizers' | 'UpdateAuthorizer'
>;

/** Authorizers of HTTP APIs. */
export function httpAuthorizerOperations(regions: ApiGatewayRegions): Part {
  const at = (apiId: string, ctx: Context) => partsAt(regions, apiId, ctx, false);
  return {
    CreateAuthorizer(input, ctx) {
      const parts = at(input.ApiId, ctx);
      if (parts.authorizers.size >= AUTHORIZER_LIMITS.perApi.max)
        throw badRequest('The API has reached its limit of authorizers');
      const { ApiId: _api, Name, AuthorizerType, AuthorizerUri, IdentitySource, ...rest } = input;
      const payload = input.AuthorizerPayloadFormatVersion;
      if (AuthorizerType === 'REQUEST' && payload !== '1.0' && payload !== '2.0')
        throw badRequest('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer');
      const simple = input.EnableSimpleResponses ?? false;
      if (simple && payload !== '2.0') throw badRequest('Simple responses need payload format 2.0');
      const one: Authorizer = {
        id: newId(ctx),
        name: Name,
        type: AuthorizerType,
        uri: AuthorizerUri,
        payload: payload === '2.0' ? '2.0' : '1.0',
        simple,
        identitySource: IdentitySource,
        ttl: ttlOf(input.AuthorizerResultTtlInSeconds, IdentitySource),
        rest,
      };
      parts.authorizers.set(one.id, one);
      return describeAuthorizer(one);
    },
    GetAuthorizer: (input, ctx) =>
      describeAuthorizer(oneOf(at(input.ApiId, ctx).authorizers, input.AuthorizerId, 'Authorizer')),
    GetAuthorizers: (input, ctx) =>
      itemsOf(at(input.ApiId, ctx).authorizers.values(), describeAuthorizer, input),
    UpdateAuthorizer(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const before = oneOf(parts.authorizers, input.AuthorizerId, 'Authorizer');
      const identitySource = input.IdentitySource ?? before.identitySource;
      const one: Authorizer = {
        ...before,
        name: input.Name ?? before.name,
        uri: input.AuthorizerUri ?? before.uri,
        identitySource,
        simple: input.EnableSimpleResponses ?? before.simple,
        ttl: ttlOf(input.AuthorizerResultTtlInSeconds ?? before.ttl, identitySource),
      };
      parts.authorizers.set(one.id, one);
      deployAutomatically(parts, ctx);
      return describeAuthorizer(one);
    },
    DeleteAuthorizer(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const { id } = oneOf(parts.authorizers, input.AuthorizerId, 'Authorizer');
      if ([...parts.routes.values()].some(({ authorizerId }) => authorizerId === id))
        throw conflict('Cannot delete authorizer, is referenced in route');
      parts.authorizers.delete(id);
      return {};
    },
  };
}

/**
 * Without identity sources there is no cache; with them, 0 unless a time is given (API reference,
 * CreateAuthorizer).
 */
function ttlOf(ttl: number | undefined, sources: readonly string[]): number {
  const seconds = ttl ?? 0;
  if (!(seconds >= 0 && seconds <= AUTHORIZER_LIMITS.ttl.max))
    throw badRequest('Authorizer TTL must be between 0 and 3600 seconds');
  if (seconds > 0 && sources.length === 0)
    throw badRequest('Identity source is required when authorization caching is enabled');
  return seconds;
}

const describeAuthorizer = (one: Authorizer): AuthorizerOut => ({
  ...one.rest,
  AuthorizerId: one.id,
  Name: one.name,
  AuthorizerType: one.type as NonNullable<AuthorizerOut['AuthorizerType']>,
  AuthorizerUri: one.uri,
  IdentitySource: [...one.identitySource],
  AuthorizerResultTtlInSeconds: one.ttl,
  EnableSimpleResponses: one.simple,
});
