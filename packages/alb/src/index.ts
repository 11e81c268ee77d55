import { asAdapter, defineService, type Place, type SdkClient, type Service } from '@trustloom/core/adapter';
import { observeAlb } from './observe/index.ts';
import { performAlb } from './perform.ts';
import { planAlb } from './plan/index.ts';
import { renderAlb } from './render.ts';
import { albInfo } from './service.ts';
import { albAccountRegion, albTarget } from './target.ts';

export { albInfo } from './service.ts';
export { type AlbTarget, albTarget } from './target.ts';

/**
 * Trust stores of Application Load Balancers, as the engine takes them. Needs
 * `@aws-sdk/client-elastic-load-balancing-v2`, which is loaded when a target is observed.
 *
 * @example
 * const target = albService.bind({ listeners: ['arn:aws:elasticloadbalancing:...'] }, context)
 */
export const albService: Service = defineService({
  key: 'alb',
  facts: albInfo,
  schema: albTarget,
  place: albAccountRegion,
  render: renderAlb,
  observe: observeAlb,
  plan: planAlb,
  perform: performAlb,
  connect: async (io) => (await import('./port/index.ts')).albPort(io),
});

/** What the adapter needs: an ELBv2 client for each place. */
export interface AlbOptions {
  readonly client: (place: Place) => SdkClient;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * The service for an engine that takes adapters. Does no I/O by itself.
 *
 * @param options.client gives the client for an account and region; called for each observation and write
 * @param options.fetch for the presigned addresses by which the service gives bundles and CRLs back
 * @example
 * const adapter = alb({ client: ({ region }) => new ElasticLoadBalancingV2Client({ region, maxAttempts: 1 }) })
 */
export function alb({ client, fetch = globalThis.fetch }: AlbOptions): ReturnType<typeof asAdapter> {
  return asAdapter(albService, (place) => ({
    // The port asks for one class only, which is what the caller gives.
    client: <C extends SdkClient>() => client(place) as C,
    fetch,
  }));
}
