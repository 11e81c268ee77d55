import { keeperOf } from '../../persist/keeper.ts';
import type { Keeper } from '../../persist/persist.ts';
import { schemaService } from '../../wire/schema-service.ts';
import { createRegions } from '../../world.ts';
import { createKeyValueService } from '../keyvaluestore/index.ts';
import type { Service } from '../service.ts';
import { connectionFunctionOperations } from './connection-functions.ts';
import { distributionOperations, openEdges } from './distributions.ts';
import { keyValueStoreOperations } from './key-value-stores.ts';
import type { CloudFrontModel } from './model.ts';
import { type CloudFrontState, createCloudFrontState } from './state.ts';
import { tagOperations } from './tags.ts';
import { trustStoreOperations } from './trust-stores.ts';

export type {
  CloudFrontState,
  ConnectionFunction,
  Distribution,
  KeyValueStore,
  TrustStore as CloudFrontTrustStore,
} from './state.ts';

/** CloudFront and its raw state, by account. */
export interface CloudFront {
  readonly service: Service;
  /** Keys and values of the stores: a service of its own, over the same state. */
  readonly keyValues: Service;
  readonly keeper: Keeper;
  state(): readonly { readonly account: string; readonly state: CloudFrontState }[];
}

/** CloudFront: trust stores, and distributions as far as viewer mTLS needs them. */
export function createCloudFront(): CloudFront {
  const regions = createRegions(createCloudFrontState);
  const service = schemaService<CloudFrontModel>({
    title: 'CloudFront',
    names: ['cloudfront'],
    protocol: 'rest-xml',
    load: () => import('@aws-sdk/client-cloudfront'),
    operations: {
      ...trustStoreOperations(regions),
      ...distributionOperations(regions),
      ...connectionFunctionOperations(regions),
      ...keyValueStoreOperations(regions),
      ...tagOperations(regions),
    },
    keepsYounger: ['CreateDistribution', 'UpdateDistribution'],
    global: true,
    xmlns: 'http://cloudfront.amazonaws.com/doc/2020-05-31/',
    malformed: { code: 'MalformedXML', status: 400 },
    missing: 'InvalidArgument',
    reset: () => regions.clear(),
  });
  return Object.freeze({
    service,
    keyValues: createKeyValueService(regions),
    keeper: keeperOf('cloudfront', regions, async (state, ctx) => {
      for (const one of state.distributions.values()) await openEdges(state, one, ctx);
    }),
    state: () => regions.all().map(([account, , state]) => ({ account, state })),
  });
}
