import {
  type APIGatewayClient,
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
import { type DomainFacts, listDomains, readDomain } from './domains.ts';
import type { apiGatewayFacts } from './facts.ts';
import {
  type ApiLists,
  exportedStage,
  httpApis,
  type ListedApi,
  type MappedApi,
  mappedApis,
  restApis,
} from './mapped-apis.ts';
import { domainArn, truststoreUri } from './names.ts';
import type { ApiGatewayTarget } from './target.ts';

/** The services' exceptions by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  NotFoundException: 'object-missing',
  ConflictException: 'object-changed',
  BadRequestException: 'service-refused',
  // A quota of the account; the SDK takes it for throttling.
  LimitExceededException: 'quota-exceeded',
};

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface ApiGatewayPort {
  domain(): Promise<DomainFacts | undefined>;
  /** All domains of the target's API by name, those that the list tells in full. */
  domains(): Promise<ReadonlyMap<string, DomainFacts>>;
  httpApis(): Promise<ReadonlyMap<string, ListedApi>>;
  restApis(): Promise<ReadonlyMap<string, ListedApi>>;
  /** @param lists where APIs are looked up before each is asked for itself */
  mappedApis(lists: ApiLists): Promise<readonly MappedApi[]>;
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
    try {
      // Every call draws on the bucket of all control operations, too.
      return await io.paced(family, () => (family === 'control' ? send() : io.paced('control', send)));
    } catch (error) {
      throw serviceError(error, `apigateway:${action}`, exceptions);
    }
  };
  const get = <T>(send: () => Promise<T>) => call('control', 'GET', send);
  const calls = { v1, v2, abort, get };
  const arn = domainArn(name, io.context.place.region);

  return {
    domain: () => readDomain(target.api, name, calls),
    domains: () => listDomains(target.api, calls),
    httpApis: () => httpApis(calls),
    restApis: () => restApis(calls),
    mappedApis: (lists) => mappedApis(name, calls, lists),
    exportedStage: (api, stage) => exportedStage(api, stage, calls),
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
