import {
  GetBasePathMappingsCommand,
  GetExportCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStagesCommand,
  type RestApi,
} from '@aws-sdk/client-api-gateway';
import {
  ExportApiCommand,
  GetApiCommand,
  GetApiMappingsCommand,
  GetApisCommand,
  type Api as HttpApi,
} from '@aws-sdk/client-apigatewayv2';
import { unlessMissing } from '@trustloom/core/adapter';
import type { Calls } from './calls.ts';

/** An API behind a domain. */
export interface MappedApi {
  readonly id: string;
  readonly kind: 'rest' | 'http' | 'websocket';
  /** Its own endpoint goes around the domain. */
  readonly defaultEndpointOpen: boolean;
  /** Stages that the domain leads to, sorted. */
  readonly stages: readonly string[];
}

/** What a listing says of an API. */
export type ListedApi = Pick<MappedApi, 'kind' | 'defaultEndpointOpen'>;

/** All APIs of an account and region by id, each listing asked for when it is first needed. */
export interface ApiListings {
  http(): Promise<ReadonlyMap<string, ListedApi>>;
  rest(): Promise<ReadonlyMap<string, ListedApi>>;
}

/** What a base path mapping says where the client names the stage. */
const anyStage = new Set([undefined, '', '(none)']);

/**
 * Every API that a domain leads to, with its stages that can be reached: both kinds of mappings,
 * page by page.
 */
export async function mappedApis(
  domain: string,
  calls: Calls,
  listings: ApiListings,
): Promise<readonly MappedApi[]> {
  const { v1, v2, abort, allV1, allV2 } = calls;
  const [base, all] = await Promise.all([
    allV1((page) => v1().send(new GetBasePathMappingsCommand({ domainName: domain, ...page }), abort)),
    allV2((page) => v2().send(new GetApiMappingsCommand({ DomainName: domain, ...page }), abort)),
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
    [...stages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, named]) => apiOf(id, named, calls, listings)),
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
    // `extensions=authorizers` gives the deployed routes with their authorizers (API Reference,
    // GetExport; 2026-11).
    const asked = new GetExportCommand({
      restApiId: id,
      stageName: stage,
      exportType: 'oas30',
      accepts: 'application/json',
      parameters: { extensions: 'authorizers' },
    });
    return unlessMissing(() => get(async () => (await v1().send(asked, abort)).body));
  }
  const asked = new ExportApiCommand({
    ApiId: id,
    StageName: stage,
    Specification: 'OAS30',
    OutputType: 'JSON',
    IncludeExtensions: true,
  });
  return unlessMissing(() => get(async () => (await v2().send(asked, abort)).body));
}

/** HTTP and WebSocket APIs by id, those whose listing says whether their own endpoint is open. */
export async function httpApis({ v2, abort, allV2 }: Calls): Promise<ReadonlyMap<string, ListedApi>> {
  const all = await allV2((page) => v2().send(new GetApisCommand(page), abort));
  return new Map(
    all.flatMap((api) =>
      api.ApiId === undefined || api.DisableExecuteApiEndpoint === undefined
        ? []
        : [[api.ApiId, ofV2(api)] as const],
    ),
  );
}

/** REST APIs by id, those whose listing says whether their own endpoint is open. */
export async function restApis({ v1, abort, allV1 }: Calls): Promise<ReadonlyMap<string, ListedApi>> {
  const all = await allV1((page) => v1().send(new GetRestApisCommand(page), abort));
  return new Map(
    all.flatMap((api) =>
      api.id === undefined || api.disableExecuteApiEndpoint === undefined
        ? []
        : [[api.id, ofV1(api)] as const],
    ),
  );
}

async function apiOf(
  id: string,
  named: ReadonlySet<string | undefined>,
  calls: Calls,
  listings: ApiListings,
): Promise<MappedApi | undefined> {
  const known =
    (await listings.http()).get(id) ?? (await listings.rest()).get(id) ?? (await askedApi(id, calls));
  if (known === undefined) return undefined;
  const stages = [...named].filter((stage) => stage !== undefined);
  const more = known.kind === 'rest' && named.has(undefined) ? await everyStage(id, calls) : [];
  return { id, ...known, stages: [...new Set([...stages, ...more])].sort() };
}

/** What an API says of itself, of whichever kind it is. */
async function askedApi(id: string, { v1, v2, abort, get }: Calls): Promise<ListedApi | undefined> {
  const http = await unlessMissing(() => get(() => v2().send(new GetApiCommand({ ApiId: id }), abort)));
  if (http !== undefined) return ofV2(http);
  const rest = await unlessMissing(() =>
    get(() => v1().send(new GetRestApiCommand({ restApiId: id }), abort)),
  );
  return rest === undefined ? undefined : ofV1(rest);
}

async function everyStage(restApiId: string, { v1, abort, get }: Calls): Promise<readonly string[]> {
  const { item = [] } = await get(() => v1().send(new GetStagesCommand({ restApiId }), abort));
  return item.flatMap(({ stageName }) => stageName ?? []);
}

function ofV2(api: Partial<Pick<HttpApi, 'ProtocolType' | 'DisableExecuteApiEndpoint'>>): ListedApi {
  return {
    kind: api.ProtocolType === 'WEBSOCKET' ? 'websocket' : 'http',
    defaultEndpointOpen: api.DisableExecuteApiEndpoint !== true,
  };
}

function ofV1(api: Pick<RestApi, 'disableExecuteApiEndpoint'>): ListedApi {
  return { kind: 'rest', defaultEndpointOpen: api.disableExecuteApiEndpoint !== true };
}
