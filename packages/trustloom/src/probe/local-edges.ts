import { TrustloomError } from '@trustloom/core';
import type { Dial } from './tls.ts';

interface Edge {
  readonly protocol: string;
  readonly hosts: readonly string[];
  readonly servicePort: number;
  readonly host: string;
  readonly port: number;
  readonly caPem: string;
}

/**
 * Asks a local AWS where its data planes listen: each host and port of AWS has a port of its own on
 * this machine.
 */
export async function localEdges(endpoint: string, signal: AbortSignal): Promise<Dial> {
  const response = await fetch(new URL('/_local/edges', endpoint), { signal });
  if (!response.ok)
    throw new TrustloomError(
      'service-unavailable',
      `${endpoint} does not tell where its data planes are (HTTP ${response.status})`,
    );
  const edges = (await response.json()) as readonly Edge[];
  return (host, port) => {
    const edge = edges.find(
      ({ protocol, hosts, servicePort }) =>
        protocol === 'https' && servicePort === port && hosts.includes(host),
    );
    return edge === undefined ? undefined : { host: edge.host, port: edge.port, ca: edge.caPem };
  };
}
