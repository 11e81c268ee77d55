import type { Adapter } from '@trustloom/core';
import { asAdapter, defineService, type Place, type SdkClient, type Service } from '@trustloom/core/adapter';
import { observeApiGateway } from './observe/index.ts';
import { performApiGateway } from './perform.ts';
import { planApiGateway } from './plan/index.ts';
import { renderApiGateway } from './render.ts';
import { apiGatewayInformation } from './service.ts';
import { apiGatewayPlace, apiGatewayTarget } from './target.ts';

export { apiGatewayInformation } from './service.ts';
export { type ApiGatewayTarget, apiGatewayTarget } from './target.ts';

/**
 * Mutual TLS of API Gateway custom domains. It changes one field of a domain that is somebody's, tags the
 * domain, and publishes the revocation set for the authorizer that the target names.
 *
 * @example
 * const trustloom = await openTrustloom('trustloom.yaml', { services: [apiGatewayService] })
 */
export const apiGatewayService: Service = defineService({
  key: 'apiGateway',
  facts: apiGatewayInformation,
  schema: apiGatewayTarget,
  place: apiGatewayPlace,
  render: renderApiGateway,
  observe: observeApiGateway,
  plan: planApiGateway,
  perform: performApiGateway,
  connect: async (io) => (await import('./port/index.ts')).apiGatewayPort(io),
});

/** A client of each API for each account and region. */
export interface ApiGatewayOptions {
  /** Of REST APIs. */
  readonly v1: (place: Place) => SdkClient;
  /** Of HTTP APIs: used for the APIs behind a domain, and where the target says `api: http`. */
  readonly v2: (place: Place) => SdkClient;
}

/**
 * The same for an engine that takes adapters, with the clients given.
 *
 * @example
 * const adapter = apiGateway({ v1: ({ region }) => new APIGatewayClient({ region }), v2: ({ region }) => new ApiGatewayV2Client({ region }) })
 */
export function apiGateway({ v1, v2 }: ApiGatewayOptions): Adapter {
  return asAdapter(apiGatewayService, (place) => ({
    client: <C extends SdkClient>(_class: unknown, serviceId: string) =>
      (serviceId === 'API Gateway' ? v1 : v2)(place) as C,
    fetch: globalThis.fetch,
  }));
}
