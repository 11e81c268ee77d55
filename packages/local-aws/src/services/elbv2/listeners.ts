import type { Action, Certificate, Listener as ListenerOut } from '@aws-sdk/client-elastic-load-balancing-v2';
import { defined } from '../../util/defined.ts';
import type { Regions } from '../../world.ts';
import type { Context, EdgeContext, Given, Operations } from '../service.ts';
import { filtersOf } from './identity-filters.ts';
import { LIMITS, PATTERNS } from './limits.ts';
import type { ElbModel } from './model.ts';
import { checkMutual, trustOf } from './mutual.ts';
import { type ElbState, invalid, type Listener, listenerOf, loadBalancerOf, refusal } from './state.ts';
import { mergeTags } from './tags.ts';
import { cut, next } from './trust-stores.ts';

type ListenerOperations = Pick<
  Operations<ElbModel>,
  'CreateListener' | 'DeleteListener' | 'DescribeListeners' | 'ModifyListener'
>;

/** Security policy of an HTTPS listener that names none (API reference: CreateListener). */
const DEFAULT_POLICY = 'ELBSecurityPolicy-2016-08';

/** Listeners. Each one is a data plane from its creation, with or without mutual TLS. */
export function listenerOperations(regions: Regions<ElbState>): ListenerOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    async CreateListener(input, ctx) {
      const state = here(ctx);
      const balancer = loadBalancerOf(state, input.LoadBalancerArn);
      const siblings = listenersOf(state, balancer.arn);
      if (siblings.length >= LIMITS.listeners.max) {
        throw refusal('TooManyListeners', 'The maximum number of listeners has been reached');
      }
      const listener: Listener = {
        arn: `${balancer.arn.replace(':loadbalancer/', ':listener/')}/${ctx.world.random.hex(16)}`,
        loadBalancerArn: balancer.arn,
        protocol: protocolOf(input.Protocol, balancer.type),
        port: portOf(input.Port, siblings),
        certificates: [],
        sslPolicy: undefined,
        actions: actionsOf(input.DefaultActions),
        mutual: undefined,
        filters: filtersOf(ctx),
        servedMutual: undefined,
        tags: mergeTags([], input.Tags),
        edge: undefined,
      };
      if (isSecure(listener.protocol)) {
        listener.certificates = certificatesOf(input.Certificates);
        listener.sslPolicy = input.SslPolicy ?? DEFAULT_POLICY;
      }
      const mutual = input.MutualAuthentication && checkMutual(input.MutualAuthentication, listener, state);
      state.listeners.set(listener.arn, listener);
      setMutual(state, listener, mutual, ctx);
      // Nothing is served before the listener is there as a whole: never an instant without its
      // mutual TLS.
      listener.servedMutual = mutual;
      await openEdge(state, listener, ctx);
      return { Listeners: [describe(listener)] };
    },
    async ModifyListener(input, ctx) {
      const state = here(ctx);
      const listener = listenerOf(state, input.ListenerArn);
      const others = listenersOf(state, listener.loadBalancerArn).filter((one) => one !== listener);
      const protocol =
        input.Protocol === undefined
          ? listener.protocol
          : protocolOf(input.Protocol, loadBalancerOf(state, listener.loadBalancerArn).type);
      const port = input.Port === undefined ? listener.port : portOf(input.Port, others);
      const certificates = !isSecure(protocol)
        ? []
        : input.Certificates
          ? certificatesOf(input.Certificates)
          : listener.certificates;
      if (protocol === 'HTTPS' && certificates.length === 0) certificatesOf(undefined);
      const actions = input.DefaultActions === undefined ? listener.actions : actionsOf(input.DefaultActions);
      // Mutual authentication that is left out changes nothing; turning it off needs an explicit
      // `off`.
      const mutual =
        input.MutualAuthentication === undefined
          ? !isSecure(protocol)
            ? undefined
            : listener.mutual
          : checkMutual(input.MutualAuthentication, { ...listener, protocol }, state);
      const moved = protocol !== listener.protocol || port !== listener.port;
      Object.assign(listener, { protocol, port, certificates, actions });
      listener.sslPolicy = !isSecure(protocol)
        ? undefined
        : (input.SslPolicy ?? listener.sslPolicy ?? DEFAULT_POLICY);
      // Who writes a listener's mutual authentication without its filters loses them: they are kept
      // only if sent.
      if (input.MutualAuthentication !== undefined) listener.filters = filtersOf(ctx);
      setMutual(state, listener, mutual, ctx);
      if (moved) {
        listener.servedMutual = mutual;
        await ctx.world.edges.close(listener.arn);
        await openEdge(state, listener, ctx);
      }
      return { Listeners: [describe(listener)] };
    },
    async DeleteListener(input, ctx) {
      const state = here(ctx);
      await removeListener(state, listenerOf(state, input.ListenerArn), ctx);
      return {};
    },
    DescribeListeners(input, ctx) {
      const state = here(ctx);
      const arns = input.ListenerArns ?? [];
      if (input.LoadBalancerArn === undefined && arns.length === 0) {
        throw invalid('You must specify either listener ARNs or a load balancer ARN');
      }
      const wanted =
        arns.length > 0
          ? arns.map((arn) => listenerOf(state, arn))
          : listenersOf(state, loadBalancerOf(state, input.LoadBalancerArn ?? '').arn);
      const page = cut(wanted, input.Marker, input.PageSize);
      return { Listeners: page.items.map(describe), ...next(page.next) };
    },
  };
}

