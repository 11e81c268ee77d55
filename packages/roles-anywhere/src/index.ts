import type { Adapter } from '@trustloom/core';
import { asAdapter, defineService, type Place, type SdkClient, type Service } from '@trustloom/core/adapter';
import { observeRolesAnywhere } from './observe.ts';
import { performRolesAnywhere } from './perform.ts';
import { planRolesAnywhere } from './plan/index.ts';
import { renderRolesAnywhere } from './render.ts';
import { rolesAnywhereInformation } from './service.ts';
import { rolesAnywherePlace, rolesAnywhereSchema } from './target.ts';

export { rolesAnywhereInformation } from './service.ts';
export { type RolesAnywhereTarget, rolesAnywhereSchema } from './target.ts';

/**
 * Trust anchors of IAM Roles Anywhere. The client's own retries must be off: a create that is
 * repeated makes a second anchor. The client of version 3.332.0 ignores endpoint variables; give it
 * `endpoint`.
 *
 * @example
 * const bound = rolesAnywhereService.bind({ region: 'eu-west-1' }, context)
 */
export const rolesAnywhereService: Service = defineService({
  key: 'rolesAnywhere',
  facts: rolesAnywhereInformation,
  schema: rolesAnywhereSchema,
  place: rolesAnywherePlace,
  render: (trust, _target, context) => renderRolesAnywhere(trust, context),
  observe: observeRolesAnywhere,
  plan: (desired, observed, _target, context) => planRolesAnywhere(desired, observed, context),
  perform: performRolesAnywhere,
  connect: async (io) => (await import('./port/index.ts')).rolesAnywherePort(io),
});

/** What the adapter needs: a client for each place. */
export interface RolesAnywhereOptions {
  readonly client: (place: Place) => SdkClient;
}

/**
 * The service as today's engine takes it.
 *
 * @example
 * const adapter = rolesAnywhere({
 *   client: ({ region }) => new RolesAnywhereClient({ region, maxAttempts: 0 }),
 * })
 */
export function rolesAnywhere({ client }: RolesAnywhereOptions): Adapter {
  return asAdapter(rolesAnywhereService, (place) => ({
    client: <C extends SdkClient>() => client(place) as C,
    fetch: globalThis.fetch,
  }));
}
