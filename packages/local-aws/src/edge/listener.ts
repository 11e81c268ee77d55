import { constants } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer, type Http2SecureServer, type Http2Session } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { writePem } from '../der/index.ts';
import type { EdgeSpec, EdgeTrust } from '../types.ts';
import type { Unknowns } from '../unknowns.ts';
import { createTrustCache, decide, type Verdict } from './decide.ts';
import { answer, type Request } from './origin.ts';
import { presentedBy } from './peer.ts';

/** What a listener needs besides its description. */
export interface ListenerContext {
  now(): number;
  readonly unknowns: Unknowns;
  /**
   * URL of a server that stands behind load balancers and distributions; without it the edge
   * answers itself.
   */
  readonly origin: string | undefined;
  /** Server certificate; for HTTPS. */
  readonly key: string;
  readonly cert: string;
  /** Called once for each handshake. */
  log(verdict: Verdict): void;
  /** Called before trust is asked. */
  catchUp(): void;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

const OPEN: Verdict = { outcome: 'admit', reason: 'Success', leaf: undefined, presented: [] };

const UNMAPPED: Verdict = {
  outcome: 'close',
  reason: 'UnmappedConnectionError',
  leaf: undefined,
  presented: [],
};

/** Opens a listener on loopback. */
export async function listen(spec: EdgeSpec, context: ListenerContext): Promise<Listener> {
  const front = spec.protocol === 'http' ? httpFront(spec, context) : httpsFront(spec, context);
  const sockets = new Set<Socket>();
  front.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(0, '127.0.0.1', resolve);
  });
  return Object.freeze({
    port: (front.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        front.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}

function httpFront(spec: EdgeSpec, { catchUp, origin }: ListenerContext): Server {
  return createHttpServer((request, response) => {
    catchUp();
    void answer(spec, spec.trust(), OPEN, request, response, origin);
  });
}

/**
 * Accepts TCP and hands each connection to a TLS server made for the trust of this instant: whether
 * a certificate is asked for, and which CA names are advertised, is part of a TLS server's
 * configuration.
 */
function httpsFront(spec: EdgeSpec, context: ListenerContext): Server {
  let current: { readonly form: string; readonly server: Http2SecureServer } | undefined;
  const cache = createTrustCache();
  const serverFor = (trust: EdgeTrust) => {
    const advertised = trust.mode !== 'off' && trust.advertiseCaNames;
    const form = trust.mode === 'off' ? 'open' : advertised ? `names ${trust.version}` : 'ask';
    if (current?.form !== form)
      current = { form, server: tlsServer(spec, context, trust, (presented) => decideNow(presented)) };
    return current.server;
  };
  const decideNow = (presented: readonly Uint8Array[]) => {
    context.catchUp();
    return decide(spec.kind, spec.trust(), presented, cache, {
      now: context.now(),
      unknowns: context.unknowns,
    });
  };
  return createTcpServer((socket) => {
    context.catchUp();
    serverFor(spec.trust()).emit('connection', socket);
  });
}

function tlsServer(
  spec: EdgeSpec,
  context: ListenerContext,
  trust: EdgeTrust,
  decideNow: (presented: readonly Uint8Array[]) => Verdict,
): Http2SecureServer {
  const verdicts = new WeakMap<object, Verdict>();
  const verdictOf = (request: Request): Verdict | undefined =>
    verdicts.get('stream' in request && request.stream?.session ? request.stream.session : request.socket);
  const server = createSecureServer(
    {
      key: context.key,
      cert: context.cert,
      allowHTTP1: true,
      minVersion: 'TLSv1.2',
      requestCert: trust.mode !== 'off',
      rejectUnauthorized: false,
      // A resumed session would come in without showing its certificate, which the services do not
      // allow.
      secureOptions: constants.SSL_OP_NO_TICKET,
      // Only for the names: what is trusted is decided below. Empty, it also keeps the public CAs
      // out.
      ca:
        trust.mode !== 'off' && trust.advertiseCaNames
          ? trust.anchors.map((der) => writePem('CERTIFICATE', der))
          : [],
    },
    (request, response) => {
      const verdict = verdictOf(request);
      if (verdict) void answer(spec, spec.trust(), verdict, request, response, context.origin);
      else request.socket.destroy();
    },
  );
  // The server's own listeners start HTTP; they run only once the client is admitted.
  const begin = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  let starting: Verdict | undefined;
  server.on('session', (session: Http2Session) => {
    if (starting) verdicts.set(session, starting);
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy());
    const verdict = decideNow(presentedBy(socket));
    context.log(verdict);
    if (verdict.outcome === 'close') {
      socket.destroy();
      return;
    }
    verdicts.set(socket, verdict);
    starting = verdict;
    for (const listener of begin) listener.call(server, socket);
    starting = undefined;
  });
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', (_, socket: TLSSocket) => {
    context.log(UNMAPPED);
    socket.destroy();
  });
  return server;
}
