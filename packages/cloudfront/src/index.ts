import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import type { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import {
  type Adapter,
  type AdapterSpec,
  defineAdapter,
  type Io,
  type JsonObject,
  type Place,
} from '@trustloom/core';
import { cloudfrontFacts } from './facts.ts';
import { observeCloudfront } from './observe.ts';
import { performCloudfront } from './perform.ts';
import { planCloudfront } from './plan.ts';
import { cloudfrontPort } from './port.ts';
import { checkPort } from './port-check.ts';
import { keysPort } from './port-keys.ts';
import { renderCloudfront } from './render.ts';
import type { Desired, Observed } from './state.ts';
import { type CloudfrontTarget, cloudfrontPlace, cloudfrontTarget } from './target.ts';

export { cloudfrontFacts } from './facts.ts';
export { type CloudfrontTarget, cloudfrontTarget } from './target.ts';

/** What the adapter needs: clients for each place; the place's region is always us-east-1. */
export interface CloudfrontOptions {
  readonly client: (place: Place) => CloudFrontClient;
  /** The data plane of key value stores. The client signs with SigV4A: import `@aws-sdk/signature-v4a` beside it. */
  readonly keyValueStore: (place: Place) => CloudFrontKeyValueStoreClient;
}

/**
 * The adapter for viewer mutual TLS of CloudFront distributions. Does no I/O by itself.
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
  const ports = (io: Io) => ({
    cloudfront: cloudfrontPort(client, io),
    check: checkPort(client, io),
    keys: keysPort(keyValueStore, io),
  });
  const spec: AdapterSpec<CloudfrontTarget, Desired, Observed, JsonObject> = {
    facts: cloudfrontFacts,
    key: 'cloudfront',
    target: cloudfrontTarget,
    place: cloudfrontPlace,
    readsInventory: ({ mode, revocation }) => revocation === 'compact' && mode !== 'passthrough',
    render: (trust, target, context) => renderCloudfront(trust, target, context),
    observe: (target, io) => observeCloudfront(target, ports(io), io),
    plan: (desired, observed, target, context) => planCloudfront(desired, observed, target, context),
    perform: (step, _target, io) => performCloudfront(step, ports(io), io),
  };
  return defineAdapter(spec);
}
