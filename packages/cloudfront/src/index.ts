import type { Adapter, Place } from '@trustloom/core';
import { asAdapter, defineService, type SdkClient, type Service } from '@trustloom/core/adapter';
import type { CloudfrontSteps, Desired, Observed } from './model/index.ts';
import { observeCloudfront } from './observe/index.ts';
import { performCloudfront } from './perform.ts';
import { planCloudfront } from './plan/index.ts';
import type { CloudfrontPort } from './port/index.ts';
import { renderCloudfront } from './render.ts';
import { cloudfrontInformation } from './service.ts';
import { type CloudfrontTarget, cloudfrontTarget } from './target.ts';

export { cloudfrontInformation } from './service.ts';
export { type CloudfrontTarget, cloudfrontTarget } from './target.ts';

/**
 * Viewer mutual TLS of CloudFront distributions. The SDK is loaded when a target is first looked at.
 *
 * @example
 * const bound = cloudfrontService.bind({ distributions: ['E2EXAMPLE'] }, context)
 */
export const cloudfrontService: Service = defineService<
  CloudfrontTarget,
  Desired,
  Observed,
  CloudfrontPort,
  CloudfrontSteps
>({
  key: 'cloudfront',
  facts: cloudfrontInformation,
  schema: cloudfrontTarget,
  // CloudFront is global; its control plane and its bundles lie in us-east-1.
  place: () => ({ region: 'us-east-1' }),
  readsInventory: ({ mode, revocation }) => revocation === 'compact' && mode !== 'passthrough',
  render: renderCloudfront,
  observe: observeCloudfront,
  plan: planCloudfront,
  perform: performCloudfront,
  connect: async (io) => (await import('./port/index.ts')).cloudfrontPort(io),
});

/** Clients for each place; the place's region is always us-east-1. */
export interface CloudfrontOptions {
  /** A `CloudFrontClient`. */
  readonly client: (place: Place) => SdkClient;
  /** A `CloudFrontKeyValueStoreClient`: the data plane of KeyValueStores. */
  readonly keyValueStore: (place: Place) => SdkClient;
}

/**
 * The adapter for today's engine. Does no I/O by itself.
 *
 * @param options.client gives the client for an account; called for each observation and write
 * @param options.keyValueStore gives the client for keys and values of an account
 * @example
 * const adapter = cloudfront({
 *   client: ({ region }) => new CloudFrontClient({ region, maxAttempts: 1 }),
 *   keyValueStore: ({ region }) => new CloudFrontKeyValueStoreClient({ region, maxAttempts: 1 }),
 * })
 */
export function cloudfront({ client, keyValueStore }: CloudfrontOptions): Adapter {
  return asAdapter(cloudfrontService, (place) => ({
    client: <C extends SdkClient>(_: unknown, serviceId: string) =>
      (serviceId === 'CloudFront' ? client(place) : keyValueStore(place)) as C,
    fetch,
  }));
}
