import { defineService, type Service } from '@trustloom/core/adapter';
import { observeApiGateway } from './observe/index.ts';
import { performApiGateway } from './perform.ts';
import { planApiGateway } from './plan/index.ts';
import { renderApiGateway } from './render.ts';
import { apiGatewayInfo } from './service.ts';
import { apiGatewayAccountRegion, apiGatewayTarget } from './target.ts';

export { apiGatewayInfo } from './service.ts';
export { type ApiGatewayTarget, apiGatewayTarget } from './target.ts';

/**
 * Mutual TLS of API Gateway custom domains. It changes one field of a domain that is somebody's,
 * tags the domain, and publishes the revocation set for the authorizer that the target names.
 *
 * @example
 * const trustloom = await openTrustloom('trustloom.yaml', { services: [apiGateway] })
 */
export const apiGateway: Service = defineService({
  key: 'apiGateway',
  info: apiGatewayInfo,
  schema: apiGatewayTarget,
  accountRegion: apiGatewayAccountRegion,
  attachments: ({ domain }) => [domain],
  render: renderApiGateway,
  observe: observeApiGateway,
  plan: planApiGateway,
  perform: performApiGateway,
  connect: async (io) => (await import('./port/index.ts')).apiGatewayPort(io),
});
