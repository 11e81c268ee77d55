import {
  defined,
  isJsonObject,
  type Json,
  type JsonObject,
  type ObservedEnforcement,
} from '@trustloom/core/adapter';
import type { ApiGatewayPort, Domain, MappedApi } from '../port/index.ts';
import { type Published, unreadableSets } from '../revocation/published.ts';
import type { ApiGatewayTarget } from '../target.ts';

/** One deployed route, and what keeps the authorizer from being asked there. */
export interface Route {
  /** `GET /orders/{id}` of a stage of an API. */
  readonly route: string;
  /**
   * Whether the function is asked there at all, however badly; `unknown` where the route cannot be
   * looked at.
   */
  readonly asks: 'yes' | 'no' | 'unknown';
  /** Absent: the authorizer is asked about every request. */
  readonly gap?: string;
}

/** Every route to the APIs behind a domain; none where no authorizer is known. */
export async function routesBehind(
  authorizer: string | undefined,
  apis: readonly MappedApi[],
  port: ApiGatewayPort,
): Promise<readonly Route[]> {
  if (authorizer === undefined) return [];
  const stages = await Promise.all(
    apis.flatMap((api) => api.stages.map((stage) => routesOfStage(api, stage, authorizer, port))),
  );
  return stages.flat();
}

/** What is seen of a target, as far as it says how the revoked are refused. */
interface Seen {
  readonly target: ApiGatewayTarget;
  readonly domain: Domain;
  readonly apis: readonly MappedApi[];
  readonly routes: readonly Route[];
  readonly published: Published | undefined;
}

/** Which routes do not ask the authorizer, and why; and what makes it refuse the good. Pure. */
export function observedEnforcement({ target, domain, apis, routes, published }: Seen): ObservedEnforcement {
  // One that the target named before, and that routes still ask, goes on refusing the revoked.
  if (target.authorizer === undefined && !routes.some(({ asks }) => asks !== 'no'))
    return {
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['the target names no authorizer: revoked clients are admitted'],
    };
  const gaps = [
    ...gapsOf(routes),
    ...apis.map(
      ({ id, defaultEndpointOpen }) =>
        defaultEndpointOpen && `${id}: the default endpoint is open and goes around mutual TLS`,
    ),
    domain.routesByRules && 'the domain routes by routing rules, which are not followed here',
    routes.length === 0 && 'no route was found behind the domain',
  ].filter((gap) => gap !== false);
  const asked = routes.some(({ asks }) => asks === 'yes');
  const refusing = published === undefined ? [] : unreadableSets(published).map(goneText);
  return {
    mechanism: 'authorizer',
    state: gaps.length === 0 ? 'enforced' : asked ? 'partly' : 'not-enforced',
    gaps,
    ...defined({ refusing: refusing.length === 0 ? undefined : refusing }),
  };
}

function goneText({ ca, key }: ReturnType<typeof unreadableSets>[number]): string {
  return `the set of ${ca} is gone from S3 (${key}), so a function that starts now refuses everybody: refresh publishes it again`;
}

async function routesOfStage(
  api: MappedApi,
  stage: string,
  authorizer: string,
  port: ApiGatewayPort,
): Promise<readonly Route[]> {
  const where = `${api.id}/${stage}`;
  if (api.kind === 'websocket')
    return [{ route: where, asks: 'unknown', gap: 'is a WebSocket API, whose messages no authorizer sees' }];
  const exported = await port.exportedStage(api, stage);
  const routes = exported === undefined ? undefined : routesOf(exported, authorizer);
  if (routes === undefined)
    return [{ route: where, asks: 'unknown', gap: 'is not deployed, or cannot be exported' }];
  return routes.map(({ route, ...rest }) => ({ ...rest, route: `${where} ${route}` }));
}

