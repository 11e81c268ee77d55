import type { ObjectLocation, ServiceIo } from '@trustloom/core/adapter';
import type { DomainRef } from '../model.ts';
import {
  type ApiListings,
  exportedStage,
  httpApis,
  type ListedApi,
  type MappedApi,
  mappedApis,
  restApis,
} from './apis.ts';
import { openCalls } from './calls.ts';
import { allDomains, type Domain, domainArn, readDomain, setTruststore, tag, untag } from './domains.ts';

export type { MappedApi } from './apis.ts';
export type { Domain } from './domains.ts';

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface ApiGatewayPort {
  domain(ref: DomainRef): Promise<Domain | undefined>;
  /** All domains of one API by name, those that its listing gives in full. */
  domains(api: DomainRef['api']): Promise<ReadonlyMap<string, Domain>>;
  httpApis(): Promise<ReadonlyMap<string, ListedApi>>;
  restApis(): Promise<ReadonlyMap<string, ListedApi>>;
  /** @param listings where APIs are looked up before each is asked for itself */
  mappedApis(domain: string, listings: ApiListings): Promise<readonly MappedApi[]>;
  /** A stage as it is deployed, as OpenAPI in JSON; undefined when there is none. */
  exportedStage(api: MappedApi, stage: string): Promise<Uint8Array | undefined>;
  /** Undefined switches mutual TLS off. */
  setTruststore(ref: DomainRef, location: Required<ObjectLocation> | undefined): Promise<void>;
  tag(domain: string, tags: Readonly<Record<string, string>>): Promise<void>;
  untag(domain: string, keys: readonly string[]): Promise<void>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function apiGatewayPort(io: ServiceIo): ApiGatewayPort {
  const calls = openCalls(io);
  const arnOf = (domain: string) => domainArn(domain, io.context.accountRegion.region);
  return {
    domain: (ref) => readDomain(ref, calls),
    domains: (api) => allDomains(api, calls),
    httpApis: () => httpApis(calls),
    restApis: () => restApis(calls),
    mappedApis: (domain, listings) => mappedApis(domain, calls, listings),
    exportedStage: (api, stage) => exportedStage(api, stage, calls),
    setTruststore: (ref, location) => setTruststore(ref, location, calls),
    tag: (domain, tags) => tag(arnOf(domain), tags, calls),
    untag: (domain, keys) => untag(arnOf(domain), keys, calls),
  };
}
