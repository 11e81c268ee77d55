import { keeperOf } from '../../persist/keeper.ts';
import type { Keeper } from '../../persist/persist.ts';
import { schemaService } from '../../wire/schema-service.ts';
import { createRegions } from '../../world.ts';
import type { Service } from '../service.ts';
import { openApi } from './apis.ts';
import { openDomain } from './domains.ts';
import { httpApiOperations } from './http-apis.ts';
import { httpAuthorizerOperations } from './http-authorizers.ts';
import { httpDomainOperations } from './http-domains.ts';
import { httpRouteOperations } from './http-routes.ts';
import { httpStageOperations } from './http-stages.ts';
import type { HttpModel, RestModel } from './model.ts';
import { restApiOperations } from './rest-apis.ts';
import { restAuthorizerOperations } from './rest-authorizers.ts';
import { restDomainOperations } from './rest-domains.ts';
import { restRouteOperations } from './rest-routes.ts';
import { restStageOperations } from './rest-stages.ts';
import { type ApiGatewayState, emptyState } from './state.ts';

export type { Api, ApiGatewayState, Domain, Mapping, Truststore } from './state.ts';

/** API Gateway in both API versions, and its raw state, by account and region. */
export interface ApiGateway {
  readonly services: readonly Service[];
  readonly keeper: Keeper;
  state(): readonly { readonly account: string; readonly region: string; readonly state: ApiGatewayState }[];
}

/**
 * API Gateway: custom domain names with mutual TLS, and of APIs and mappings what decides which
 * requests bypass a domain. Versions 1 and 2 of the API manage the same domains.
 */
export function createApiGateway(): ApiGateway {
  const regions = createRegions(emptyState);
  const names = ['apigateway'];
  const malformed = { code: 'BadRequestException', status: 400 };
  const isV2 = (path: string) => path.startsWith('/v2/');
  const rest = schemaService<RestModel>({
    title: 'API Gateway',
    names,
    protocol: 'rest-json',
    load: () => import('@aws-sdk/client-api-gateway'),
    operations: {
      ...restDomainOperations(regions),
      ...restApiOperations(regions),
      ...restRouteOperations(regions),
      ...restAuthorizerOperations(regions),
      ...restStageOperations(regions),
    },
    owns: (path) => !isV2(path),
    malformed,
    reset: () => regions.clear(),
  });
  const http = schemaService<HttpModel>({
    title: 'API Gateway v2',
    names,
    protocol: 'rest-json',
    load: () => import('@aws-sdk/client-apigatewayv2'),
    operations: {
      ...httpDomainOperations(regions),
      ...httpApiOperations(regions),
      ...httpRouteOperations(regions),
      ...httpAuthorizerOperations(regions),
      ...httpStageOperations(regions),
    },
    owns: isV2,
    malformed,
    reset: () => regions.clear(),
  });
  return Object.freeze({
    services: [rest, http],
    keeper: keeperOf('apigateway', regions, async (state, ctx) => {
      for (const domain of state.domains.values()) await openDomain(state, domain, ctx);
      for (const api of state.apis.values()) await openApi(state, api, ctx);
    }),
    state: () => regions.all().map(([account, region, state]) => ({ account, region, state })),
  });
}
