import { clientCert } from '../../../edge/identity.ts';
import type { EdgeRequest } from '../../../types.ts';
import type { Authorizer } from '../parts-model.ts';
import type { Api } from '../state.ts';
import type { Found, Taken } from './find.ts';

/** A request at the route that takes it. */
export interface Arrival {
  readonly request: EdgeRequest;
  readonly found: Found;
  readonly taken: Taken;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const SOURCE_IP = '127.0.0.1';

/** ARN of a method or route, as policies name it. */
export function arnOfRequest({ request, found, account, region }: Arrival): string {
  const path = found.path.replace(/^\//, '');
  return `arn:aws:execute-api:${region}:${account}:${found.api.id}/${found.stageName}/${request.method}/${path}`;
}

/**
 * The event that a Lambda authorizer gets (guide, Input to a Lambda authorizer; checked 2026-11).
 */
export function authorizerEvent(
  arrival: Arrival,
  authorizer: Authorizer,
  sources: readonly string[],
): object {
  const { found } = arrival;
  if (authorizer.payload === '2.0')
    return {
      version: '2.0',
      type: 'REQUEST',
      routeArn: arnOfRequest(arrival),
      identitySource: sources,
      ...form2(arrival),
    };
  const methodArn = arnOfRequest(arrival);
  const event = { type: authorizer.type, methodArn, ...form1(arrival) };
  return found.api.protocol === 'REST'
    ? event
    : { version: '1.0', ...event, identitySource: sources.join(','), authorizationToken: sources[0] ?? '' };
}

/** The event that an integration gets. */
export const integrationEvent = (arrival: Arrival): object =>
  payloadOf(arrival.found.api) === '2.0'
    ? { version: '2.0', ...form2(arrival) }
    : { version: '1.0', ...form1(arrival) };

export const payloadOf = (api: Api): '1.0' | '2.0' => (api.protocol === 'HTTP' ? '2.0' : '1.0');

/** Payload 1.0: the certificate stands under `identity`. */
function form1({ request, found, taken, account, requestId }: Arrival): object {
  const { leaf, headers, query, method, domainName } = request;
  const parameters = Object.fromEntries(query);
  const identity = {
    sourceIp: SOURCE_IP,
    ...(leaf ? { clientCert: clientCert(leaf, '1.0') } : {}),
  };
  return {
    resource: taken.route.path,
    path: request.path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: query.size > 0 ? parameters : {},
    pathParameters: taken.parameters,
    stageVariables: { ...found.stage?.variables },
    requestContext: {
      accountId: account,
      apiId: found.api.id,
      domainName,
      httpMethod: method,
      identity,
      path: request.path,
      requestId,
      resourcePath: taken.route.path,
      stage: found.stageName,
    },
  };
}

/** Payload 2.0: the certificate stands under `authentication`. */
function form2({ request, found, taken, account, requestId, now }: Arrival): object {
  const { leaf, headers, query, method, domainName } = request;
  const { path } = taken.route;
  const routeKey = path === '$default' ? path : `${taken.route.method} ${path}`;
  return {
    routeKey,
    rawPath: request.path,
    rawQueryString: query.toString(),
    headers,
    ...(query.size > 0 ? { queryStringParameters: Object.fromEntries(query) } : {}),
    ...(Object.keys(taken.parameters).length > 0 ? { pathParameters: taken.parameters } : {}),
    stageVariables: { ...found.stage?.variables },
    requestContext: {
      accountId: account,
      apiId: found.api.id,
      ...(leaf ? { authentication: { clientCert: clientCert(leaf, '2.0') } } : {}),
      domainName,
      http: {
        method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: SOURCE_IP,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: found.stageName,
      timeEpoch: now,
    },
  };
}

/** What an identity source stands for in this request; undefined when it is not there. */
export function identityValue(source: string, arrival: Arrival): string | undefined {
  const { request, found, account, requestId } = arrival;
  const [, kind, name = ''] =
    /^(?:method\.|\$)?(request\.header|request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ??
    [];
  switch (kind) {
    case 'request.header':
      return request.headers[name.toLowerCase()];
    case 'request.querystring':
      return request.query.get(name) ?? undefined;
    case 'stageVariables':
      return found.stage?.variables[name];
    case 'context': {
      const [, field = ''] = /^(?:identity|authentication)\.clientCert\.(\w+)$/.exec(name) ?? [];
      if (field !== '' && request.leaf) {
        const certificate: Readonly<Record<string, unknown>> = {
          ...clientCert(request.leaf, payloadOf(found.api)),
        };
        const value = certificate[field];
        return typeof value === 'string' ? value : undefined;
      }
      const known: Readonly<Record<string, string>> = {
        accountId: account,
        apiId: found.api.id,
        httpMethod: request.method,
        requestId,
        stage: found.stageName,
        'identity.sourceIp': SOURCE_IP,
        routeKey: arrival.taken.route.path,
      };
      return known[name];
    }
    default:
      return undefined;
  }
}
