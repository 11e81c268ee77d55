import {
  type DomainName as DomainV1,
  GetDomainNameCommand as GetV1Domain,
  GetDomainNamesCommand as GetV1Domains,
} from '@aws-sdk/client-api-gateway';
import {
  type DomainName as DomainV2,
  GetDomainNameCommand as GetV2Domain,
  GetDomainNamesCommand as GetV2Domains,
} from '@aws-sdk/client-apigatewayv2';
import type { ObjectLocation } from '@trustloom/core';
import { absent, type Calls, pages } from './calls.ts';
import { truststoreLocation } from './names.ts';
import type { ApiGatewayTarget } from './target.ts';

/** A custom domain, whichever API tells of it. */
export interface DomainFacts {
  readonly status: string;
  readonly statusMessage: string;
  readonly endpointTypes: readonly string[];
  readonly securityPolicy: string;
  readonly truststore: ObjectLocation | undefined;
  readonly warnings: readonly string[];
  /** Requests are led by routing rules, not by mappings alone. */
  readonly routesByRules: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

type Api = ApiGatewayTarget['api'];

/** One domain; undefined when it does not exist. */
export function readDomain(api: Api, name: string, calls: Calls): Promise<DomainFacts | undefined> {
  const { v1, v2, abort, get } = calls;
  return absent(async () =>
    api === 'rest'
      ? factsV1(await get(() => v1().send(new GetV1Domain({ domainName: name }), abort)))
      : factsV2(await get(() => v2().send(new GetV2Domain({ DomainName: name }), abort))),
  );
}

/**
 * Domains by name, as one API lists them: those that the list tells in full. No model says that a list tells all that the domain itself
 * does, and what is left out must not be taken for what is not there.
 */
export async function listDomains(api: Api, calls: Calls): Promise<ReadonlyMap<string, DomainFacts>> {
  const { v1, v2, abort, get } = calls;
  if (api === 'rest') {
    const all = await pages((position) =>
      get(() => v1().send(new GetV1Domains({ limit: 500, position }), abort)).then(
        ({ items = [], position: next }) => ({ items, next }),
      ),
    );
    // Private domains may have the name of a public one; only they have an id.
    return byName(
      all
        .filter(({ domainNameId, routingMode }) => domainNameId === undefined && routingMode !== undefined)
        .map((domain) => [domain.domainName, factsV1(domain)]),
    );
  }
  const all = await pages((NextToken) =>
    get(() => v2().send(new GetV2Domains({ MaxResults: '500', NextToken }), abort)).then(
      ({ Items = [], NextToken: next }) => ({ items: Items, next }),
    ),
  );
  return byName(
    all
      .filter(({ RoutingMode }) => RoutingMode !== undefined)
      .map((domain) => [domain.DomainName, factsV2(domain)]),
  );
}

/** Those whose truststore is told with its version, and which carry tags. */
function byName(
  all: readonly (readonly [name: string | undefined, facts: DomainFacts])[],
): ReadonlyMap<string, DomainFacts> {
  return new Map(
    all.flatMap(([name, facts]) =>
      name !== undefined && facts.truststore?.version !== undefined && Object.keys(facts.tags).length > 0
        ? [[name, facts] as const]
        : [],
    ),
  );
}

function factsV1(domain: DomainV1): DomainFacts {
  const mutual = domain.mutualTlsAuthentication;
  return {
    status: domain.domainNameStatus ?? 'AVAILABLE',
    statusMessage: domain.domainNameStatusMessage ?? '',
    endpointTypes: domain.endpointConfiguration?.types ?? [],
    securityPolicy: domain.securityPolicy ?? '',
    truststore: truststoreLocation(mutual?.truststoreUri, mutual?.truststoreVersion),
    warnings: mutual?.truststoreWarnings ?? [],
    routesByRules: (domain.routingMode ?? 'BASE_PATH_MAPPING_ONLY') !== 'BASE_PATH_MAPPING_ONLY',
    tags: domain.tags ?? {},
  };
}

function factsV2(domain: Omit<DomainV2, 'DomainName'>): DomainFacts {
  const mutual = domain.MutualTlsAuthentication;
  const configurations = domain.DomainNameConfigurations ?? [];
  return {
    status: configurations[0]?.DomainNameStatus ?? 'AVAILABLE',
    statusMessage: configurations[0]?.DomainNameStatusMessage ?? '',
    endpointTypes: configurations.map(({ EndpointType }) => EndpointType ?? ''),
    securityPolicy: configurations[0]?.SecurityPolicy ?? '',
    truststore: truststoreLocation(mutual?.TruststoreUri, mutual?.TruststoreVersion),
    warnings: mutual?.TruststoreWarnings ?? [],
    routesByRules: (domain.RoutingMode ?? 'API_MAPPING_ONLY') !== 'API_MAPPING_ONLY',
    tags: domain.Tags ?? {},
  };
}
