import { type Adapter, type AdapterSpec, defineAdapter, type JsonObject } from '@trustloom/core';
import { apiGatewayFacts } from './facts.ts';
import { observeApiGateway } from './observe.ts';
import { performApiGateway } from './perform.ts';
import { planApiGateway } from './plan.ts';
import { type ApiGatewayOptions, apiGatewayPort } from './port.ts';
import { renderApiGateway } from './render.ts';
import type { Desired, Observed } from './state.ts';
import { type ApiGatewayTarget, apiGatewayPlace, apiGatewayTarget } from './target.ts';

export { apiGatewayFacts } from './facts.ts';
export type { ApiGatewayOptions } from './port.ts';
export { type ApiGatewayTarget, apiGatewayTarget } from './target.ts';

/**
 * The adapter for mutual TLS of API Gateway custom domains. Does no I/O by itself. It changes one field of a domain that is somebody's,
 * marks the domain by two tags, and publishes the revocation set for the authorizer that the target names.
 *
 * @param options.v1 gives the client of REST APIs for an account and region
 * @param options.v2 gives the client of HTTP APIs; used for doors, and where the target says `api: http`
 * @example
 * const adapter = apiGateway({ v1: ({ region }) => new APIGatewayClient({ region }), v2: ({ region }) => new ApiGatewayV2Client({ region }) })
 */
export function apiGateway(options: ApiGatewayOptions): Adapter {
  const spec: AdapterSpec<ApiGatewayTarget, Desired, Observed, JsonObject> = {
    facts: apiGatewayFacts,
    key: 'apiGateway',
    target: apiGatewayTarget,
    place: apiGatewayPlace,
    render: (trust, target, context) => renderApiGateway(trust, target, context),
    observe: (target, io) => observeApiGateway(target, apiGatewayPort(options, target, io), io),
    plan: (desired, observed, target, context) => planApiGateway(desired, observed, target, context),
    perform: (step, target, io) => performApiGateway(step, apiGatewayPort(options, target, io), io),
  };
  return defineAdapter(spec);
}
