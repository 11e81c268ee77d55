import type { DistributionConfig, FunctionConfig, Tag } from '@aws-sdk/client-cloudfront';
import type { YoungerElement } from '../../wire/younger-elements.ts';
import type { Context } from '../service.ts';
import { ServiceError } from '../service.ts';

export interface TrustStore {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  etag: string;
  status: 'pending' | 'active' | 'failed';
  reason: string | undefined;
  /** Milliseconds since the epoch. */
  modified: number;
  ocsp: boolean;
  tags: readonly Tag[];
  /** The object as it was read last; never given back. */
  bundle: Uint8Array;
  /** What edges trust: the last bundle that became active. */
  anchors: readonly Uint8Array[];
  /** Grows with every change of `anchors`. */
  version: number;
  /** Grows with every write; a result of an older one is dropped. */
  generation: number;
}

export interface Distribution {
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  etag: string;
  status: 'InProgress' | 'Deployed';
  modified: number;
  config: DistributionConfig;
  /** What of the configuration is younger than the SDK: kept and given back, without an effect. */
  younger?: readonly YoungerElement[];
  /** As the edges have it; undefined until the first deployment. */
  served: DistributionConfig | undefined;
  tags: readonly Tag[];
  generation: number;
}

/** A KeyValueStore; its items belong to the data plane, which has an ETag of its own. */
export interface KeyValueStore {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  comment: string | undefined;
  etag: string;
  dataETag: string;
  status: 'PROVISIONING' | 'READY' | 'IMPORT_FAILED';
  /** Why an import failed. */
  failure: string | undefined;
  readonly created: number;
  modified: number;
  items: ReadonlyMap<string, string>;
  tags: readonly Tag[];
}

/** Code and configuration of a connection function in one stage. */
export interface FunctionVersion {
  readonly code: Uint8Array;
  readonly config: FunctionConfig;
  /** ARN of the associated store. */
  readonly store: string | undefined;
  readonly etag: string;
  readonly modified: number;
}

/** A connection function. Only what is LIVE runs at the edge. */
export interface ConnectionFunction {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly created: number;
  development: FunctionVersion;
  live: FunctionVersion | undefined;
  publishing: boolean;
  tags: readonly Tag[];
}

/** CloudFront in one account. */
export interface CloudFrontState {
  readonly trustStores: Map<string, TrustStore>;
  readonly distributions: Map<string, Distribution>;
  /** By name. */
  readonly keyValueStores: Map<string, KeyValueStore>;
  /** By id. */
  readonly connectionFunctions: Map<string, ConnectionFunction>;
}

export const createCloudFrontState = (): CloudFrontState => ({
  trustStores: new Map(),
  distributions: new Map(),
  keyValueStores: new Map(),
  connectionFunctions: new Map(),
});

/** An ETag of the control plane, which follows the writes of one thing. */
export const newETag = (ctx: Context): string => `E${ctx.world.random.text(13)}`;

export const refusal = (code: string, status: number, message: string): ServiceError =>
  new ServiceError(code, status, message);

export const invalidArgument = (message: string): ServiceError => refusal('InvalidArgument', 400, message);

/** If-Match must be there and well formed (400), and name the current version (412). */
export function checkETag(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || !/^E[A-Z0-9]+$/.test(ifMatch)) {
    throw refusal(
      'InvalidIfMatchVersion',
      400,
      'The If-Match version is missing or not valid for the resource.',
    );
  }
  if (ifMatch !== etag) {
    throw refusal(
      'PreconditionFailed',
      412,
      'The request failed because it did not meet the preconditions in one or more request-header fields.',
    );
  }
}

export function trustStoreOf(state: CloudFrontState, id: string): TrustStore {
  const store = state.trustStores.get(id);
  if (!store) throw refusal('EntityNotFound', 404, 'The specified trust store does not exist.');
  return store;
}

export function distributionOf(state: CloudFrontState, id: string): Distribution {
  const distribution = state.distributions.get(id);
  if (!distribution) throw refusal('NoSuchDistribution', 404, 'The specified distribution does not exist.');
  return distribution;
}

/** Distributions whose configuration names a trust store. */
export const usersOf = (state: CloudFrontState, id: string): readonly Distribution[] =>
  [...state.distributions.values()].filter(
    ({ config }) => config.ViewerMtlsConfig?.TrustStoreConfig?.TrustStoreId === id,
  );

/** Distributions whose configuration names a function. */
export const distributionsOf = (state: CloudFrontState, id: string): readonly Distribution[] =>
  [...state.distributions.values()].filter(({ config }) => config.ConnectionFunctionAssociation?.Id === id);

/** What the store of a version holds now; undefined without a store. */
export function itemsOf(
  state: CloudFrontState,
  { store }: FunctionVersion,
): ReadonlyMap<string, string> | undefined {
  return [...state.keyValueStores.values()].find(({ arn }) => arn === store)?.items;
}
