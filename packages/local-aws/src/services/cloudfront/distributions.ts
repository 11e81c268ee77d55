import type {
  DistributionConfig,
  Distribution as DistributionOut,
  DistributionSummary,
  Tag,
} from '@aws-sdk/client-cloudfront';
import { connectionGate } from '../../functions/gate.ts';
import type { EdgeTrust } from '../../types.ts';
import { defined } from '../../util/defined.ts';
import type { Regions, World } from '../../world.ts';
import type { Context, EdgeContext, Given, Operations } from '../service.ts';
import { behaviorsOf, checkConfig, withDefaults } from './config.ts';
import { LIMITS } from './limits.ts';
import type { CloudFrontModel } from './model.ts';
import { cut } from './pages.ts';
import {
  type CloudFrontState,
  checkETag,
  type Distribution,
  distributionOf,
  itemsOf,
  newETag,
  refusal,
  type TrustStore,
} from './state.ts';
import { mergeTags } from './tags.ts';

type DistributionOperations = Pick<
  Operations<CloudFrontModel>,
  | 'CreateDistribution'
  | 'CreateDistributionWithTags'
  | 'DeleteDistribution'
  | 'GetDistribution'
  | 'GetDistributionConfig'
  | 'ListDistributions'
  | 'UpdateDistribution'
>;

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Distributions. Each one is a data plane from its creation; the edges follow when a change is
 * Deployed.
 */
export function distributionOperations(regions: Regions<CloudFrontState>): DistributionOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);

  const create = async (given: Given<DistributionConfig>, tags: readonly Tag[], ctx: Context) => {
    const state = here(ctx);
    const config = withDefaults(given);
    if (
      [...state.distributions.values()].some((one) => one.config.CallerReference === config.CallerReference)
    ) {
      throw refusal(
        'DistributionAlreadyExists',
        409,
        'The caller reference is associated with another distribution.',
      );
    }
    checkConfig(config, state, undefined);
    checkAliases(config, undefined, regions);
    const id = `E${ctx.world.random.text(13)}`;
    const distribution: Distribution = {
      id,
      arn: `arn:aws:cloudfront::${ctx.account}:distribution/${id}`,
      domainName: `d${ctx.world.random.text(13, LOWER)}.cloudfront.net`,
      etag: newETag(ctx),
      status: 'InProgress',
      modified: ctx.now,
      config,
      younger: ctx.younger ?? [],
      served: undefined,
      tags,
      generation: 1,
    };
    state.distributions.set(id, distribution);
    deploy(distribution, ctx);
    await openEdges(state, distribution, ctx);
    const Location = `https://cloudfront.amazonaws.com/2020-05-31/distribution/${id}`;
    return { ...answer(distribution, ctx), Location };
  };

  return {
    CreateDistribution: (input, ctx) => create(input.DistributionConfig, [], ctx),
    CreateDistributionWithTags(input, ctx) {
      const { DistributionConfig: config, Tags } = input.DistributionConfigWithTags;
      return create(config, mergeTags([], Tags.Items), ctx);
    },
    GetDistribution(input, ctx) {
      return answer(distributionOf(here(ctx), input.Id), ctx);
    },
    GetDistributionConfig(input, ctx) {
      const distribution = distributionOf(here(ctx), input.Id);
      ctx.answer.younger = { under: [], elements: distribution.younger ?? [] };
      return { DistributionConfig: distribution.config, ETag: distribution.etag };
    },
    async UpdateDistribution(input, ctx) {
      const state = here(ctx);
      const distribution = distributionOf(state, input.Id);
      checkETag(input.IfMatch, distribution.etag);
      const config = withDefaults(input.DistributionConfig);
      if (config.CallerReference !== distribution.config.CallerReference) {
        throw refusal('IllegalUpdate', 400, 'The caller reference of a distribution cannot be changed.');
      }
      checkConfig(config, state, distribution.id);
      checkAliases(config, distribution.id, regions);
      const moved = String(config.Aliases?.Items) !== String(distribution.config.Aliases?.Items);
      const { younger = [] } = ctx;
      const etag = newETag(ctx);
      Object.assign(distribution, { config, younger, etag, modified: ctx.now, status: 'InProgress' });
      distribution.generation += 1;
      deploy(distribution, ctx);
      if (moved) {
        await ctx.world.edges.close(distribution.arn);
        await openEdges(state, distribution, ctx);
      }
      return answer(distribution, ctx);
    },
    async DeleteDistribution(input, ctx) {
      const state = here(ctx);
      const distribution = distributionOf(state, input.Id);
      checkETag(input.IfMatch, distribution.etag);
      if (distribution.config.Enabled || distribution.status !== 'Deployed') {
        throw refusal(
          'DistributionNotDisabled',
          409,
          'The distribution you are trying to delete has not been disabled.',
        );
      }
      state.distributions.delete(distribution.id);
      await ctx.world.edges.close(distribution.arn);
      return {};
    },
    ListDistributions(input, ctx) {
      const size = input.MaxItems === undefined ? undefined : Number(input.MaxItems);
      const page = cut([...here(ctx).distributions.values()], input.Marker, size);
      return {
        DistributionList: {
          Marker: input.Marker ?? '',
          MaxItems: size ?? LIMITS.pageSize.max,
          IsTruncated: page.next !== undefined,
          Quantity: page.items.length,
          ...(page.items.length > 0 ? { Items: page.items.map(summary) } : {}),
          ...defined({ NextMarker: page.next }),
        },
      };
    },
  };
}

