import type { Route, Stage } from '../parts-model.ts';
import type { Api, ApiGatewayState, Domain } from '../state.ts';

/** Where a request has come to: an API, one of its stages, and what of the path is left. */
export interface Found {
  readonly api: Api;
  readonly stage: Stage | undefined;
  readonly stageName: string;
  /** Path inside the API, starting with `/`. */
  readonly path: string;
}

/** From a custom domain: the mapping with the longest key that the path begins with. */
export function byMapping(state: ApiGatewayState, domain: Domain, path: string): Found | undefined {
  const parts = path.split('/').slice(1);
  const mapping = [...domain.mappings]
    .sort((a, b) => b.key.length - a.key.length)
    .find(({ key }) => key === '' || key.split('/').every((part, index) => part === parts[index]));
  const api = mapping && state.apis.get(mapping.apiId);
  if (!mapping || !api) return undefined;
  const depth = mapping.key === '' ? 0 : mapping.key.split('/').length;
  const rest = `/${parts.slice(depth).join('/')}`;
  return found(state, api, mapping.stage, rest);
}

/**
 * From the default endpoint: the first part of the path is the stage, but for the `$default` stage
 * of an HTTP API.
 */
export function byStage(state: ApiGatewayState, api: Api, path: string): Found {
  const [first = '', ...rest] = path.split('/').slice(1);
  const stages = state.parts.get(api.id)?.stages;
  const name = decoded(first);
  return stages?.has(name) || !stages?.has('$default')
    ? found(state, api, name, `/${rest.join('/')}`)
    : found(state, api, '$default', path);
}

const found = (state: ApiGatewayState, api: Api, stageName: string, path: string): Found => ({
  api,
  stage: state.parts.get(api.id)?.stages.get(stageName),
  stageName,
  path,
});

/** A route that takes a request, with what its path's braces stand for. */
export interface Taken {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The route for a request: literal parts before braces, those before greedy ones, a named method
 * before ANY, `$default` last.
 */
export function routeFor(routes: readonly Route[], method: string, path: string): Taken | undefined {
  const taken = routes.flatMap((route) => {
    const parameters = match(route.path, path);
    const fits = route.method === method || route.method === 'ANY';
    return parameters && fits ? [{ route, parameters }] : [];
  });
  return taken.sort((a, b) => weight(b.route) - weight(a.route))[0];
}

function weight({ path, method }: Route): number {
  if (path === '$default') return -1;
  const parts = path.split('/').slice(1);
  const score = parts.reduce(
    (sum, part) => sum + (part.endsWith('+}') ? 0 : part.startsWith('{') ? 2 : 4),
    0,
  );
  return 2 * score + (method === 'ANY' ? 0 : 1);
}

function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  if (pattern === '$default') return {};
  const wanted = pattern.split('/').slice(1);
  const given = path.split('/').slice(1);
  if (given.at(-1) === '' && given.length > 1) given.pop();
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const name = /^\{([^+}]+)(\+?)\}$/.exec(part);
    const value = given[index];
    if (name?.[2] === '+') {
      if (value === undefined || value === '') return undefined;
      return { ...parameters, [name[1] ?? '']: decoded(given.slice(index).join('/')) };
    }
    if (value === undefined || (name ? value === '' : decoded(value) !== part)) return undefined;
    if (name) parameters[name[1] ?? ''] = decoded(value);
  }
  return given.length === wanted.length ? parameters : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
