import type { LoadBalancer as LoadBalancerOut } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Regions } from '../../world.ts';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { LOAD_BALANCER_ATTRIBUTES } from './attributes.ts';
import { LIMITS, PATTERNS } from './limits.ts';
import { removeListener } from './listeners.ts';
import type { ElbModel } from './model.ts';
import { arnOf, type ElbState, invalid, type LoadBalancer, loadBalancerOf, refusal } from './state.ts';
import { mergeTags } from './tags.ts';
import { cut, next } from './trust-stores.ts';

type LoadBalancerOperations = Pick<
  Operations<ElbModel>,
  'CreateLoadBalancer' | 'DeleteLoadBalancer' | 'DescribeAccountLimits' | 'DescribeLoadBalancers'
>;

/**
 * Load balancers, application and network, as far as listeners need them. There is no network:
 * subnets are kept, not checked.
 */
export function loadBalancerOperations(regions: Regions<ElbState>): LoadBalancerOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    CreateLoadBalancer(input, ctx) {
      const state = here(ctx);
      const type = input.Type ?? 'application';
      if (type !== 'application' && type !== 'network')
        throw notImplemented('Elastic Load Balancing', `${type} load balancers`);
      if (!PATTERNS.loadBalancerName.test(input.Name))
        throw invalid(`The load balancer name '${input.Name}' is not valid`);
      const all = [...state.loadBalancers.values()];
      if (all.some((balancer) => balancer.name === input.Name)) {
        throw refusal(
          'DuplicateLoadBalancerName',
          `A load balancer with the name '${input.Name}' already exists`,
        );
      }
      if (all.length >= LIMITS.loadBalancers.max) {
        throw refusal('TooManyLoadBalancers', 'The maximum number of load balancers has been reached');
      }
      const scheme = input.Scheme ?? 'internet-facing';
      const prefix = scheme === 'internal' ? 'internal-' : '';
      const balancer: LoadBalancer = {
        arn: arnOf(
          ctx,
          `loadbalancer/${type === 'network' ? 'net' : 'app'}/${input.Name}/${ctx.world.random.hex(16)}`,
        ),
        type,
        name: input.Name,
        dnsName: `${prefix}${input.Name}-${ctx.world.random.text(10, '0123456789')}.${ctx.region}.elb.amazonaws.com`,
        scheme,
        created: ctx.now,
        subnets: input.Subnets ?? (input.SubnetMappings ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
        securityGroups: input.SecurityGroups ?? [],
        ipAddressType: input.IpAddressType ?? 'ipv4',
        state: 'provisioning',
        attributes: LOAD_BALANCER_ATTRIBUTES,
        tags: mergeTags([], input.Tags),
      };
      state.loadBalancers.set(balancer.arn, balancer);
      ctx.world.settle.later(balancer.arn, () => {
        balancer.state = 'active';
      });
      return { LoadBalancers: [describe(balancer)] };
    },
    DescribeLoadBalancers(input, ctx) {
      const state = here(ctx);
      const { LoadBalancerArns: arns = [], Names: names = [] } = input;
      const all = [...state.loadBalancers.values()];
      const wanted =
        arns.length > 0
          ? arns.map((arn) => loadBalancerOf(state, arn))
          : names.length > 0
            ? names.map((name) => named(all, name))
            : all;
      const page = cut(wanted, input.Marker, input.PageSize);
      return { LoadBalancers: page.items.map(describe), ...next(page.next) };
    },
    async DeleteLoadBalancer(input, ctx) {
      const state = here(ctx);
      // Deleting what is not there succeeds, as the API reference says.
      const balancer = state.loadBalancers.get(input.LoadBalancerArn);
      if (!balancer) return {};
      if (balancer.attributes.get('deletion_protection.enabled') === 'true') {
        throw refusal(
          'OperationNotPermitted',
          `Load balancer '${balancer.arn}' cannot be deleted because deletion protection is enabled`,
        );
      }
      const listeners = [...state.listeners.values()].filter((one) => one.loadBalancerArn === balancer.arn);
      // Gone at once: nobody may add a listener while the data planes close.
      state.loadBalancers.delete(balancer.arn);
      await Promise.all(listeners.map((listener) => removeListener(state, listener, ctx)));
      return {};
    },
    DescribeAccountLimits: () => ({
      Limits: [
        { Name: 'application-load-balancers', Max: String(LIMITS.loadBalancers.max) },
        { Name: 'listeners-per-application-load-balancer', Max: String(LIMITS.listeners.max) },
      ],
    }),
  };
}

const describe = (balancer: LoadBalancer): LoadBalancerOut => ({
  LoadBalancerArn: balancer.arn,
  DNSName: balancer.dnsName,
  CreatedTime: new Date(balancer.created),
  LoadBalancerName: balancer.name,
  Scheme: balancer.scheme,
  State: { Code: balancer.state },
  Type: balancer.type,
  AvailabilityZones: balancer.subnets.map((SubnetId) => ({ SubnetId })),
  SecurityGroups: [...balancer.securityGroups],
  IpAddressType: balancer.ipAddressType,
});

function named(all: readonly LoadBalancer[], name: string): LoadBalancer {
  const balancer = all.find((one) => one.name === name);
  if (!balancer) throw refusal('LoadBalancerNotFound', `Load balancers '[${name}]' not found`);
  return balancer;
}
