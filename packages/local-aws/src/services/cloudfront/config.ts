/** A distribution's configuration: defaults, consistency, and what mutual TLS asks of it. */
import type { CacheBehavior, DefaultCacheBehavior, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { isObject } from '../../wire/schema.ts';
import type { Given } from '../service.ts';
import { CACHING_DISABLED, LIMITS } from './limits.ts';
import { type CloudFrontState, invalidArgument, refusal, trustStoreOf, usersOf } from './state.ts';

/**
 * What CloudFront fills in where a configuration says nothing (API reference, DistributionConfig).
 */
const DEFAULTS = {
  Aliases: { Quantity: 0 },
  DefaultRootObject: '',
  OriginGroups: { Quantity: 0 },
  CacheBehaviors: { Quantity: 0 },
  CustomErrorResponses: { Quantity: 0 },
  Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' },
  PriceClass: 'PriceClass_All',
  ViewerCertificate: {
    CloudFrontDefaultCertificate: true,
    SSLSupportMethod: 'vip',
    MinimumProtocolVersion: 'TLSv1',
    CertificateSource: 'cloudfront',
  },
  Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
  WebACLId: '',
  HttpVersion: 'http2',
  IsIPV6Enabled: true,
  ContinuousDeploymentPolicyId: '',
  Staging: false,
} satisfies Partial<DistributionConfig>;

/** The configuration with every default filled in; what was given stays as it is. */
export function withDefaults(config: Given<DistributionConfig>): DistributionConfig {
  const copy = structuredClone(config) as DistributionConfig;
  return { ...structuredClone(DEFAULTS), ...copy };
}

/** Refuses what is not consistent in itself, and mutual TLS whose preconditions do not hold. */
export function checkConfig(
  config: DistributionConfig,
  state: CloudFrontState,
  id: string | undefined,
): void {
  checkQuantities(config);
  const origins = config.Origins?.Items ?? [];
  if (origins.length === 0) throw invalidArgument('A distribution needs an origin.');
  for (const behavior of behaviorsOf(config)) {
    const groups = config.OriginGroups?.Items ?? [];
    if (![...origins, ...groups].some((origin) => origin.Id === behavior.TargetOriginId)) {
      throw refusal('NoSuchOrigin', 404, 'No origin exists with the specified origin id.');
    }
  }
  if ((config.Aliases?.Items ?? []).length > 0 && config.ViewerCertificate?.CloudFrontDefaultCertificate) {
    throw refusal(
      'InvalidViewerCertificate',
      400,
      'A distribution with alternate domain names needs a certificate that covers them.',
    );
  }
  checkMtls(config, state, id);
  checkFunction(config, state);
}

type Behavior = DefaultCacheBehavior | CacheBehavior;

export const behaviorsOf = (config: DistributionConfig): readonly Behavior[] => [
  ...(config.DefaultCacheBehavior ? [config.DefaultCacheBehavior] : []),
  ...(config.CacheBehaviors?.Items ?? []),
];

/** Every list says how many items it has. */
function checkQuantities(value: unknown): void {
  if (Array.isArray(value)) value.forEach(checkQuantities);
  if (!isObject(value)) return;
  const { Quantity: quantity, Items: items } = value;
  if (typeof quantity === 'number' && quantity !== (Array.isArray(items) ? items.length : 0)) {
    throw refusal('InconsistentQuantities', 400, 'The value of Quantity and the size of Items do not match.');
  }
  Object.values(value).forEach(checkQuantities);
}

/** Developer guide, Enable mutual TLS for your distribution; Additional validation modes. */
function checkMtls(config: DistributionConfig, state: CloudFrontState, id: string | undefined): void {
  const mtls = config.ViewerMtlsConfig;
  if (!mtls) return;
  const behaviors = behaviorsOf(config);
  const secure = behaviors.every(
    ({ ViewerProtocolPolicy: policy }) => policy === 'https-only' || policy === 'redirect-to-https',
  );
  if (!secure)
    throw invalidArgument(
      'Viewer mTLS needs a viewer protocol policy of https-only or redirect-to-https in every cache behavior.',
    );
  if (config.HttpVersion !== 'http1.1' && config.HttpVersion !== 'http2') {
    throw invalidArgument('Viewer mTLS cannot be used with HTTP/3.');
  }
  if (mtls.Mode === 'passthrough') {
    checkPassthrough(config, behaviors);
    return;
  }
  if (mtls.Mode !== 'required' && mtls.Mode !== 'optional') {
    throw invalidArgument('The mode of viewer mTLS must be required, optional or passthrough.');
  }
  const trustStoreId = mtls.TrustStoreConfig?.TrustStoreId;
  if (trustStoreId === undefined) throw invalidArgument('Viewer mTLS needs a trust store.');
  const store = trustStoreOf(state, trustStoreId);
  if (store.version === 0) throw invalidArgument('The trust store is not active.');
  const others = usersOf(state, store.id).filter((distribution) => distribution.id !== id);
  if (others.length >= LIMITS.distributionsPerTrustStore.max) {
    throw refusal(
      'EntityLimitExceeded',
      400,
      'The number of distributions of this trust store has reached its limit.',
    );
  }
}

/**
 * Only a function that is published can be associated (developer guide, Associate a connection
 * function).
 */
function checkFunction(config: DistributionConfig, state: CloudFrontState): void {
  const id = config.ConnectionFunctionAssociation?.Id;
  if (id === undefined) return;
  const one = state.connectionFunctions.get(id);
  if (!one) throw refusal('EntityNotFound', 404, 'The specified connection function does not exist.');
  if (!one.live) throw invalidArgument('The connection function has not been published.');
  if (!config.ViewerMtlsConfig) throw invalidArgument('A connection function needs viewer mTLS.');
}

function checkPassthrough(config: DistributionConfig, behaviors: readonly Behavior[]): void {
  if (config.ViewerMtlsConfig?.TrustStoreConfig)
    throw invalidArgument('Passthrough mode takes no trust store.');
  if (!behaviors.every((behavior) => behavior.CachePolicyId === CACHING_DISABLED)) {
    throw invalidArgument(
      'Passthrough mode needs the managed cache policy CachingDisabled in every cache behavior.',
    );
  }
  // That the policy lists Client-Cert and Client-Cert-Chain cannot be checked here: origin request
  // policies are not emulated.
  if (!behaviors.every((behavior) => behavior.OriginRequestPolicyId)) {
    throw invalidArgument(
      'Passthrough mode needs an origin request policy with Client-Cert and Client-Cert-Chain.',
    );
  }
  if (behaviors.some((behavior) => (behavior.LambdaFunctionAssociations?.Quantity ?? 0) > 0)) {
    throw invalidArgument('Passthrough mode cannot be used with Lambda@Edge.');
  }
  if ((config.Origins?.Items ?? []).some((origin) => origin.OriginShield?.Enabled)) {
    throw invalidArgument('Passthrough mode cannot be used with Origin Shield.');
  }
}
