import type { RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import { type Adapter, type AdapterSpec, defineAdapter, type JsonObject, type Place } from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import { observeRolesAnywhere } from './observe.ts';
import { performRolesAnywhere } from './perform.ts';
import { planRolesAnywhere } from './plan.ts';
import { rolesAnywherePort } from './port.ts';
import { renderRolesAnywhere } from './render.ts';
import type { Desired, Observed } from './state.ts';
import { type RolesAnywhereTarget, rolesAnywherePlace, rolesAnywhereTarget } from './target.ts';

export { rolesAnywhereFacts } from './facts.ts';
export { type RolesAnywhereTarget, rolesAnywhereTarget } from './target.ts';

/** What the adapter needs: a client for each place. */
export interface RolesAnywhereOptions {
  readonly client: (place: Place) => RolesAnywhereClient;
}

/**
 * The adapter for trust anchors of IAM Roles Anywhere. Does no I/O by itself.
 *
 * @param options.client gives the client for an account and region. Its own retries must be off: a create that is repeated makes a second
 *   anchor. The client of version 3.332.0 ignores endpoint variables; give it `endpoint`.
 * @example
 * const adapter = rolesAnywhere({ client: ({ region }) => new RolesAnywhereClient({ region, maxAttempts: 0 }) })
 */
export function rolesAnywhere({ client }: RolesAnywhereOptions): Adapter {
  const spec: AdapterSpec<RolesAnywhereTarget, Desired, Observed, JsonObject> = {
    facts: rolesAnywhereFacts,
    key: 'rolesAnywhere',
    target: rolesAnywhereTarget,
    place: rolesAnywherePlace,
    render: (trust, _target, context) => renderRolesAnywhere(trust, context),
    observe: (target, io) => observeRolesAnywhere(target, rolesAnywherePort(client, io), io),
    plan: (desired, observed, _target, context) => planRolesAnywhere(desired, observed, context),
    perform: (step, _target, io) => performRolesAnywhere(step, rolesAnywherePort(client, io)),
  };
  return defineAdapter(spec);
}
