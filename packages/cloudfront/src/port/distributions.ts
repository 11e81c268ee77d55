import {
  type DistributionConfig,
  type DistributionSummary,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  UpdateDistributionCommand,
  type ViewerMtlsConfig,
} from '@aws-sdk/client-cloudfront';
import { defined, unlessMissing } from '@trustloom/core/adapter';
import type { Mtls } from '../model/index.ts';
import { allPages, type Calls, needed } from './calls.ts';

/** A distribution, as far as mutual TLS needs it. */
export interface Distribution extends Mtls {
  readonly id: string;
  readonly host: string;
  readonly deployed: boolean;
  readonly http3: boolean;
  /** Path patterns of behaviours that answer plain HTTP. */
  readonly plainBehaviours: readonly string[];
}

export interface DistributionPort {
  /**
   * By id, those that the list describes in full: what it leaves out of the others may be there all
   * the same.
   */
  distributions(): Promise<ReadonlyMap<string, Distribution>>;
  distribution(id: string): Promise<Distribution | undefined>;
  /**
   * Changes the mutual TLS of a distribution and the function that looks at it, nothing else:
   * everything is sent back as it was read.
   */
  setMtls(distribution: string, mtls: Mtls): Promise<void>;
}

export function distributionPort({ client, abort, call }: Calls): DistributionPort {
  return {
    async distributions() {
      const pages = await allPages(
        (Marker) =>
          call('ListDistributions', () =>
            client.send(new ListDistributionsCommand(defined({ Marker })), abort),
          ),
        ({ DistributionList }) => DistributionList?.NextMarker,
      );
      const whole = pages.flatMap(({ DistributionList }) => (DistributionList?.Items ?? []).filter(isWhole));
      return new Map(
        whole.map((summary) => {
          const id = needed(summary.Id, 'Id');
          return [id, distributionOf(id, summary, summary)];
        }),
      );
    },
    distribution: (Id) =>
      unlessMissing(async () => {
        const { Distribution: found } = await call('GetDistribution', () =>
          client.send(new GetDistributionCommand({ Id }), abort),
        );
        return distributionOf(Id, found, needed(found?.DistributionConfig, 'DistributionConfig'));
      }),
    async setMtls(Id, mtls) {
      const read = await call('GetDistributionConfig', () =>
        client.send(new GetDistributionConfigCommand({ Id }), abort),
      );
      const {
        ViewerMtlsConfig: _mtls,
        ConnectionFunctionAssociation: _fn,
        ...rest
      } = needed(read.DistributionConfig, 'DistributionConfig');
      const DistributionConfig = {
        ...rest,
        ...defined({
          ViewerMtlsConfig: viewerMtls(mtls),
          ConnectionFunctionAssociation: mtls.fn === undefined ? undefined : { Id: mtls.fn },
        }),
      };
      await call('UpdateDistribution', () =>
        client.send(
          new UpdateDistributionCommand({ Id, IfMatch: needed(read.ETag, 'ETag'), DistributionConfig }),
          abort,
        ),
      );
    },
  };
}

/** What of a distribution stands both in its own configuration and in the list. */
type Settings = Pick<
  DistributionConfig,
  | 'HttpVersion'
  | 'DefaultCacheBehavior'
  | 'CacheBehaviors'
  | 'ViewerMtlsConfig'
  | 'ConnectionFunctionAssociation'
>;

/**
 * One that asks for certificates as ours do, listed with every setting: no model says that the list
 * has all.
 */
function isWhole({
  ViewerMtlsConfig: config,
  ConnectionFunctionAssociation: fn,
}: DistributionSummary): boolean {
  const store = config?.TrustStoreConfig;
  return (
    fn?.Id !== undefined &&
    store?.IgnoreCertificateExpiry !== undefined &&
    store.AdvertiseTrustStoreCaNames !== undefined
  );
}

function distributionOf(
  id: string,
  state: { readonly DomainName?: string | undefined; readonly Status?: string | undefined } | undefined,
  config: Settings,
): Distribution {
  const { ViewerMtlsConfig: mtls, ConnectionFunctionAssociation: fn, HttpVersion, CacheBehaviors } = config;
  const store = mtls?.TrustStoreConfig;
  const behaviours = [
    { ...config.DefaultCacheBehavior, PathPattern: 'default' },
    ...(CacheBehaviors?.Items ?? []),
  ];
  return {
    id,
    host: state?.DomainName ?? '',
    deployed: state?.Status === 'Deployed',
    http3: HttpVersion === 'http3' || HttpVersion === 'http2and3',
    plainBehaviours: behaviours
      .filter(({ ViewerProtocolPolicy }) => ViewerProtocolPolicy === 'allow-all')
      .map(({ PathPattern }) => PathPattern ?? ''),
    mode: mtls?.Mode ?? 'off',
    store: store?.TrustStoreId,
    fn: fn?.Id,
    ignoreExpiry: store?.IgnoreCertificateExpiry ?? false,
    advertise: store?.AdvertiseTrustStoreCaNames ?? false,
  };
}

function viewerMtls({ mode, store, ignoreExpiry, advertise }: Mtls): ViewerMtlsConfig | undefined {
  if (mode === 'off') return undefined;
  if (mode === 'passthrough') return { Mode: mode };
  return {
    Mode: mode,
    TrustStoreConfig: {
      TrustStoreId: needed(store, 'TrustStoreId'),
      AdvertiseTrustStoreCaNames: advertise,
      IgnoreCertificateExpiry: ignoreExpiry,
    },
  };
}
