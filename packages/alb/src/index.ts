import { type Adapter, type AdapterSpec, defineAdapter, type JsonObject } from '@trustloom/core';
import { albFacts } from './facts.ts';
import { observeAlb } from './observe.ts';
import { performAlb } from './perform.ts';
import { planAlb } from './plan.ts';
import { type AlbPortOptions, albPort } from './port.ts';
import { renderAlb } from './render.ts';
import type { Desired, Observed } from './state.ts';
import { type AlbTarget, albPlace, albTarget } from './target.ts';

export { albFacts } from './facts.ts';
export { type AlbTarget, albTarget } from './target.ts';

/** What the adapter needs: an ELBv2 client for each place. */
export type AlbOptions = AlbPortOptions;

/**
 * The adapter for trust stores of Application Load Balancers. Does no I/O by itself.
 *
 * @param options.client gives the client for an account and region; called for each observation and write
 * @param options.fetch for the presigned addresses by which the service gives bundles and lists back
 * @example
 * const adapter = alb({ client: ({ region }) => new ElasticLoadBalancingV2Client({ region, maxAttempts: 1 }) })
 */
export function alb(options: AlbOptions): Adapter {
  const spec: AdapterSpec<AlbTarget, Desired, Observed, JsonObject> = {
    facts: albFacts,
    key: 'alb',
    target: albTarget,
    place: albPlace,
    render: renderAlb,
    observe: (target, io) => observeAlb(target, albPort(options, io), io),
    plan: planAlb,
    perform: (step, target, io) => performAlb(step, target, albPort(options, io), io),
  };
  return defineAdapter(spec);
}
