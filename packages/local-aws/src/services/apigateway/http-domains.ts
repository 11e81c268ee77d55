import type {
  DomainName,
  DomainNameConfiguration,
  GetDomainNameResponse,
  MutualTlsAuthenticationInput,
  SecurityPolicy,
} from '@aws-sdk/client-apigatewayv2';
import { defined } from '../../util/defined.ts';
import { type Context, type Given, notImplemented, type Operations } from '../service.ts';
import { changeDomain, createDomain, type DomainChange, deleteDomain } from './domains.ts';
import { addMapping, mappingOf, removeMapping } from './mappings.ts';
import type { HttpModel } from './model.ts';
import { itemsOf } from './paging.ts';
import { type ApiGatewayRegions, badRequest, type Domain, domainOf, type Mapping } from './state.ts';
import { tagsOut } from './tags.ts';

type DomainOperations = Pick<
  Operations<HttpModel>,
  | 'CreateApiMapping'
  | 'CreateDomainName'
  | 'DeleteApiMapping'
  | 'DeleteDomainName'
  | 'GetApiMapping'
  | 'GetApiMappings'
  | 'GetDomainName'
  | 'GetDomainNames'
  | 'UpdateDomainName'
>;

const TITLE = 'API Gateway';

function describe(domain: Domain): GetDomainNameResponse & DomainName {
  const { truststore } = domain;
  return {
    DomainName: domain.name,
    DomainNameArn: domain.arn,
    ApiMappingSelectionExpression: '$request.basepath',
    DomainNameConfigurations: [
      {
        ApiGatewayDomainName: domain.target,
        CertificateArn: domain.certificateArn,
        DomainNameStatus: domain.status,
        EndpointType: domain.endpointType,
        HostedZoneId: domain.hostedZone,
        IpAddressType: 'ipv4',
        SecurityPolicy: domain.securityPolicy as SecurityPolicy,
        OwnershipVerificationCertificateArn: domain.ownershipVerificationCertificateArn,
      },
    ],
    RoutingMode: 'API_MAPPING_ONLY',
    Tags: tagsOut(domain.tags),
    ...(truststore
      ? {
          MutualTlsAuthentication: {
            TruststoreUri: truststore.uri,
            TruststoreVersion: truststore.version,
            ...(truststore.warnings.length > 0 ? { TruststoreWarnings: [...truststore.warnings] } : {}),
          },
        }
      : {}),
  };
}

const describeMapping = (one: Mapping) => ({
  ApiMappingId: one.id,
  ApiMappingKey: one.key,
  ApiId: one.apiId,
  Stage: one.stage,
});

/** A live run was refused with this text when the list was left out. */
function oneConfiguration(
  given: readonly Given<DomainNameConfiguration>[] | undefined,
): Given<DomainNameConfiguration> {
  const [only, ...more] = given ?? [];
  if (!only || more.length > 0) throw badRequest('Invalid input. Expected one domain name configuration');
  return only;
}

/** A nested member that is sent replaces: a new URI without a version names no version. */
function truststoreChange(
  given: Given<MutualTlsAuthenticationInput> | undefined,
  before: Domain,
): DomainChange {
  if (!given) return {};
  const { TruststoreUri: uri, TruststoreVersion: version } = given;
  const moved = uri !== undefined && uri !== before.truststore?.uri;
  return {
    ...defined({ uri }),
    ...(version !== undefined || moved ? { version: { to: version } } : {}),
  };
}

/** Domain names and API mappings of API Gateway v2. */
export function httpDomainOperations(regions: ApiGatewayRegions): DomainOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    async CreateDomainName(input, ctx) {
      const configuration = oneConfiguration(input.DomainNameConfigurations);
      if ((input.RoutingMode ?? 'API_MAPPING_ONLY') !== 'API_MAPPING_ONLY')
        throw notImplemented(TITLE, `CreateDomainName with routing mode ${input.RoutingMode}`);
      const { TruststoreUri: uri, TruststoreVersion: version } = input.MutualTlsAuthentication ?? {};
      if (version !== undefined && !uri) throw badRequest('A truststore version needs a truststore URI.');
      const domain = await createDomain(
        regions,
        {
          name: input.DomainName,
          endpointType: configuration.EndpointType ?? 'REGIONAL',
          certificateArn: configuration.CertificateArn,
          securityPolicy: configuration.SecurityPolicy ?? 'TLS_1_2',
          ownershipVerificationCertificateArn: configuration.OwnershipVerificationCertificateArn,
          truststore: uri ? { uri, version } : undefined,
          tags: input.Tags,
        },
        ctx,
      );
      return describe(domain);
    },
    GetDomainName: (input, ctx) => describe(domainOf(here(ctx), input.DomainName)),
    GetDomainNames: (input, ctx) => itemsOf(here(ctx).domains.values(), describe, input),
    UpdateDomainName(input, ctx) {
      const before = domainOf(here(ctx), input.DomainName);
      const configuration = oneConfiguration(input.DomainNameConfigurations);
      if ((input.RoutingMode ?? 'API_MAPPING_ONLY') !== 'API_MAPPING_ONLY')
        throw notImplemented(TITLE, `UpdateDomainName with routing mode ${input.RoutingMode}`);
      if ((configuration.EndpointType ?? before.endpointType) !== before.endpointType)
        throw notImplemented(TITLE, 'UpdateDomainName of the endpoint type');
      const { CertificateArn, SecurityPolicy, OwnershipVerificationCertificateArn } = configuration;
      const change: DomainChange = {
        ...defined({
          certificateArn: CertificateArn,
          securityPolicy: SecurityPolicy,
          ownershipVerificationCertificateArn: OwnershipVerificationCertificateArn,
        }),
        ...truststoreChange(input.MutualTlsAuthentication, before),
      };
      return describe(changeDomain(here(ctx), input.DomainName, change, ctx));
    },
    async DeleteDomainName(input, ctx) {
      await deleteDomain(here(ctx), input.DomainName, ctx);
      return {};
    },
    CreateApiMapping(input, ctx) {
      const given = { key: input.ApiMappingKey ?? '', apiId: input.ApiId, stage: input.Stage };
      return describeMapping(addMapping(here(ctx), input.DomainName, given, ctx));
    },
    GetApiMapping: (input, ctx) =>
      describeMapping(mappingOf(here(ctx), input.DomainName, (one) => one.id === input.ApiMappingId)),
    GetApiMappings: (input, ctx) =>
      itemsOf(domainOf(here(ctx), input.DomainName).mappings, describeMapping, input),
    DeleteApiMapping(input, ctx) {
      const state = here(ctx);
      const mapping = mappingOf(state, input.DomainName, (one) => one.id === input.ApiMappingId);
      removeMapping(state, input.DomainName, mapping);
      return {};
    },
  };
}
