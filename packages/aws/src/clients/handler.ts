import { lookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { TrustloomError } from '@trustloom/core';
import { isLoopbackHost } from './endpoints.ts';

/** Longest time to connect, and longest silence on a connection, in ms. */
const connectTimeoutMs = 10_000;
const socketTimeoutMs = 60_000;

/**
 * The HTTP client that all SDK clients share: connections are kept, and nothing leaves the machine
 * while it is guarded.
 */
export interface SharedHandler {
  readonly handler: NodeHttpHandler;
  close(): void;
}

/**
 * Makes the shared HTTP client.
 *
 * @param guardedBy the setting that points to this machine; then a request to anywhere else is
 *   refused with `endpoint-not-loopback`
 * @param onDate called with the `Date` header of each answer
 */
export function createHandler(
  guardedBy: string | undefined,
  onDate: (date: string | undefined) => void = () => undefined,
): SharedHandler {
  const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 50, lookup: lookUp });
  const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: 50, lookup: lookUp });
  const handler = new NodeHttpHandler({
    httpAgent,
    httpsAgent,
    connectionTimeout: connectTimeoutMs,
    socketTimeout: socketTimeoutMs,
  });
  const send = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    if (guardedBy !== undefined && !isLoopbackHost(request.hostname))
      throw notLoopback(request.hostname, guardedBy);
    const answer = await send(request, options);
    onDate(answer.response.headers.date);
    return answer;
  };
  return {
    handler,
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Names below `localhost` are this machine (RFC 6761, 6.3), which many resolvers do not know. */
const lookUp: LookupFunction = (hostname, options, callback) => {
  if (!hostname.toLowerCase().endsWith('.localhost')) {
    lookup(hostname, options, callback);
    return;
  }
  const address = { address: '127.0.0.1', family: 4 };
  if (options.all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
};

/** The error of a call that would have left the machine although a setting points to it. */
export function notLoopback(where: string, setting: string): TrustloomError {
  return new TrustloomError(
    'endpoint-not-loopback',
    `${setting} points to this machine, but the call would have gone to ${where}; nothing was sent`,
    { context: { setting, where } },
  );
}
