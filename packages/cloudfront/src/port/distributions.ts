import {
  type DistributionConfig,
  type DistributionSummary,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
} from '@aws-sdk/client-cloudfront';
import { defined, unlessMissing } from '@trustloom/core/adapter';
import type { Mtls } from '../model/index.ts';
import { allPages, type Calls, needed } from './calls.ts';
import { withMtls } from './mtls-document.ts';
import { keepBody, updateWithDocument } from './raw-body.ts';

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
   * Changes the mutual TLS of a distribution and the function that looks at it, nothing else: all
   * other elements of its XML are sent back byte for byte, also those that the SDK does not know.
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
      const read = new GetDistributionConfigCommand({ Id });
      const body = keepBody(read);
      const { ETag, DistributionConfig } = await call('GetDistributionConfig', () =>
        client.send(read, abort),
      );
      // The SDK wants a configuration too; it is not what goes out.
      const update = updateWithDocument(
        {
          Id,
          IfMatch: needed(ETag, 'ETag'),
          DistributionConfig: needed(DistributionConfig, 'DistributionConfig'),
        },
        withMtls(body(), mtls),
      );
      await call('UpdateDistribution', () => client.send(update, abort));
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
