import { type Context, type EdgeContext, notImplemented, ServiceError } from '../service.ts';
import { LIMITS } from './limits.ts';
import { serveDomain } from './serve/serve.ts';
import {
  type ApiGatewayRegions,
  type ApiGatewayState,
  arnOf,
  badRequest,
  conflict,
  type Domain,
  domainOf,
  OPEN,
  type Truststore,
} from './state.ts';
import { mergeTags } from './tags.ts';
import { readTruststore } from './truststore.ts';

/** What a domain can be made with, whichever API version asks. */
export interface DomainInput {
  readonly name: string;
  readonly endpointType: string;
  readonly certificateArn: string | undefined;
  readonly securityPolicy: string;
  readonly ownershipVerificationCertificateArn: string | undefined;
  readonly truststore: { readonly uri: string; readonly version: string | undefined } | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/**
 * What a change asks for; members left out stay as they are. An empty `uri` switches mutual TLS
 * off.
 */
export interface DomainChange {
  readonly certificateArn?: string;
  readonly securityPolicy?: string;
  readonly ownershipVerificationCertificateArn?: string;
  readonly uri?: string;
  /** `undefined` names no version any more. */
  readonly version?: { readonly to: string | undefined };
}

const NAME = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/;
const ACM = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/;
const POLICY = /^(TLS_1_[02]|SecurityPolicy_TLS1[23]_\w+)$/;
const HOSTED_ZONE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export async function createDomain(
  regions: ApiGatewayRegions,
  input: DomainInput,
  ctx: Context,
): Promise<Domain> {
  const state = regions.at(ctx.account, ctx.region);
  const { name, endpointType, certificateArn, securityPolicy } = input;
  if (!NAME.test(name) || name.length > 253) throw badRequest('Invalid domain name.');
  // Regional names are unique in a region across accounts (developer guide, custom domain names;
  // checked 2026-11).
  const taken = regions.all().some(([, region, other]) => region === ctx.region && other.domains.has(name));
  if (taken) throw conflict('The domain name you provided already exists.');
  if (endpointType !== 'REGIONAL' && endpointType !== 'EDGE')
    throw notImplemented('API Gateway', `domain names of type ${endpointType}`);
  if (certificateArn === undefined || !ACM.test(certificateArn))
    throw badRequest('A certificate ARN of AWS Certificate Manager must be given.');
  if (state.domains.size >= LIMITS.domains.max)
    throw new ServiceError('LimitExceededException', 429, `The limit is ${LIMITS.domains.max} domain names.`);
  const truststore = input.truststore && readTruststore(input.truststore.uri, input.truststore.version, ctx);
  const domain: Domain = {
    name,
    arn: arnOf(ctx, `/domainnames/${name}`),
    endpointType,
    certificateArn,
    securityPolicy,
    ownershipVerificationCertificateArn: input.ownershipVerificationCertificateArn,
    target: `d-${ctx.world.random.hex(10)}.execute-api.${ctx.region}.amazonaws.com`,
    hostedZone: `Z${ctx.world.random.text(13, HOSTED_ZONE)}`,
    status: truststore ? 'UPDATING' : 'AVAILABLE',
    truststore,
    inForce: undefined,
    revision: 0,
    mappings: [],
    tags: mergeTags(new Map(), input.tags),
    createdAt: ctx.now,
  };
  checkPreconditions(domain);
  state.domains.set(name, domain);
  await openDomain(state, domain, ctx);
  if (truststore) settleLater(state, domain, ctx);
  return domain;
}

export function changeDomain(
  state: ApiGatewayState,
  name: string,
  change: DomainChange,
  ctx: Context,
): Domain {
  const before = domainOf(state, name);
  if (before.status === 'UPDATING') throw conflict('The domain name is being updated.');
  if (change.certificateArn !== undefined && !ACM.test(change.certificateArn))
    throw badRequest('A certificate ARN of AWS Certificate Manager must be given.');
  const truststore = changeTruststore(before.truststore, change, ctx);
  const changed: Domain = {
    ...before,
    certificateArn: change.certificateArn ?? before.certificateArn,
    securityPolicy: change.securityPolicy ?? before.securityPolicy,
    ownershipVerificationCertificateArn:
      change.ownershipVerificationCertificateArn ?? before.ownershipVerificationCertificateArn,
    truststore,
  };
  checkPreconditions(changed);
  const slow =
    truststore?.anchors !== before.truststore?.anchors ||
    changed.certificateArn !== before.certificateArn ||
    changed.securityPolicy !== before.securityPolicy;
  const after: Domain = slow ? { ...changed, status: 'UPDATING' } : changed;
  state.domains.set(name, after);
  if (slow) settleLater(state, after, ctx);
  return after;
}

/**
 * The same URI without a version re-reads nothing (a live tool works around it by pointing the
 * domain elsewhere and back). Nor does a version that is in force already: an object version does
 * not change.
 */
function changeTruststore(
  before: Truststore | undefined,
  change: DomainChange,
  ctx: Context,
): Truststore | undefined {
  if (change.uri === undefined && change.version === undefined) return before;
  const uri = change.uri ?? before?.uri;
  if (uri === '') return undefined;
  if (uri === undefined) throw badRequest('A truststore version needs a truststore URI.');
  const version = change.version ? change.version.to : before?.version;
  if (before?.uri === uri && (version === undefined || version === before.readVersion))
    return { ...before, version };
  return readTruststore(uri, version, ctx);
}

/**
 * API Gateway guide, "Configuring mutual TLS", prerequisites; checked 2026-11. The texts are ours.
 */
function checkPreconditions({ truststore, endpointType, securityPolicy }: Domain): void {
  if (!POLICY.test(securityPolicy)) throw badRequest('Invalid security policy.');
  if (!truststore) return;
  if (endpointType !== 'REGIONAL') throw badRequest('Mutual TLS needs a REGIONAL endpoint.');
  if (securityPolicy !== 'TLS_1_2') throw badRequest('Mutual TLS needs the security policy TLS_1_2.');
}

function settleLater(state: ApiGatewayState, { name, createdAt }: Domain, ctx: Context): void {
  ctx.world.settle.later(arnOf(ctx, `/domainnames/${name}`), () => {
    const domain = state.domains.get(name);
    // Deleted and made anew meanwhile: that one has its own.
    if (domain?.createdAt !== createdAt) return;
    const { truststore, revision } = domain;
    state.domains.set(name, { ...domain, status: 'AVAILABLE', inForce: truststore, revision: revision + 1 });
  });
}

export async function deleteDomain(state: ApiGatewayState, name: string, ctx: Context): Promise<void> {
  const domain = domainOf(state, name);
  state.domains.delete(name);
  await ctx.world.edges.close(domain.arn);
}

export async function openDomain(state: ApiGatewayState, domain: Domain, ctx: EdgeContext): Promise<void> {
  const { name, arn, target } = domain;
  await ctx.world.edges.open({
    kind: 'api-gateway',
    protocol: 'https',
    resource: arn,
    hosts: [name, target],
    account: ctx.account,
    region: ctx.region,
    servicePort: 443,
    trust() {
      const now = state.domains.get(name);
      if (!now?.inForce) return OPEN;
      return { ...OPEN, mode: 'complete-chain', anchors: now.inForce.anchors, version: String(now.revision) };
    },
    behaviour: () => 'forward',
    serve: (request) => serveDomain(state, name, request, state.authorizerCache, ctx),
    payload() {
      const first = state.domains.get(name)?.mappings[0];
      const api = first && state.apis.get(first.apiId);
      return api?.protocol === 'HTTP' ? '2.0' : '1.0';
    },
  });
}
