import type { DomainName, PatchOperation, SecurityPolicy } from '@aws-sdk/client-api-gateway';
import { type Context, type Given, notImplemented, type Operations } from '../service.ts';
import { changeDomain, createDomain, type DomainChange, deleteDomain } from './domains.ts';
import { addMapping, mappingOf, removeMapping } from './mappings.ts';
import type { RestModel } from './model.ts';
import { listed, page } from './paging.ts';
import { type ApiGatewayRegions, apiOf, badRequest, type Domain, domainOf, type Mapping } from './state.ts';
import { tagsOut } from './tags.ts';

type DomainOperations = Pick<
  Operations<RestModel>,
  | 'CreateBasePathMapping'
  | 'CreateDomainName'
  | 'DeleteBasePathMapping'
  | 'DeleteDomainName'
  | 'GetBasePathMapping'
  | 'GetBasePathMappings'
  | 'GetDomainName'
  | 'GetDomainNames'
  | 'UpdateDomainName'
>;

const TITLE = 'API Gateway';

/** How the root path is written in API Gateway v1. */
const ROOT = '(none)';

function describe(domain: Domain): DomainName {
  const { truststore, endpointType } = domain;
  const regional = endpointType === 'REGIONAL';
  return {
    domainName: domain.name,
    domainNameArn: domain.arn,
    ...(regional
      ? {
          regionalDomainName: domain.target,
          regionalHostedZoneId: domain.hostedZone,
          regionalCertificateArn: domain.certificateArn,
        }
      : {
          distributionDomainName: domain.target,
          distributionHostedZoneId: domain.hostedZone,
          certificateArn: domain.certificateArn,
        }),
    endpointConfiguration: { types: [endpointType], ipAddressType: 'ipv4' },
    domainNameStatus: domain.status,
    securityPolicy: domain.securityPolicy as SecurityPolicy,
    tags: tagsOut(domain.tags),
    ownershipVerificationCertificateArn: domain.ownershipVerificationCertificateArn,
    routingMode: 'BASE_PATH_MAPPING_ONLY',
    ...(truststore
      ? {
          mutualTlsAuthentication: {
            truststoreUri: truststore.uri,
            truststoreVersion: truststore.version,
            ...(truststore.warnings.length > 0 ? { truststoreWarnings: [...truststore.warnings] } : {}),
          },
        }
      : {}),
  };
}

const describeMapping = (one: Mapping) => ({
  basePath: one.key === '' ? ROOT : one.key,
  restApiId: one.apiId,
  stage: one.stage,
});

const keyOf = (basePath: string | undefined) => (basePath === undefined || basePath === ROOT ? '' : basePath);

/** Members that a domain could be made with and that are not emulated: refused, not dropped. */
const MISSING = [
  'certificateName',
  'certificateBody',
  'certificatePrivateKey',
  'certificateChain',
  'policy',
] as const;

type PatchOp = Given<PatchOperation>;

const MTLS = '/mutualTlsAuthentication';

/** Patch paths that exist and are not emulated. */
const OTHER_PATHS =
  /^\/(certificate(Name|Arn)|regionalCertificateName|endpointConfiguration|routingMode|policy|managementPolicy)/;

function patched(change: DomainChange, { op, path = '', value = '' }: PatchOp, domain: Domain): DomainChange {
  const removes = op === 'remove';
  if (op !== 'add' && op !== 'replace' && !removes) throw badRequest(`Invalid patch operation specified.`);
  switch (path) {
    case `${MTLS}/truststoreUri`:
      return { ...change, uri: removes ? '' : value };
    case `${MTLS}/truststoreVersion`:
      return { ...change, version: { to: removes || value === '' ? undefined : value } };
  }
  if (removes) throw badRequest(`Invalid patch operation specified for path ${path}.`);
  switch (path) {
    case '/regionalCertificateArn':
      return { ...change, certificateArn: value };
    case '/securityPolicy':
      return { ...change, securityPolicy: value };
    case '/ownershipVerificationCertificateArn':
      return { ...change, ownershipVerificationCertificateArn: value };
  }
  // Seen live: on a domain with mutual TLS this path is refused.
  if (path === '/endpointAccessMode' && domain.truststore)
    throw badRequest('/endpointAccessMode Invalid request input');
  if (OTHER_PATHS.test(path) || path === '/endpointAccessMode')
    throw notImplemented(TITLE, `UpdateDomainName of ${path}`);
  throw badRequest(`Invalid patch path ${path}`);
}

/** Domain names and base path mappings of API Gateway v1. */
export function restDomainOperations(regions: ApiGatewayRegions): DomainOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    async CreateDomainName(input, ctx) {
      const [type = 'EDGE', ...more] = input.endpointConfiguration?.types ?? [];
      const missing = MISSING.find((name) => input[name] !== undefined);
      if (missing !== undefined) throw notImplemented(TITLE, `CreateDomainName with ${missing}`);
      if (more.length > 0 || (input.routingMode ?? 'BASE_PATH_MAPPING_ONLY') !== 'BASE_PATH_MAPPING_ONLY')
        throw notImplemented(TITLE, 'CreateDomainName with that routing mode or several endpoint types');
      const { truststoreUri, truststoreVersion } = input.mutualTlsAuthentication ?? {};
      if (truststoreVersion !== undefined && !truststoreUri)
        throw badRequest('A truststore version needs a truststore URI.');
      const domain = await createDomain(
        regions,
        {
          name: input.domainName,
          endpointType: type,
          certificateArn: type === 'EDGE' ? input.certificateArn : input.regionalCertificateArn,
          securityPolicy: input.securityPolicy ?? 'TLS_1_2',
          ownershipVerificationCertificateArn: input.ownershipVerificationCertificateArn,
          truststore: truststoreUri ? { uri: truststoreUri, version: truststoreVersion } : undefined,
          tags: input.tags,
        },
        ctx,
      );
      return describe(domain);
    },
    GetDomainName: (input, ctx) => describe(domainOf(here(ctx), input.domainName)),
    GetDomainNames(input, ctx) {
      const all = [...here(ctx).domains.values()].map(describe);
      return listed(page(all, input.position, input.limit));
    },
    UpdateDomainName(input, ctx) {
      const domain = domainOf(here(ctx), input.domainName);
      const change = (input.patchOperations ?? []).reduce<DomainChange>(
        (all, operation) => patched(all, operation, domain),
        {},
      );
      return describe(changeDomain(here(ctx), input.domainName, change, ctx));
    },
    async DeleteDomainName(input, ctx) {
      await deleteDomain(here(ctx), input.domainName, ctx);
      return {};
    },
    CreateBasePathMapping(input, ctx) {
      apiOf(here(ctx), input.restApiId, true);
      const given = { key: keyOf(input.basePath), apiId: input.restApiId, stage: input.stage ?? '' };
      return describeMapping(addMapping(here(ctx), input.domainName, given, ctx));
    },
    GetBasePathMapping: (input, ctx) =>
      describeMapping(mappingOf(here(ctx), input.domainName, (one) => one.key === keyOf(input.basePath))),
    GetBasePathMappings(input, ctx) {
      // Paths of several levels exist in v2 alone.
      const visible = domainOf(here(ctx), input.domainName).mappings.filter((one) => !one.key.includes('/'));
      const all = visible.map(describeMapping);
      return listed(page(all, input.position, input.limit));
    },
    DeleteBasePathMapping(input, ctx) {
      const state = here(ctx);
      const mapping = mappingOf(state, input.domainName, (one) => one.key === keyOf(input.basePath));
      removeMapping(state, input.domainName, mapping);
      return {};
    },
  };
}
