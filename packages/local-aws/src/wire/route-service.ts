import type { Route, Routed, Service, ServiceError, WireRequest, WireResponse } from '../services/service.ts';
import { notImplemented, ServiceError as Refusal } from '../services/service.ts';

/** A service of hand-written JSON routes. */
export interface RouteServiceOptions {
  /** Name in messages. */
  readonly title: string;
  /** Signing names. */
  readonly names: readonly string[];
  readonly routes: readonly Route[];
  reset(): void;
}

/**
 * Makes a service from hand-written REST-JSON routes. Routes with more literal text are tried
 * first.
 *
 * @example
 * routeService({ title: 'Roles Anywhere', names: ['rolesanywhere'], routes, reset });
 */
export function routeService(options: RouteServiceOptions): Service {
  const routes = options.routes
    .map((route) => ({ route, parts: split(route.path) }))
    .sort((a, b) => literals(b.parts) - literals(a.parts));
  return Object.freeze({
    title: options.title,
    operations: options.routes.flatMap(({ name, absent }) => (absent ? [] : [name])).sort(),
    names: options.names,
    async route(request: WireRequest): Promise<Routed> {
      const path = split(request.path);
      for (const { route, parts } of routes) {
        const labels = route.method === request.method ? match(parts, path) : undefined;
        if (!labels) continue;
        return {
          action: route.name,
          async run(ctx) {
            const { query, headers } = request;
            const output = await route.handler(
              { labels, query, headers, body: jsonObject(request.body) },
              ctx,
            );
            return {
              status: ctx.answer.status ?? route.status ?? 200,
              headers: { 'content-type': 'application/json', ...ctx.answer.headers },
              body: JSON.stringify(output),
            };
          },
        };
      }
      throw notImplemented(options.title, `${request.method} ${request.path}`);
    },
    error: jsonError,
    reset: () => options.reset(),
  });
}

/** An error as REST-JSON services write it. */
export function jsonError(error: ServiceError): WireResponse {
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code, ...error.headers },
    body: JSON.stringify({ message: error.message, ...error.extra }),
  };
}

/** Reads a JSON object; an empty body is an empty object. */
function jsonObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refusal('SerializationException', 400, 'The request body is not JSON.');
  }
  if (!isObject(value))
    throw new Refusal('SerializationException', 400, 'The request body is no JSON object.');
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const split = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

const isLabel = (part: string) => part.startsWith('{') && part.endsWith('}');

const literals = (parts: readonly string[]) => parts.filter((part) => !isLabel(part)).length;

function match(template: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (template.length !== path.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const value = path[index] ?? '';
    if (isLabel(part)) labels[part.slice(1, -1)] = decode(value);
    else if (part !== value) return undefined;
  }
  return labels;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('SerializationException', 400, 'The path is not well encoded.');
  }
}
