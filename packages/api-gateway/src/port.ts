import {
  type APIGatewayClient,
  GetDomainNameCommand as GetV1Domain,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDomainNameCommand as UpdateV1Domain,
} from '@aws-sdk/client-api-gateway';
import {
  type ApiGatewayV2Client,
  GetDomainNameCommand as GetV2Domain,
  UpdateDomainNameCommand as UpdateV2Domain,
} from '@aws-sdk/client-apigatewayv2';
import { type Code, type Io, type ObjectLocation, type Place, serviceError } from '@trustloom/core';
import type { apiGatewayFacts } from './facts.ts';
import { absent, exportedStage, type MappedApi, mappedApis } from './mapped-apis.ts';
import { domainArn, truststoreLocation, truststoreUri } from './names.ts';
import type { ApiGatewayTarget } from './target.ts';

/** The services' exceptions by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  NotFoundException: 'object-missing',
  ConflictException: 'object-changed',
  BadRequestException: 'service-refused',
  // A quota of the account; the SDK takes it for throttling.
  LimitExceededException: 'quota-exceeded',
};

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

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface ApiGatewayPort {
  domain(): Promise<DomainFacts | undefined>;
  mappedApis(): Promise<readonly MappedApi[]>;
  /** A stage as it is deployed, as OpenAPI in JSON; undefined when there is none. */
  exportedStage(api: MappedApi, stage: string): Promise<Uint8Array | undefined>;
  /** Undefined switches mutual TLS off. */
  setTruststore(location: Required<ObjectLocation> | undefined): Promise<void>;
  tag(tags: Readonly<Record<string, string>>): Promise<void>;
  untag(keys: readonly string[]): Promise<void>;
}

/** A client of each API for each place. */
export interface ApiGatewayOptions {
  readonly v1: (place: Place) => APIGatewayClient;
  readonly v2: (place: Place) => ApiGatewayV2Client;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function apiGatewayPort(options: ApiGatewayOptions, target: ApiGatewayTarget, io: Io): ApiGatewayPort {
  const v1 = () => options.v1(io.context.place);
  const v2 = () => options.v2(io.context.place);
  const abort = { abortSignal: io.signal };
  const { domain: name } = target;
  const call = async <T>(
    family: keyof typeof apiGatewayFacts.rates,
    action: string,
    send: () => Promise<T>,
  ): Promise<T> => {
    await io.pace(family);
    try {
      return await send();
    } catch (error) {
      throw serviceError(error, `apigateway:${action}`, exceptions);
    }
  };
  const get = <T>(send: () => Promise<T>) => call('control', 'GET', send);
  const arn = domainArn(name, io.context.place.region);

  return {
    domain: () =>
      absent(() => (target.api === 'rest' ? readV1(name, get, v1, abort) : readV2(name, get, v2, abort))),
    mappedApis: () => mappedApis(name, { v1, v2, abort, get }),
    exportedStage: (api, stage) => exportedStage(api, stage, { v1, v2, abort, get }),
    async setTruststore(location) {
      const uri = location === undefined ? '' : truststoreUri(location);
      if (target.api === 'rest') {
        const replace = (field: string, value: string) => ({
          op: 'replace' as const,
          path: `/mutualTlsAuthentication/${field}`,
          value,
        });
        const patchOperations =
          location === undefined
            ? [replace('truststoreUri', '')]
            : [replace('truststoreUri', uri), replace('truststoreVersion', location.version)];
        await call('update', 'PATCH', () =>
          v1().send(new UpdateV1Domain({ domainName: name, patchOperations }), abort),
        );
        return;
      }
      // The other API refuses an update of mutual TLS alone ("Expected one domain name configuration"): what it has is sent back.
      const { DomainNameConfigurations = [] } = await get(() =>
        v2().send(new GetV2Domain({ DomainName: name }), abort),
      );
      const MutualTlsAuthentication =
        location === undefined
          ? { TruststoreUri: '' }
          : { TruststoreUri: uri, TruststoreVersion: location.version };
      await call('update', 'PATCH', () =>
        v2().send(
          new UpdateV2Domain({ DomainName: name, DomainNameConfigurations, MutualTlsAuthentication }),
          abort,
        ),
      );
    },
    async tag(tags) {
      await call('control', 'PUT', () =>
        v1().send(new TagResourceCommand({ resourceArn: arn, tags: { ...tags } }), abort),
      );
    },
    async untag(keys) {
      await call('control', 'DELETE', () =>
        v1().send(new UntagResourceCommand({ resourceArn: arn, tagKeys: [...keys] }), abort),
      );
    },
  };
}

type Get = <T>(send: () => Promise<T>) => Promise<T>;
type Abort = { readonly abortSignal: AbortSignal };

async function readV1(
  name: string,
  get: Get,
  client: () => APIGatewayClient,
  abort: Abort,
): Promise<DomainFacts> {
  const domain = await get(() => client().send(new GetV1Domain({ domainName: name }), abort));
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

async function readV2(
  name: string,
  get: Get,
  client: () => ApiGatewayV2Client,
  abort: Abort,
): Promise<DomainFacts> {
  const domain = await get(() => client().send(new GetV2Domain({ DomainName: name }), abort));
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
