import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { type Adapter, type AdapterSpec, defineAdapter, type JsonObject, type Place } from '@trustloom/core';
import { cloudfrontFacts } from './facts.ts';
import { observeCloudfront } from './observe.ts';
import { performCloudfront } from './perform.ts';
import { planCloudfront } from './plan.ts';
import { cloudfrontPort } from './port.ts';
import { renderCloudfront } from './render.ts';
import type { Desired, Observed } from './state.ts';
import { type CloudfrontTarget, cloudfrontPlace, cloudfrontTarget } from './target.ts';

export { cloudfrontFacts } from './facts.ts';
export { type CloudfrontTarget, cloudfrontTarget } from './target.ts';

/** What the adapter needs: a client for each place; the place's region is always us-east-1. */
export interface CloudfrontOptions {
  readonly client: (place: Place) => CloudFrontClient;
}

/**
 * The adapter for viewer mutual TLS of CloudFront distributions. Does no I/O by itself.
 *
 * @param options.client gives the client for an account; called for each observation and write
 * @example
 * const adapter = cloudfront({ client: ({ region }) => new CloudFrontClient({ region, maxAttempts: 1 }) })
 */
export function cloudfront({ client }: CloudfrontOptions): Adapter {
  const spec: AdapterSpec<CloudfrontTarget, Desired, Observed, JsonObject> = {
    facts: cloudfrontFacts,
    key: 'cloudfront',
    target: cloudfrontTarget,
    place: cloudfrontPlace,
    render: (trust, _target, context) => renderCloudfront(trust, context),
    observe: (target, io) => observeCloudfront(target, cloudfrontPort(client, io), io),
    plan: (desired, observed, target, context) => planCloudfront(desired, observed, target, context),
    perform: (step, _target, io) => performCloudfront(step, cloudfrontPort(client, io)),
  };
  return defineAdapter(spec);
}
