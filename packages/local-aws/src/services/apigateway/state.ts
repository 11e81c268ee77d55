import type { EdgeTrust } from '../../types.ts';
import type { Regions } from '../../world.ts';
import { type Context, ServiceError } from '../service.ts';
import type { AuthorizerCache, Parts } from './parts-model.ts';

/** A truststore as it was read, for one domain. */
export interface Truststore {
  readonly uri: string;
  /** Version that the domain names; undefined when it names none. */
  readonly version: string | undefined;
  /** Version that was read. */
  readonly readVersion: string;
  readonly warnings: readonly string[];
  /** Certificates that can end or bridge chains, DER. */
  readonly anchors: readonly Uint8Array[];
}

/** From a domain to an API. */
export interface Mapping {
  readonly id: string;
  /** Path; empty for the root. */
  readonly key: string;
  readonly apiId: string;
  readonly stage: string;
}

/** A custom domain name. Both API versions manage the same ones. */
export interface Domain {
  readonly name: string;
  readonly arn: string;
  readonly endpointType: 'REGIONAL' | 'EDGE';
  readonly certificateArn: string | undefined;
  readonly securityPolicy: string;
  readonly ownershipVerificationCertificateArn: string | undefined;
  /** Host name that the domain's DNS record points to. */
  readonly target: string;
  readonly hostedZone: string;
  readonly status: 'AVAILABLE' | 'UPDATING';
  /** As configured. */
  readonly truststore: Truststore | undefined;
  /** As the data plane has it. */
  readonly inForce: Truststore | undefined;
  /** Goes up with each change of `inForce`. */
  readonly revision: number;
  readonly mappings: readonly Mapping[];
  readonly tags: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** An API, with what decides which requests bypass a custom domain. */
export interface Api {
  readonly id: string;
  readonly arn: string;
  readonly protocol: 'REST' | 'HTTP' | 'WEBSOCKET';
  readonly name: string;
  readonly description: string | undefined;
  readonly version: string | undefined;
  readonly endpointType: 'REGIONAL' | 'EDGE';
  readonly disableExecuteApiEndpoint: boolean;
  readonly tags: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** State of one account and region. */
export interface ApiGatewayState {
  readonly domains: Map<string, Domain>;
  readonly apis: Map<string, Api>;
  /** What is inside each API, by its id. */
  readonly parts: Map<string, Parts>;
  /** Answers of authorizers that are still kept. */
  readonly authorizerCache: AuthorizerCache;
}

export type ApiGatewayRegions = Regions<ApiGatewayState>;

export const emptyState = (): ApiGatewayState => ({
  domains: new Map(),
  apis: new Map(),
  parts: new Map(),
  authorizerCache: new Map(),
});

/** Trust of a listener that asks for no certificate. */
export const OPEN: EdgeTrust = Object.freeze({
  mode: 'off',
  anchors: [],
  crls: [],
  version: 'open',
  ignoreExpiry: false,
  advertiseCaNames: false,
});

export const badRequest = (message: string): ServiceError =>
  new ServiceError('BadRequestException', 400, message);
export const conflict = (message: string): ServiceError =>
  new ServiceError('ConflictException', 409, message);
export const notFound = (message: string): ServiceError =>
  new ServiceError('NotFoundException', 404, message);

/** ARNs of public domains and of APIs name no account. */
export const arnOf = (ctx: Context, path: string): string => `arn:aws:apigateway:${ctx.region}::${path}`;

export function domainOf(state: ApiGatewayState, name: string): Domain {
  const domain = state.domains.get(name);
  if (!domain) throw notFound('Invalid domain name identifier specified');
  return domain;
}

export function apiOf(state: ApiGatewayState, id: string, rest: boolean): Api {
  const api = state.apis.get(id);
  if (!api || (api.protocol === 'REST') !== rest) throw notFound('Invalid API identifier specified');
  return api;
}

const ID = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten characters, as ids of APIs and mappings have. */
export const newId = (ctx: Context): string => ctx.world.random.text(10, ID);
