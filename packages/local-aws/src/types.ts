/**
 * The seams inside the local AWS. Services keep state and answer operations; edges are the data
 * planes; neither knows the other's inside: a service describes an edge, the edge asks it for its
 * trust on every handshake.
 */
import type { CertificateInfo } from './der/index.ts';

/**
 * Time as this emulator sees it. `jump` clocks are for tests: time moves only when it is set, and
 * sleepers wake.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves when the clock has moved on by `ms`. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How an unknown about AWS is read: against lockouts (`admit`) or against exposures (`refuse`). */
export type Reading = 'refuse' | 'admit';

/**
 * What a data plane trusts at this instant; asked anew at each handshake. DER bytes, in no order.
 */
export interface EdgeTrust {
  readonly mode: 'off' | 'verify' | 'required' | 'optional' | 'passthrough' | 'complete-chain';
  /** Certificates of the trust store. Cache what is parsed from them under `version`. */
  readonly anchors: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  readonly version: string;
  readonly ignoreExpiry: boolean;
  readonly advertiseCaNames: boolean;
  /**
   * What else decides, once a certificate has passed or none is needed: a connection function,
   * OCSP.
   */
  readonly gate?: (input: GateInput) => GateVerdict;
}

/** What a gate sees of a connection. */
export interface GateInput {
  /** Leaf first, anchor last; empty without a certificate, and in passthrough mode. */
  readonly path: readonly CertificateInfo[];
  /** What the client sent, leaf first. */
  readonly presented: readonly CertificateInfo[];
}

/** What a gate says; `reason` is AWS's own code. */
export interface GateVerdict {
  readonly admit: boolean;
  readonly reason?: string;
  /** What a function wrote into the connection log. */
  readonly custom?: string;
}

/** One TLS (or plain HTTP) listener of a data plane, as its service describes it. */
export interface EdgeSpec {
  readonly kind: 'alb' | 'cloudfront' | 'api-gateway' | 'execute-api';
  readonly protocol: 'https' | 'http';
  /** ARN of the listener, distribution, domain or API. */
  readonly resource: string;
  /** Names that clients use; the server certificate covers them. */
  readonly hosts: readonly string[];
  readonly account: string;
  readonly region: string;
  /** The port the real service would listen on (443, 80, 8443 ...). */
  readonly servicePort: number;
  trust(): EdgeTrust;
  /**
   * `disabled` answers 403 to all (a default endpoint that was switched off); `forward` answers the
   * origin's JSON.
   */
  behaviour(): 'forward' | 'disabled' | 'redirect';
  /** API Gateway: form of the event that the origin shows; 1.0 (REST APIs) unless given. */
  payload?(): '1.0' | '2.0';
  /** API Gateway: what becomes of a request; undefined: it is forwarded as it is. */
  serve?(request: EdgeRequest): Promise<EdgeReply | undefined>;
}

/** A request that an edge hands to its service. */
export interface EdgeRequest {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly domainName: string;
  /** The client's certificate; undefined without one. */
  readonly leaf: CertificateInfo | undefined;
}

/** An answer of a service behind an edge. */
export interface EdgeReply {
  readonly status: number;
  readonly body: object;
}

/** An open edge. */
export interface Edge {
  readonly kind: EdgeSpec['kind'];
  readonly protocol: EdgeSpec['protocol'];
  readonly resource: string;
  readonly hosts: readonly string[];
  readonly servicePort: number;
  /** Loopback address and port where it really listens. */
  readonly host: string;
  readonly port: number;
  /** PEM file and text of the throw-away CA that issued the server certificate. */
  readonly caFile: string;
  readonly caPem: string;
}

/**
 * One handshake as the service would log it; `reason` is AWS's own code (`Success`,
 * `ClientCertMissing`, ...).
 */
export interface Connection {
  readonly time: number;
  readonly kind: EdgeSpec['kind'];
  readonly resource: string;
  readonly outcome: 'accepted' | 'refused';
  readonly reason: string;
  /** Lower-case hex, no separators, no sign byte. */
  readonly leafSerial?: string;
  /** What a connection function added to the log. */
  readonly customData?: string;
}

/** The data planes, as services see them. */
export interface Edges {
  /** Opens the listener for a resource; resolves once it listens. */
  open(spec: EdgeSpec): Promise<Edge>;
  close(resource: string): Promise<void>;
  all(): readonly Edge[];
  connections(): readonly Connection[];
}
