import {
  type APIGatewayClient,
  GetBasePathMappingsCommand,
  GetExportCommand,
  GetRestApiCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import {
  type ApiGatewayV2Client,
  ExportApiCommand,
  GetApiCommand,
  GetApiMappingsCommand,
} from '@aws-sdk/client-apigatewayv2';
import { isTrustloomError } from '@trustloom/core';

/** An API behind a domain. */
export interface MappedApi {
  readonly id: string;
  readonly kind: 'rest' | 'http' | 'websocket';
  /** Its own endpoint goes around the domain. */
  readonly defaultEndpointOpen: boolean;
  /** Stages that the domain leads to, sorted. */
  readonly stages: readonly string[];
}

/** How the calls of one observation are made. */
export interface Calls {
  readonly v1: () => APIGatewayClient;
  readonly v2: () => ApiGatewayV2Client;
  readonly abort: { readonly abortSignal: AbortSignal };
  /** Keeps the rate, and turns exceptions into our codes. */
  readonly get: <T>(send: () => Promise<T>) => Promise<T>;
}

/** What a base path mapping says where the client names the stage. */
const anyStage = new Set([undefined, '', '(none)']);

/** Every API that a domain leads to, with all its stages that can be reached: both kinds of mappings, page by page. */
export async function mappedApis(domain: string, calls: Calls): Promise<readonly MappedApi[]> {
  const { v1, v2, abort, get } = calls;
  const [base, all] = await Promise.all([
    pages((position) =>
      get(() =>
        v1().send(new GetBasePathMappingsCommand({ domainName: domain, limit: 500, position }), abort),
      ).then(({ items = [], position: next }) => ({ items, next })),
    ),
    pages((NextToken) =>
      get(() =>
        v2().send(new GetApiMappingsCommand({ DomainName: domain, MaxResults: '500', NextToken }), abort),
      ).then(({ Items = [], NextToken: next }) => ({ items: Items, next })),
    ),
  ]);
  const stages = new Map<string, Set<string | undefined>>();
  const mappings = [
    ...base.map(({ restApiId, stage }) => [restApiId, stage] as const),
    ...all.map(({ ApiId, Stage }) => [ApiId, Stage] as const),
  ];
  for (const [id, stage] of mappings)
    if (id !== undefined)
      stages.set(id, (stages.get(id) ?? new Set()).add(anyStage.has(stage) ? undefined : stage));
  const apis = await Promise.all(
    [...stages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, named]) => apiOf(id, named, calls)),
  );
  return apis.filter((api) => api !== undefined);
}

/** A stage as it is deployed, as OpenAPI: what is merely configured does not count. */
export async function exportedStage(
  { id, kind }: Pick<MappedApi, 'id' | 'kind'>,
  stage: string,
  { v1, v2, abort, get }: Calls,
): Promise<Uint8Array | undefined> {
  if (kind === 'rest') {
    // API Reference, GetExport: `extensions=authorizers` gives the deployed routes with their authorizers (2026-11).
    const asked = new GetExportCommand({
      restApiId: id,
      stageName: stage,
      exportType: 'oas30',
      accepts: 'application/json',
      parameters: { extensions: 'authorizers' },
    });
    return absent(() => get(async () => (await v1().send(asked, abort)).body));
  }
  const asked = new ExportApiCommand({
    ApiId: id,
    StageName: stage,
    Specification: 'OAS30',
    OutputType: 'JSON',
    IncludeExtensions: true,
  });
  return absent(() => get(async () => (await v2().send(asked, abort)).body));
}

async function apiOf(
  id: string,
  named: ReadonlySet<string | undefined>,
  { v1, v2, abort, get }: Calls,
): Promise<MappedApi | undefined> {
  const stages = [...named].filter((stage) => stage !== undefined);
  const http = await absent(() => get(() => v2().send(new GetApiCommand({ ApiId: id }), abort)));
  if (http !== undefined)
    return {
      id,
      kind: http.ProtocolType === 'WEBSOCKET' ? 'websocket' : 'http',
      defaultEndpointOpen: http.DisableExecuteApiEndpoint !== true,
      stages: stages.sort(),
    };
  const api = await absent(() => get(() => v1().send(new GetRestApiCommand({ restApiId: id }), abort)));
  if (api === undefined) return undefined;
  const every = named.has(undefined)
    ? await get(() => v1().send(new GetStagesCommand({ restApiId: id }), abort))
    : undefined;
  const more = (every?.item ?? []).flatMap(({ stageName }) => stageName ?? []);
  return {
    id,
    kind: 'rest',
    defaultEndpointOpen: api.disableExecuteApiEndpoint !== true,
    stages: [...new Set([...stages, ...more])].sort(),
  };
}

/** All pages of a list; none when it is of something that does not exist. */
async function pages<T>(
  read: (
    from: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let from: string | undefined;
  do {
    const page = await absent(() => read(from));
    found.push(...(page?.items ?? []));
    from = page?.next;
  } while (from !== undefined);
  return found;
}

/** Undefined for what does not exist. */
export async function absent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
    throw error;
  }
}
