import type { Bypass, Endpoint, Finding, Io } from '@trustloom/core/adapter';
import type { ListedListener, StoredListener } from '../model.ts';
import type { AlbPort } from '../port/index.ts';
import type { AlbTarget } from '../target.ts';

/**
 * A load balancer with all that it listens to: the target's own listeners, and the bypasses beside
 * them.
 */
interface LoadBalancer {
  readonly host: string;
  readonly listeners: readonly ListedListener[];
}

/** The listeners of a target, and what was seen around them. */
export interface Listeners {
  /** Those that exist, in the order of the definition. */
  readonly found: readonly StoredListener[];
  readonly bypasses: readonly Bypass[];
  readonly endpoints: readonly Endpoint[];
  readonly findings: readonly Finding[];
  /** Listeners that the definition names and that do not exist. */
  readonly unmet: readonly Finding[];
}

/** Reads the load balancers of a target, each once. */
export async function readListeners(target: AlbTarget, port: AlbPort, io: Io): Promise<Listeners> {
  const balancers = new Map(
    await Promise.all(
      [...new Set(target.listeners.map(balancerArn))].map(
        async (arn) => [arn, await readBalancer(arn, port, io)] as const,
      ),
    ),
  );
  const found = target.listeners.flatMap((arn): readonly StoredListener[] => {
    const listed = balancers.get(balancerArn(arn))?.listeners.find((listener) => listener.arn === arn);
    if (listed === undefined) return [];
    const { action: _, ...listener } = listed;
    return [listener];
  });
  return {
    found,
    bypasses: [...balancers.values()].flatMap((balancer) => bypassesOf(balancer, target)),
    endpoints: found.flatMap(({ arn, port: number }): readonly Endpoint[] => {
      const host = balancers.get(balancerArn(arn))?.host;
      return host === undefined ? [] : [{ kind: 'tls', host, port: number }];
    }),
    findings: wrongProtocol(found),
    unmet: missing(target, found),
  };
}

async function readBalancer(arn: string, port: AlbPort, io: Io): Promise<LoadBalancer> {
  const [listeners, hosts] = await Promise.all([
    io.shared(arn, () => port.listeners(arn)),
    io.shared('hosts', () => port.hosts()),
  ]);
  const host = hosts.get(arn) ?? (await port.hosts(arn)).get(arn);
  return { host: host ?? '', listeners };
}

/**
 * Other listeners of the same load balancer that hand requests on without asking for a certificate.
 */
function bypassesOf({ host, listeners }: LoadBalancer, target: AlbTarget): readonly Bypass[] {
  return listeners
    .filter(({ arn }) => !target.listeners.includes(arn))
    .map(({ arn, protocol, port, mode, action }) => {
      const open = action !== 'redirect' && action !== 'fixed-response' && mode !== 'verify';
      return {
        id: arn,
        state: open ? 'open' : 'closed',
        what: `${protocol} port ${port} of ${host} ${open ? 'forwards without mutual TLS' : `answers with ${mode === 'verify' ? 'verify' : action}`}`,
      };
    });
}

function missing(target: AlbTarget, found: readonly StoredListener[]): readonly Finding[] {
  return target.listeners
    .filter((arn) => !found.some((listener) => listener.arn === arn))
    .map((arn) => ({
      code: 'attachment-missing',
      severity: 'error',
      about: arn,
      message: `the listener ${arn} does not exist; fix the definition, or make the listener`,
    }));
}

function wrongProtocol(found: readonly StoredListener[]): readonly Finding[] {
  return found
    .filter(({ protocol }) => protocol !== 'HTTPS')
    .map(({ arn, protocol }) => ({
      code: 'precondition',
      severity: 'error',
      about: arn,
      message: `the listener ${arn} is ${protocol}; only HTTPS listeners ask for client certificates`,
      source: 'AWS: Mutual authentication with TLS in Application Load Balancer',
    }));
}

/**
 * ARN of the load balancer that a listener belongs to: the listener's own, without its last part.
 */
function balancerArn(listener: string): string {
  return listener.replace(':listener/', ':loadbalancer/').replace(/\/[0-9a-f]+$/, '');
}