/**
 * Deletes a listener, its data plane, and (once that has settled) its association with a trust
 * store.
 */
export async function removeListener(state: ElbState, listener: Listener, ctx: Context): Promise<void> {
  setMutual(state, listener, undefined, ctx);
  state.listeners.delete(listener.arn);
  await ctx.world.edges.close(listener.arn);
}

const listenersOf = (state: ElbState, balancerArn: string): readonly Listener[] =>
  [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === balancerArn);

/**
 * Changes mutual authentication: at once in the control plane, at the nodes when it has settled.
 */
function setMutual(state: ElbState, listener: Listener, mutual: Listener['mutual'], ctx: Context): void {
  const before = listener.mutual?.TrustStoreArn;
  const after = mutual?.TrustStoreArn;
  listener.mutual = mutual;
  if (after !== undefined) state.trustStores.get(after)?.associations.add(listener.arn);
  ctx.world.settle.later(listener.arn, () => {
    listener.servedMutual = mutual;
    const gone =
      before !== undefined &&
      (listener.mutual?.TrustStoreArn !== before || !state.listeners.has(listener.arn));
    if (gone) state.trustStores.get(before)?.associations.delete(listener.arn);
  });
}

/** Opens the data planes of listeners that were kept. */
export async function reopenListeners(state: ElbState, ctx: EdgeContext): Promise<void> {
  for (const listener of state.listeners.values()) await openEdge(state, listener, ctx);
}

async function openEdge(state: ElbState, listener: Listener, ctx: EdgeContext): Promise<void> {
  const { world, account, region } = ctx;
  // Plain TCP carries anything; there is nothing to serve.
  if (listener.protocol === 'TCP') return;
  listener.edge = await world.edges.open({
    kind: 'alb',
    protocol: isSecure(listener.protocol) ? 'https' : 'http',
    resource: listener.arn,
    hosts: [loadBalancerOf(state, listener.loadBalancerArn).dnsName],
    account,
    region,
    servicePort: listener.port,
    trust: () => trustOf(listener, state.trustStores),
    behaviour: () => (listener.actions.at(-1)?.Type === 'redirect' ? 'redirect' : 'forward'),
  });
}

function describe(listener: Listener): ListenerOut {
  const https = isSecure(listener.protocol);
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol,
    ...(https
      ? { Certificates: [...listener.certificates], MutualAuthentication: listener.mutual ?? { Mode: 'off' } }
      : {}),
    ...defined({ SslPolicy: listener.sslPolicy }),
    DefaultActions: [...listener.actions],
  };
}

const isSecure = (protocol: Listener['protocol']) => protocol === 'HTTPS' || protocol === 'TLS';

function protocolOf(protocol: string | undefined, type: 'application' | 'network'): Listener['protocol'] {
  if (type === 'application' && (protocol === 'HTTP' || protocol === 'HTTPS')) return protocol;
  if (type === 'network' && (protocol === 'TCP' || protocol === 'TLS')) return protocol;
  throw refusal(
    'UnsupportedProtocol',
    type === 'application'
      ? 'An Application Load Balancer has HTTP and HTTPS listeners'
      : 'The local AWS has TCP and TLS listeners of Network Load Balancers',
  );
}

function portOf(port: number | undefined, others: readonly Listener[]): number {
  if (port === undefined || port < 1 || port > 65_535)
    throw invalid('A port between 1 and 65535 must be specified');
  if (others.some((listener) => listener.port === port)) {
    throw refusal('DuplicateListener', 'A listener already exists on this port for this load balancer');
  }
  return port;
}

function certificatesOf(given: readonly Given<Certificate>[] | undefined): readonly Certificate[] {
  const [certificate, ...more] = given ?? [];
  if (!certificate) throw invalid('A certificate must be specified for HTTPS listeners');
  if (more.length > 0) throw refusal('TooManyCertificates', 'Only one default certificate can be specified');
  const arn = certificate.CertificateArn;
  if (arn === undefined || !PATTERNS.certificateArn.test(arn))
    throw invalid(`Certificate ARN '${arn}' is not valid`);
  return [{ CertificateArn: arn }];
}

/** Default actions end in forward, redirect or fixed-response. */
function actionsOf(given: readonly Given<Action>[]): readonly Action[] {
  const last = given.at(-1);
  if (!last || !['forward', 'redirect', 'fixed-response'].includes(last.Type)) {
    throw refusal(
      'InvalidLoadBalancerAction',
      'The last default action must be forward, redirect or fixed-response',
    );
  }
  return structuredClone(given) as readonly Action[];
}