/** An alternate domain name belongs to one distribution in the world. */
function checkAliases(
  config: DistributionConfig,
  id: string | undefined,
  regions: Regions<CloudFrontState>,
): void {
  const taken = regions
    .all()
    .flatMap(([, , state]) => [...state.distributions.values()])
    .filter((distribution) => distribution.id !== id)
    .flatMap((distribution) => distribution.config.Aliases?.Items ?? []);
  if ((config.Aliases?.Items ?? []).some((alias) => taken.includes(alias))) {
    throw refusal(
      'CNAMEAlreadyExists',
      409,
      'One or more of the CNAMEs you provided are already associated with a different resource.',
    );
  }
}

function deploy(distribution: Distribution, ctx: Context): void {
  const { generation, config } = distribution;
  ctx.world.settle.later(distribution.arn, () => {
    distribution.served = config;
    if (distribution.generation === generation) distribution.status = 'Deployed';
  });
}

/** Port 443, and port 80 with what the default behavior says about plain HTTP. */
export async function openEdges(
  state: CloudFrontState,
  distribution: Distribution,
  ctx: EdgeContext,
): Promise<void> {
  const common = {
    kind: 'cloudfront',
    resource: distribution.arn,
    hosts: [distribution.domainName, ...(distribution.config.Aliases?.Items ?? [])],
    account: ctx.account,
    region: ctx.region,
    trust: () => trustOf(distribution, state, ctx.world),
  } as const;
  const enabled = () => distribution.served?.Enabled ?? false;
  await ctx.world.edges.open({
    ...common,
    protocol: 'https',
    servicePort: 443,
    behaviour: () => (enabled() ? 'forward' : 'disabled'),
  });
  await ctx.world.edges.open({
    ...common,
    protocol: 'http',
    servicePort: 80,
    behaviour() {
      const policies = distribution.served
        ? behaviorsOf(distribution.served).map((one) => one.ViewerProtocolPolicy)
        : [];
      if (!enabled() || policies[0] === 'https-only') return 'disabled';
      return policies[0] === 'redirect-to-https' ? 'redirect' : 'forward';
    },
  });
}