/** The same gap on many routes is one line. */
function gapsOf(routes: readonly Route[]): readonly string[] {
  const byGap = new Map<string, string[]>();
  for (const { route, gap } of routes)
    if (gap !== undefined) byGap.set(gap, [...(byGap.get(gap) ?? []), route]);
  return [...byGap].map(([gap, names]) => {
    const shown = names.slice(0, 3).join(', ');
    return `${names.length <= 3 ? shown : `${shown} and ${names.length - 3} more`}: ${gap}`;
  });
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const anyMethod = 'x-amazon-apigateway-any-method';
const extension = 'x-amazon-apigateway-authorizer';

/**
 * Seconds that answers are kept when the export names no time (API Reference, Authorizer; 2026-11).
 */
const defaultTtl = 300;

/**
 * Every route of a stage as it is exported, with the gap in it. Pure.
 *
 * @param authorizer ARN of the function that must be asked
 * @returns undefined when the bytes are no export
 */
export function routesOf(bytes: Uint8Array, authorizer: string): readonly Route[] | undefined {
  const document = parsed(bytes);
  if (!isJsonObject(document) || !isJsonObject(document.paths)) return undefined;
  const components = inside(document, 'components');
  const schemes = inside(components, 'securitySchemes');
  return Object.entries(document.paths).flatMap(([path, item]) =>
    [...methods, anyMethod].flatMap((method): readonly Route[] => {
      const operation = inside(isJsonObject(item) ? item : {}, method);
      if (!isJsonObject(item) || item[method] === undefined) return [];
      const route =
        path === '/$default' ? '$default' : `${method === anyMethod ? 'ANY' : method.toUpperCase()} ${path}`;
      return [{ route, ...askedOf(operation, schemes, authorizer) }];
    }),
  );
}

/** How the function is asked about one route. */
function askedOf(operation: JsonObject, schemes: JsonObject, authorizer: string): Omit<Route, 'route'> {
  const security = Array.isArray(operation.security) ? operation.security : [];
  const names: readonly string[] = security.flatMap((one: Json) =>
    isJsonObject(one) ? Object.keys(one) : [],
  );
  const asked = names.map((name) => inside(schemes, name)).filter((scheme) => authorizes(scheme));
  const [scheme] = asked;
  if (scheme === undefined) return { asks: 'no', gap: 'asks no authorizer' };
  const { type, ...settings } = inside(scheme, extension);
  if (type !== 'request')
    return { asks: 'no', gap: `is authorized by ${wordOf(scheme, type)}, which sees no certificate` };
  const uri = String(settings.authorizerUri ?? '');
  if (uri.includes('stageVariables'))
    return { asks: 'unknown', gap: `asks a function that a stage variable names (${uri})` };
  const arn = /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
  if (arn !== authorizer)
    return { asks: isVersionOf(arn, authorizer) ? 'unknown' : 'no', gap: `asks another function: ${arn}` };
  const ttl = Number(settings.authorizerResultTtlInSeconds ?? defaultTtl);
  const sources = String(settings.identitySource ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  if (ttl > 0 && !sources.some((source) => certificateSource.test(source)))
    return {
      asks: 'yes',
      gap: `answers are cached for ${ttl} s by ${sources.join(' and ') || 'nothing'}, not by the certificate: one client gets the answer to another, and a revoked one is admitted meanwhile. Set the time to 0, or add context.identity.clientCert.clientCertPem to the identity sources`,
    };
  return { asks: 'yes' };
}

/** Of REST APIs, with `$` in front of HTTP APIs. A serial alone is not one client. */
const certificateSource = /^\$?context\.identity\.clientCert\.clientCertPem$/;

/** Another version or alias of the same function: it may read what is published as well. */
function isVersionOf(arn: string, authorizer: string): boolean {
  const name = (one: string) => one.split(':').slice(0, 7).join(':');
  return name(arn) === name(authorizer);
}

/** An API key is asked for besides, and authorizes nobody. */
function authorizes(scheme: JsonObject): boolean {
  return scheme[extension] !== undefined || scheme['x-amazon-apigateway-authtype'] !== undefined;
}

function wordOf(scheme: JsonObject, type: Json | undefined): string {
  if (typeof type === 'string') return `an authorizer of type ${type.toUpperCase()}`;
  return scheme['x-amazon-apigateway-authtype'] === 'awsSigv4' ? 'IAM' : 'something else';
}

function inside(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function parsed(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
