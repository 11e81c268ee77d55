import { isJsonObject, type Json, type JsonObject } from '@trustloom/core';

/** One deployed route, and what keeps the authorizer from being asked there. */
export interface Way {
  /** `GET /orders/{id}` of a stage of an API. */
  readonly route: string;
  /** Whether the function is asked there at all, however badly; `unknown` where the route cannot be looked at. */
  readonly asks: 'yes' | 'no' | 'unknown';
  /** Absent: the authorizer is asked about every request. */
  readonly gap?: string;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const anyMethod = 'x-amazon-apigateway-any-method';
const extension = 'x-amazon-apigateway-authorizer';

/** What is kept when the export names no time to live (API Reference, Authorizer: 300 seconds by default; 2026-11). */
const defaultTtl = 300;

/**
 * Every route of a stage as it is exported, with the gap in it. Pure.
 *
 * @param authorizer ARN of the function that must be asked
 * @returns undefined when the bytes are no export
 */
export function waysOf(bytes: Uint8Array, authorizer: string): readonly Way[] | undefined {
  const document = parsed(bytes);
  if (!isJsonObject(document) || !isJsonObject(document.paths)) return undefined;
  const components = inside(document, 'components');
  const schemes = inside(components, 'securitySchemes');
  return Object.entries(document.paths).flatMap(([path, item]) =>
    [...methods, anyMethod].flatMap((method): readonly Way[] => {
      const operation = inside(isJsonObject(item) ? item : {}, method);
      if (!isJsonObject(item) || item[method] === undefined) return [];
      const route =
        path === '/$default' ? '$default' : `${method === anyMethod ? 'ANY' : method.toUpperCase()} ${path}`;
      return [{ route, ...askedOf(operation, schemes, authorizer) }];
    }),
  );
}

/** How the function is asked about one route. */
function askedOf(operation: JsonObject, schemes: JsonObject, authorizer: string): Omit<Way, 'route'> {
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
  const sources = String(settings.identitySource ?? '').split(',');
  if (ttl > 0 && !sources.some((source) => certificateSource.test(source.trim())))
    return {
      asks: 'yes',
      gap: `keeps answers for ${ttl} s without the certificate in the key, so one client gets the answer to another: set the time to 0, or add context.identity.clientCert.clientCertPem to the identity sources`,
    };
  return { asks: 'yes' };
}

/** `context.identity.clientCert.clientCertPem` of REST APIs, with `$` in front for HTTP APIs. A serial alone is not one client. */
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
