import type {
  Action,
  Certificate,
  MutualAuthenticationAttributes,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Edge } from '../../types.ts';
import type { Context } from '../service.ts';
import { ServiceError } from '../service.ts';

/** A CRL of a trust store. */
export interface Revocation {
  readonly id: number;
  /** The file as it was uploaded. */
  readonly file: Uint8Array;
  readonly der: Uint8Array;
  readonly entries: number;
}

/**
 * What the nodes of the load balancers work with; follows the control plane when a change has
 * settled.
 */
export interface Served {
  readonly anchors: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  readonly version: string;
}

export interface TrustStore {
  readonly arn: string;
  readonly name: string;
  status: 'CREATING' | 'ACTIVE';
  /** The bundle as it was uploaded. */
  bundle: Uint8Array;
  certificates: readonly Uint8Array[];
  revocations: readonly Revocation[];
  /** Revocation ids are never reused. */
  lastRevocationId: number;
  tags: readonly Tag[];
  /** ARNs of listeners; one lingers until its removal has settled. */
  readonly associations: Set<string>;
  generation: number;
  served: Served;
}

/**
 * Form members under `MutualAuthentication.ClientCertificateIdentityFilters.`, by the rest of their
 * names.
 */
export type IdentityFilters = Readonly<Record<string, string>>;

export interface Listener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  /** HTTP and HTTPS at an Application Load Balancer, TCP and TLS at a Network Load Balancer. */
  protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'TLS';
  port: number;
  certificates: readonly Certificate[];
  sslPolicy: string | undefined;
  actions: readonly Action[];
  mutual: MutualAuthenticationAttributes | undefined;
  /**
   * Identity filters of a Network Load Balancer, as they were sent: the SDK's schema does not know
   * them.
   */
  filters: IdentityFilters;
  /** As the nodes have it. */
  servedMutual: MutualAuthenticationAttributes | undefined;
  tags: readonly Tag[];
  edge: Edge | undefined;
}

export interface LoadBalancer {
  readonly arn: string;
  readonly type: 'application' | 'network';
  readonly name: string;
  readonly dnsName: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly created: number;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly ipAddressType: 'ipv4' | 'dualstack' | 'dualstack-without-public-ipv4';
  state: 'provisioning' | 'active';
  attributes: ReadonlyMap<string, string>;
  tags: readonly Tag[];
}

/** Elastic Load Balancing in one account and region. */
export interface ElbState {
  readonly trustStores: Map<string, TrustStore>;
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly listeners: Map<string, Listener>;
}

export const createElbState = (): ElbState => ({
  trustStores: new Map(),
  loadBalancers: new Map(),
  listeners: new Map(),
});

export const arnOf = (ctx: Context, resource: string): string =>
  `arn:aws:elasticloadbalancing:${ctx.region}:${ctx.account}:${resource}`;

export const invalid = (message: string): ServiceError => new ServiceError('ValidationError', 400, message);

/** A refusal with one of the service's own codes; all of them are 400. */
export const refusal = (code: string, message: string): ServiceError => new ServiceError(code, 400, message);

export function trustStoreOf(state: ElbState, arn: string): TrustStore {
  const store = state.trustStores.get(arn);
  if (!store) throw refusal('TrustStoreNotFound', `Trust store '${arn}' not found`);
  return store;
}

export function listenerOf(state: ElbState, arn: string): Listener {
  const listener = state.listeners.get(arn);
  if (!listener) throw refusal('ListenerNotFound', `One or more listeners not found: ${arn}`);
  return listener;
}

export function loadBalancerOf(state: ElbState, arn: string): LoadBalancer {
  const balancer = state.loadBalancers.get(arn);
  if (!balancer) throw refusal('LoadBalancerNotFound', `Load balancers '[${arn}]' not found`);
  return balancer;
}