function trustOf(distribution: Distribution, state: CloudFrontState, world: World): EdgeTrust {
  const mtls = distribution.served?.ViewerMtlsConfig;
  const nothing = {
    anchors: [],
    crls: [],
    version: 'none',
    ignoreExpiry: false,
    advertiseCaNames: false,
  } as const;
  const { TrustStoreId, IgnoreCertificateExpiry, AdvertiseTrustStoreCaNames } = mtls?.TrustStoreConfig ?? {};
  const store = state.trustStores.get(TrustStoreId ?? '');
  const gate = gateOf(distribution, store, state, world);
  if (mtls?.Mode === 'passthrough') return { mode: 'passthrough', ...nothing, ...gate };
  if (mtls?.Mode !== 'required' && mtls?.Mode !== 'optional') return { mode: 'off', ...nothing };
  return {
    mode: mtls.Mode,
    anchors: store?.anchors ?? [],
    crls: [],
    version: store ? `${store.arn}#${store.version}` : 'none',
    ignoreExpiry: IgnoreCertificateExpiry ?? false,
    advertiseCaNames: AdvertiseTrustStoreCaNames ?? false,
    ...gate,
  };
}

/**
 * The function of a distribution and the OCSP flag of its store: both are asked at each handshake,
 * as they are then.
 */
function gateOf(
  distribution: Distribution,
  store: TrustStore | undefined,
  state: CloudFrontState,
  world: World,
): Pick<EdgeTrust, 'gate'> {
  const id = distribution.served?.ConnectionFunctionAssociation?.Id;
  const version = id === undefined ? undefined : state.connectionFunctions.get(id)?.live;
  const ocsp = store?.ocsp ?? false;
  if (version === undefined && !ocsp) return {};
  return {
    gate: (input) =>
      connectionGate(
        {
          live:
            version === undefined
              ? undefined
              : { code: new TextDecoder().decode(version.code), store: itemsOf(state, version) },
          ocsp,
          responder: world.ocsp,
          timeMs: world.functionTimeMs,
          now: world.clock.now(),
          connectionId: world.random.text(24),
          distributionId: distribution.id,
          endpoint: distribution.domainName,
        },
        input,
      ),
  };
}

/** A distribution with its ETag, and what the schema does not know of it. */
function answer(distribution: Distribution, ctx: Context) {
  ctx.answer.younger = { under: ['DistributionConfig'], elements: distribution.younger ?? [] };
  return { Distribution: describe(distribution), ETag: distribution.etag };
}

const describe = (distribution: Distribution): DistributionOut => ({
  Id: distribution.id,
  ARN: distribution.arn,
  Status: distribution.status,
  LastModifiedTime: new Date(distribution.modified),
  InProgressInvalidationBatches: 0,
  DomainName: distribution.domainName,
  ActiveTrustedSigners: { Enabled: false, Quantity: 0 },
  ActiveTrustedKeyGroups: { Enabled: false, Quantity: 0 },
  DistributionConfig: distribution.config,
});

/** One line of a list of distributions: the configuration without what only its owner needs. */
export function summary(distribution: Distribution): DistributionSummary {
  const { config } = distribution;
  return {
    Id: distribution.id,
    ARN: distribution.arn,
    ETag: distribution.etag,
    Status: distribution.status,
    LastModifiedTime: new Date(distribution.modified),
    DomainName: distribution.domainName,
    Aliases: config.Aliases,
    Origins: config.Origins,
    OriginGroups: config.OriginGroups,
    DefaultCacheBehavior: config.DefaultCacheBehavior,
    CacheBehaviors: config.CacheBehaviors,
    CustomErrorResponses: config.CustomErrorResponses,
    Comment: config.Comment,
    PriceClass: config.PriceClass,
    Enabled: config.Enabled,
    ViewerCertificate: config.ViewerCertificate,
    Restrictions: config.Restrictions,
    WebACLId: config.WebACLId,
    HttpVersion: config.HttpVersion,
    IsIPV6Enabled: config.IsIPV6Enabled,
    Staging: config.Staging,
    ViewerMtlsConfig: config.ViewerMtlsConfig,
    ConnectionFunctionAssociation: config.ConnectionFunctionAssociation,
  };
}
