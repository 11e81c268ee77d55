import {
  type DomainName as DomainV1,
  GetDomainNameCommand as GetV1Domain,
  GetDomainNamesCommand as GetV1Domains,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDomainNameCommand as UpdateV1Domain,
} from '@aws-sdk/client-api-gateway';
import {
  type DomainName as DomainV2,
  GetDomainNameCommand as GetV2Domain,
  GetDomainNamesCommand as GetV2Domains,
} from '@aws-sdk/client-apigatewayv2';
import { defined, type ObjectLocation, unlessMissing } from '@trustloom/core/adapter';
import type { DomainRef } from '../model.ts';
import type { Calls } from './calls.ts';
import { readConfigurations, updateWithConfigurations } from './raw-configurations.ts';

/** A custom domain, whichever API it was read by. */
export interface Domain {
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

/** One domain; undefined when it does not exist. */
export function readDomain(
  { api, domain }: DomainRef,
  { v1, v2, abort, get }: Calls,
): Promise<Domain | undefined> {
  return unlessMissing(async () =>
    api === 'rest'
      ? ofV1(await get(() => v1().send(new GetV1Domain({ domainName: domain }), abort)))
      : ofV2(await get(() => v2().send(new GetV2Domain({ DomainName: domain }), abort))),
  );
}

/**
 * Domains by name, as one API lists them: those that the listing gives in full. No model says that
 * a listing has all that the domain itself has, and what is left out must not be taken for what is
 * absent.
 */
export async function allDomains(
  api: DomainRef['api'],
  { v1, v2, abort, allV1, allV2 }: Calls,
): Promise<ReadonlyMap<string, Domain>> {
  if (api === 'rest') {
    const all = await allV1((page) => v1().send(new GetV1Domains(page), abort));
    // Private domains may have the name of a public one; only they have an id.
    return inFull(
      all
        .filter(({ domainNameId, routingMode }) => domainNameId === undefined && routingMode !== undefined)
        .map((domain) => [domain.domainName, ofV1(domain)]),
    );
  }
  const all = await allV2((page) => v2().send(new GetV2Domains(page), abort));
  return inFull(
    all
      .filter(({ RoutingMode }) => RoutingMode !== undefined)
      .map((domain) => [domain.DomainName, ofV2(domain)]),
  );
}

/** Those whose truststore is given with its version, and which carry tags. */
function inFull(
  all: readonly (readonly [name: string | undefined, domain: Domain])[],
): ReadonlyMap<string, Domain> {
  return new Map(
    all.flatMap(([name, domain]) =>
      name !== undefined && domain.truststore?.version !== undefined && Object.keys(domain.tags).length > 0
        ? [[name, domain] as const]
        : [],
    ),
  );
}

/** Undefined switches mutual TLS off. */
export async function setTruststore(
  { api, domain }: DomainRef,
  location: Required<ObjectLocation> | undefined,
  { v1, v2, abort, get, call }: Calls,
): Promise<void> {
  const uri = location === undefined ? '' : `s3://${location.bucket}/${location.key}`;
  if (api === 'rest') {
    const replace = (field: string, value: string) => ({
      op: 'replace' as const,
      path: `/mutualTlsAuthentication/${field}`,
      value,
    });
    const patchOperations = [
      replace('truststoreUri', uri),
      ...(location === undefined ? [] : [replace('truststoreVersion', location.version)]),
    ];
    const update = new UpdateV1Domain({ domainName: domain, patchOperations });
    await call('update', 'PATCH', () => v1().send(update, abort));
    return;
  }
  // The other API refuses an update of mutual TLS alone ("Expected one domain name configuration"):
  // what it has is sent back as it came, with settings that are younger than the SDK in use.
  const read = readConfigurations(domain);
  await get(() => v2().send(read.command, abort));
  const MutualTlsAuthentication = {
    TruststoreUri: uri,
    ...defined({ TruststoreVersion: location?.version }),
  };
  const update = updateWithConfigurations(
    { DomainName: domain, MutualTlsAuthentication },
    read.configurations(),
  );
  await call('update', 'PATCH', () => v2().send(update, abort));
}

export async function tag(
  resourceArn: string,
  tags: Readonly<Record<string, string>>,
  { v1, abort, call }: Calls,
): Promise<void> {
  const command = new TagResourceCommand({ resourceArn, tags: { ...tags } });
  await call('control', 'PUT', () => v1().send(command, abort));
}

export async function untag(
  resourceArn: string,
  keys: readonly string[],
  { v1, abort, call }: Calls,
): Promise<void> {
  const command = new UntagResourceCommand({ resourceArn, tagKeys: [...keys] });
  await call('control', 'DELETE', () => v1().send(command, abort));
}

/** ARN of a public domain, for tagging: it has no account. */
export function domainArn(domain: string, region: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:apigateway:${region}::/domainnames/${domain}`;
}

function ofV1(domain: DomainV1): Domain {
  const mutual = domain.mutualTlsAuthentication;
  return {
    status: domain.domainNameStatus ?? 'AVAILABLE',
    statusMessage: domain.domainNameStatusMessage ?? '',
    endpointTypes: domain.endpointConfiguration?.types ?? [],
    securityPolicy: domain.securityPolicy ?? '',
    truststore: locationOf(mutual?.truststoreUri, mutual?.truststoreVersion),
    warnings: mutual?.truststoreWarnings ?? [],
    routesByRules: (domain.routingMode ?? 'BASE_PATH_MAPPING_ONLY') !== 'BASE_PATH_MAPPING_ONLY',
    tags: domain.tags ?? {},
  };
}

function ofV2(domain: Omit<DomainV2, 'DomainName'>): Domain {
  const mutual = domain.MutualTlsAuthentication;
  const configurations = domain.DomainNameConfigurations ?? [];
  return {
    status: configurations[0]?.DomainNameStatus ?? 'AVAILABLE',
    statusMessage: configurations[0]?.DomainNameStatusMessage ?? '',
    endpointTypes: configurations.map(({ EndpointType }) => EndpointType ?? ''),
    securityPolicy: configurations[0]?.SecurityPolicy ?? '',
    truststore: locationOf(mutual?.TruststoreUri, mutual?.TruststoreVersion),
    warnings: mutual?.TruststoreWarnings ?? [],
    routesByRules: (domain.RoutingMode ?? 'API_MAPPING_ONLY') !== 'API_MAPPING_ONLY',
    tags: domain.Tags ?? {},
  };
}

/** The place in S3 that a truststore URI names; undefined for an empty one. */
function locationOf(uri: string | undefined, version: string | undefined): ObjectLocation | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri ?? '') ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  return { bucket, key, ...defined({ version }) };
}
