import { request } from 'node:https';
import type { Edge } from '@trustloom/local-aws';

/** A certificate with its key, as a client holds it. */
export interface Knocking {
  readonly pem: string;
  readonly keyPem: string;
}

/**
 * Makes one request at a data plane, over real TLS on a connection of its own.
 *
 * @param client without it: a client that has no certificate
 * @returns the HTTP status, or `no-connection` when the handshake was refused
 * @example
 * const status = await knock(edge, { pem: leaf.pem, keyPem: leaf.keyPem })
 */
export function knock(edge: Edge, client?: Knocking, path = '/'): Promise<number | 'no-connection'> {
  const [host = edge.host] = edge.hosts;
  return new Promise((resolve) => {
    const asking = request({
      host: edge.host,
      port: edge.port,
      path,
      servername: host,
      ca: edge.caPem,
      agent: false,
      headers: { host },
      ...(client === undefined ? {} : { cert: client.pem, key: client.keyPem }),
    });
    asking.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 'no-connection'));
    });
    asking.on('error', () => resolve('no-connection'));
    asking.end();
  });
}
