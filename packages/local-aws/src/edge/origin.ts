import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { EdgeSpec, EdgeTrust } from '../types.ts';
import type { Verdict } from './decide.ts';
import { clientCert, type Headers, originHeaders } from './identity.ts';

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

interface Reply {
  readonly status: number;
  readonly headers?: Headers;
  readonly body: object;
}

const FORBIDDEN: Reply = { status: 403, body: { message: 'Forbidden' } };

const FAILED: Reply = { status: 500, body: { message: 'Internal Server Error' } };

/**
 * Answers a request that came through an edge; `origin` is the URL of a server that stands behind
 * load balancers and distributions.
 */
export async function answer(
  spec: EdgeSpec,
  trust: EdgeTrust,
  verdict: Verdict,
  request: Request,
  response: Response,
  origin?: string,
): Promise<void> {
  if (origin !== undefined && isForwarded(spec)) {
    const headers = originHeaders(spec.kind, trust.mode, verdict, plain(request.headers));
    return forward(new URL(request.url ?? '/', origin), headers, request, response);
  }
  const replied = await reply(spec, trust, verdict, request).catch(() => FAILED);
  const { status, headers, body } = replied;
  if (response.writableEnded || response.destroyed) return;
  const text = Buffer.from(`${JSON.stringify(body)}\n`);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', String(text.length));
  request.resume();
  if (request.method === 'HEAD') response.end();
  else response.end(text);
}

const isForwarded = ({ kind, behaviour }: EdgeSpec) =>
  (kind === 'alb' || kind === 'cloudfront') && behaviour() === 'forward';

/** Headers that belong to one connection, and pseudo headers of HTTP/2. */
const HOP = /^(:|connection$|keep-alive$|transfer-encoding$|upgrade$|te$|trailer$|proxy-)/;

const ownHeaders = (headers: IncomingHttpHeaders) =>
  Object.entries(headers).filter(([name]) => !HOP.test(name));

/** Hands a request to the origin, and its answer back; 502 without one. */
function forward(url: URL, headers: Headers, request: Request, response: Response): Promise<void> {
  return new Promise((resolve) => {
    response.on('close', resolve);
    const onward = httpRequest(url, {
      method: request.method,
      headers: { host: host(headers), ...Object.fromEntries(ownHeaders(headers)) },
    });
    onward.on('response', (answered) => {
      response.statusCode = answered.statusCode ?? 502;
      for (const [name, value] of ownHeaders(answered.headers))
        if (value !== undefined) response.setHeader(name, value);
      answered.pipe(response);
    });
    onward.on('error', () => {
      if (response.headersSent) return void response.destroy();
      response.statusCode = 502;
      response.end();
    });
    request.pipe(onward);
  });
}

async function reply(spec: EdgeSpec, trust: EdgeTrust, verdict: Verdict, request: Request): Promise<Reply> {
  const behaviour = spec.behaviour();
  if (verdict.outcome === 'forbid' || behaviour === 'disabled') return FORBIDDEN;
  const url = new URL(request.url ?? '/', 'http://edge.invalid');
  const headers = plain(request.headers);
  if (behaviour === 'redirect') {
    const location = `https://${host(headers)}${spec.kind === 'alb' ? ':443' : ''}${url.pathname}${url.search}`;
    return { status: 301, headers: { location }, body: { message: 'Moved Permanently' } };
  }
  const common = { edge: spec.kind, resource: spec.resource };
  const served = await spec.serve?.({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    domainName: host(headers),
    leaf: verdict.leaf,
  });
  if (served) return served.status === 200 ? { status: 200, body: { ...common, ...served.body } } : served;
  if (spec.kind === 'api-gateway' || spec.kind === 'execute-api')
    return {
      status: 200,
      body: { ...common, event: event(spec, verdict, request.method ?? 'GET', url, headers) },
    };
  return {
    status: 200,
    body: {
      ...common,
      method: request.method,
      path: url.pathname + url.search,
      headers: originHeaders(spec.kind, trust.mode, verdict, headers),
    },
  };
}

/** The event that an integration gets, as far as clients and paths go. */
function event(spec: EdgeSpec, verdict: Verdict, method: string, url: URL, headers: Headers): object {
  const payload = spec.payload?.() ?? '1.0';
  const identity = verdict.leaf ? { clientCert: clientCert(verdict.leaf, payload) } : {};
  const domainName = host(headers);
  if (payload === '2.0')
    return {
      version: '2.0',
      rawPath: url.pathname,
      rawQueryString: url.search.slice(1),
      headers,
      requestContext: {
        accountId: spec.account,
        domainName,
        http: { method, path: url.pathname },
        ...(verdict.leaf ? { authentication: identity } : {}),
      },
    };
  return {
    version: '1.0',
    httpMethod: method,
    path: url.pathname,
    queryStringParameters: Object.fromEntries(url.searchParams),
    headers,
    requestContext: { accountId: spec.account, domainName, httpMethod: method, path: url.pathname, identity },
  };
}

const host = (headers: Headers) => (headers[':authority'] ?? headers.host ?? '').replace(/:\d+$/, '');

const plain = (headers: IncomingHttpHeaders): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
