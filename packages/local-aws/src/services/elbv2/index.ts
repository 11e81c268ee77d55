import { keeperOf } from '../../persist/keeper.ts';
import type { Keeper } from '../../persist/persist.ts';
import { schemaService } from '../../wire/schema-service.ts';
import { createRegions } from '../../world.ts';
import type { Service } from '../service.ts';
import { attributeOperations } from './attributes.ts';
import { withFilters, withoutFilters } from './identity-filters.ts';
import { listenerOperations, reopenListeners } from './listeners.ts';
import { loadBalancerOperations } from './load-balancers.ts';
import type { ElbModel } from './model.ts';
import { revocationOperations } from './revocations.ts';
import { createElbState, type ElbState } from './state.ts';
import { tagOperations } from './tags.ts';
import { trustStoreOperations } from './trust-stores.ts';

export type { ElbState, Listener, LoadBalancer, Revocation, TrustStore } from './state.ts';

/** Elastic Load Balancing and its raw state, by account and region. */
export interface Elbv2 {
  readonly service: Service;
  readonly keeper: Keeper;
  state(): readonly { readonly account: string; readonly region: string; readonly state: ElbState }[];
}

/**
 * Elastic Load Balancing v2: trust stores, revocations, and Application Load Balancers to attach
 * them to.
 */
export function createElbv2(): Elbv2 {
  const regions = createRegions(createElbState);
  const service = schemaService<ElbModel>({
    title: 'Elastic Load Balancing',
    names: ['elasticloadbalancing'],
    protocol: 'query',
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
    operations: {
      ...trustStoreOperations(regions),
      ...revocationOperations(regions),
      ...loadBalancerOperations(regions),
      ...listenerOperations(regions),
      ...attributeOperations(regions),
      ...tagOperations(regions),
    },
    xmlns: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    malformed: { code: 'ValidationError', status: 400 },
    younger: {
      take: withoutFilters,
      put: (xml, ctx) => withFilters(xml, regions.at(ctx.account, ctx.region)),
    },
    reset: () => regions.clear(),
  });
  return Object.freeze({
    service,
    keeper: keeperOf('elbv2', regions, reopenListeners),
    state: () => regions.all().map(([account, region, state]) => ({ account, region, state })),
  });
}
