import {
  type CloudFrontClient,
  CreateTrustStoreCommand,
  DeleteTrustStoreCommand,
  type DistributionConfig,
  type DistributionSummary,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetTrustStoreCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  ListTrustStoresCommand,
  TagResourceCommand,
  UpdateDistributionCommand,
  UpdateTrustStoreCommand,
  type ViewerMtlsConfig,
} from '@aws-sdk/client-cloudfront';
import { defined, type Io, isTrustloomError, type ObjectLocation, type Place } from '@trustloom/core';
import { callsOf, needed, tagSet } from './port-calls.ts';
import type { Mtls } from './state.ts';

/** A trust store as the service tells of it: never what is in it. */
export interface StoreFacts {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly count: number;
  readonly etag: string;
}

/** A distribution, as far as mutual TLS needs it. */
export interface DistributionFacts extends Mtls {
  readonly id: string;
  readonly host: string;
  readonly deployed: boolean;
  readonly http3: boolean;
  /** Path patterns of behaviours that answer plain HTTP. */
  readonly plainBehaviours: readonly string[];
}

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface CloudfrontPort {
  stores(): Promise<readonly StoreFacts[]>;
  tags(arn: string): Promise<Readonly<Record<string, string>>>;
  /** By id, those that the list tells in full: what it leaves out of the others may be there all the same. */
  distributions(): Promise<ReadonlyMap<string, DistributionFacts>>;
  distribution(id: string): Promise<DistributionFacts | undefined>;
  createStore(
    name: string,
    bundle: Required<ObjectLocation>,
    tags: Readonly<Record<string, string>>,
    ocsp: boolean,
  ): Promise<StoreFacts>;
  /** @param expected ETag that the store must still have */
  updateStore(id: string, bundle: Required<ObjectLocation>, ocsp: boolean, expected: string): Promise<string>;
  deleteStore(id: string): Promise<void>;
  tag(arn: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Changes the mutual TLS of a distribution and the function that looks at it, nothing else: everything is sent back as it was read. */
  setMtls(distribution: string, mtls: Mtls): Promise<void>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function cloudfrontPort(clientOf: (place: Place) => CloudFrontClient, io: Io): CloudfrontPort {
  const client = clientOf(io.context.place);
  const abort = { abortSignal: io.signal };
  const call = callsOf(io);
  const source = ({ bucket, key, version }: Required<ObjectLocation>) => ({
    CaCertificatesBundleS3Location: {
      Bucket: bucket,
      Key: key,
      Version: version,
      Region: io.context.place.region,
    },
  });

  return {
    async stores() {
      const all: StoreFacts[] = [];
      let Marker: string | undefined;
      do {
        const request = Marker === undefined ? {} : { Marker };
        const page = await call('ListTrustStores', () =>
          client.send(new ListTrustStoresCommand(request), abort),
        );
        all.push(...(page.TrustStoreList ?? []).map((store) => storeFacts(store, store.ETag)));
        Marker = page.NextMarker;
      } while (Marker !== undefined && Marker !== '');
      return all;
    },
    async tags(Resource) {
      const { Tags } = await call('ListTagsForResource', () =>
        client.send(new ListTagsForResourceCommand({ Resource }), abort),
      );
      return Object.fromEntries((Tags?.Items ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
    },
    async distributions() {
      const all = new Map<string, DistributionFacts>();
      let Marker: string | undefined;
      do {
        const request = Marker === undefined ? {} : { Marker };
        const { DistributionList: page } = await call('ListDistributions', () =>
          client.send(new ListDistributionsCommand(request), abort),
        );
        for (const summary of (page?.Items ?? []).filter(isWhole)) {
          const id = needed(summary.Id, 'Id');
          all.set(id, distributionFacts(id, summary, summary));
        }
        Marker = page?.NextMarker;
      } while (Marker !== undefined && Marker !== '');
      return all;
    },
    async distribution(Id) {
      try {
        const { Distribution } = await call('GetDistribution', () =>
          client.send(new GetDistributionCommand({ Id }), abort),
        );
        const config = needed(Distribution?.DistributionConfig, 'DistributionConfig');
        return distributionFacts(Id, Distribution, config);
      } catch (error) {
        if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
        throw error;
      }
    },
    async createStore(Name, location, tags, UseClientCertificateOCSPEndpoint) {
      const made = await call('CreateTrustStore', () =>
        client.send(
          new CreateTrustStoreCommand({
            Name,
            CaCertificatesBundleSource: source(location),
            Tags: tagSet(tags),
            UseClientCertificateOCSPEndpoint,
          }),
          abort,
        ),
      );
      return storeFacts(needed(made.TrustStore, 'TrustStore'), made.ETag);
    },
    async updateStore(Id, location, UseClientCertificateOCSPEndpoint, IfMatch) {
      const updated = await call('UpdateTrustStore', () =>
        client.send(
          new UpdateTrustStoreCommand({
            Id,
            CaCertificatesBundleSource: source(location),
            UseClientCertificateOCSPEndpoint,
            IfMatch,
          }),
          abort,
        ),
      );
      return needed(updated.ETag, 'ETag');
    },
    async deleteStore(Id) {
      const { ETag } = await call('GetTrustStore', () =>
        client.send(new GetTrustStoreCommand({ Identifier: Id }), abort),
      );
      await call('DeleteTrustStore', () =>
        client.send(new DeleteTrustStoreCommand({ Id, IfMatch: needed(ETag, 'ETag') }), abort),
      );
    },
    async tag(Resource, tags) {
      await call('TagResource', () =>
        client.send(new TagResourceCommand({ Resource, Tags: tagSet(tags) }), abort),
      );
    },
    async setMtls(Id, mtls) {
      const read = await call('GetDistributionConfig', () =>
        client.send(new GetDistributionConfigCommand({ Id }), abort),
      );
      const {
        ViewerMtlsConfig: _mtls,
        ConnectionFunctionAssociation: _fn,
        ...rest
      } = needed(read.DistributionConfig, 'DistributionConfig');
      const config = viewerMtls(mtls);
      const DistributionConfig = {
        ...rest,
        ...defined({ ViewerMtlsConfig: config }),
        ...(mtls.fn === undefined ? {} : { ConnectionFunctionAssociation: { Id: mtls.fn } }),
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

function storeFacts(
  store: {
    readonly Id?: string | undefined;
    readonly Arn?: string | undefined;
    readonly Name?: string | undefined;
    readonly Status?: string | undefined;
    readonly Reason?: string | undefined;
    readonly NumberOfCaCertificates?: number | undefined;
  },
  etag: string | undefined,
): StoreFacts {
  return {
    id: needed(store.Id, 'Id'),
    arn: needed(store.Arn, 'Arn'),
    name: store.Name ?? '',
    status: store.Status ?? '',
    reason: store.Reason ?? '',
    count: store.NumberOfCaCertificates ?? 0,
    etag: etag ?? '',
  };
}

/** What of a distribution stands both in its own configuration and in the list. */
type Told = Pick<
  DistributionConfig,
  | 'HttpVersion'
  | 'DefaultCacheBehavior'
  | 'CacheBehaviors'
  | 'ViewerMtlsConfig'
  | 'ConnectionFunctionAssociation'
>;

/** One that asks for certificates as ours do, told with every setting: no model says that the list tells all. */
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

function distributionFacts(
  id: string,
  state: { readonly DomainName?: string | undefined; readonly Status?: string | undefined } | undefined,
  config: Told,
): DistributionFacts {
  return {
    id,
    host: state?.DomainName ?? '',
    deployed: state?.Status === 'Deployed',
    ...behaviourFacts(config),
    ...mtlsOf(config),
  };
}

function behaviourFacts(config: Told): Pick<DistributionFacts, 'http3' | 'plainBehaviours'> {
  const behaviours = [
    { path: 'default', ...config.DefaultCacheBehavior },
    ...(config.CacheBehaviors?.Items ?? []).map((behaviour) => ({
      path: behaviour.PathPattern ?? '',
      ...behaviour,
    })),
  ];
  return {
    http3: config.HttpVersion === 'http3' || config.HttpVersion === 'http2and3',
    plainBehaviours: behaviours
      .filter(({ ViewerProtocolPolicy }) => ViewerProtocolPolicy === 'allow-all')
      .map(({ path }) => path),
  };
}

function mtlsOf({ ViewerMtlsConfig: config, ConnectionFunctionAssociation: fn }: Told): Mtls {
  const store = config?.TrustStoreConfig;
  return {
    mode: config?.Mode ?? 'off',
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
