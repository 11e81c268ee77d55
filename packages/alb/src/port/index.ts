import type { MutualAuthenticationAttributes } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  AddTagsCommand,
  AddTrustStoreRevocationsCommand,
  CreateTrustStoreCommand,
  DeleteTrustStoreCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTrustStoreAssociationsCommand,
  DescribeTrustStoreRevocationsCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
  GetTrustStoreCaCertificatesBundleCommand,
  GetTrustStoreRevocationContentCommand,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type ObjectLocation,
  type ServiceIo,
  serviceError,
  type Tags,
  unlessMissing,
} from '@trustloom/core/adapter';
import type { ListedListener, ListedStore, ListenerSettings } from '../model.ts';
import { albInfo } from '../service.ts';
import { exceptions, listedListener, listedStore, needed, paged } from './answers.ts';
import { fetchContent } from './content.ts';

/**
 * No bundle is that large: 25 certificates of 16 KB by default, in PEM, and room for a raised
 * quota.
 */
const largestBundle = 4 * 1024 * 1024;

/** Our own narrow interface to the service; everything above it knows no SDK. */
export interface AlbPort {
  stores(): Promise<readonly ListedStore[]>;
  tags(arns: readonly string[]): Promise<ReadonlyMap<string, Tags>>;
  bundle(store: string): Promise<Uint8Array>;
  crls(store: string): Promise<readonly { readonly id: number; readonly entries: number }[]>;
  crl(store: string, id: number): Promise<Uint8Array>;
  /** All listeners of a load balancer; none when it does not exist. */
  listeners(balancer: string): Promise<readonly ListedListener[]>;
  /** Host names of all load balancers, or of one, by ARN. */
  hosts(balancer?: string): Promise<ReadonlyMap<string, string>>;
  /** ARNs of the listeners that the service still counts as using a store. */
  associations(store: string): Promise<readonly string[]>;
  createStore(name: string, bundle: Required<ObjectLocation>, tags: Tags): Promise<string>;
  modifyStore(store: string, bundle: Required<ObjectLocation>): Promise<void>;
  addCrl(store: string, crl: Required<ObjectLocation>): Promise<number>;
  removeCrls(store: string, ids: readonly number[]): Promise<void>;
  deleteStore(store: string): Promise<void>;
  tag(store: string, tags: Tags): Promise<void>;
  modifyListener(settings: Omit<ListenerSettings, 'store'> & { readonly store?: string }): Promise<void>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function albPort(io: ServiceIo): AlbPort {
  const client = io.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2');
  const abort = { abortSignal: io.signal };
  const call = async <T>(
    family: keyof typeof albInfo.rates,
    action: string,
    send: () => Promise<T>,
  ): Promise<T> => {
    try {
      // Every call draws on the bucket of its family and on that of all calls together, which fills
      // faster and so comes last.
      return await io.rateLimited(family, () => io.rateLimited('all', send));
    } catch (error) {
      throw serviceError(error, `elasticloadbalancing:${action}`, exceptions);
    }
  };
  const bundle = ({ bucket, key, version }: Required<ObjectLocation>) => ({
    CaCertificatesBundleS3Bucket: bucket,
    CaCertificatesBundleS3Key: key,
    CaCertificatesBundleS3ObjectVersion: version,
  });
  const tagArray = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

  const describe = <Page extends { readonly NextMarker?: string | undefined }, T>(
    action: string,
    send: (next: { readonly Marker?: string }) => Promise<Page>,
    itemsOf: (page: Page) => readonly T[],
  ) => paged((next) => call('describe', action, () => send(next)), itemsOf);

  return {
    stores: () =>
      describe(
        'DescribeTrustStores',
        (next) => client.send(new DescribeTrustStoresCommand({ PageSize: 400, ...next }), abort),
        ({ TrustStores = [] }) => TrustStores.map(listedStore),
      ),
    async tags(arns) {
      const found = new Map<string, Tags>();
      for (let at = 0; at < arns.length; at += 20) {
        const ResourceArns = arns.slice(at, at + 20);
        const page = await call('describe', 'DescribeTags', () =>
          client.send(new DescribeTagsCommand({ ResourceArns }), abort),
        );
        for (const { ResourceArn, Tags } of page.TagDescriptions ?? []) {
          found.set(
            needed(ResourceArn, 'ResourceArn'),
            Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
          );
        }
      }
      return found;
    },
    async bundle(TrustStoreArn) {
      const { Location } = await call('content', 'GetTrustStoreCaCertificatesBundle', () =>
        client.send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn }), abort),
      );
      return fetchContent(needed(Location, 'Location'), largestBundle, io);
    },
    crls: (TrustStoreArn) =>
      describe(
        'DescribeTrustStoreRevocations',
        (next) => client.send(new DescribeTrustStoreRevocationsCommand({ TrustStoreArn, ...next }), abort),
        ({ TrustStoreRevocations = [] }) =>
          TrustStoreRevocations.map(({ RevocationId, NumberOfRevokedEntries: entries = 0 }) => ({
            id: needed(RevocationId, 'RevocationId'),
            entries,
          })),
      ),
    async crl(TrustStoreArn, RevocationId) {
      const { Location } = await call('content', 'GetTrustStoreRevocationContent', () =>
        client.send(new GetTrustStoreRevocationContentCommand({ TrustStoreArn, RevocationId }), abort),
      );
      return fetchContent(needed(Location, 'Location'), albInfo.limits.crlBytes.max, io);
    },
    listeners: async (LoadBalancerArn) =>
      (await unlessMissing(() =>
        describe(
          'DescribeListeners',
          (next) => client.send(new DescribeListenersCommand({ LoadBalancerArn, ...next }), abort),
          ({ Listeners = [] }) => Listeners.map(listedListener),
        ),
      )) ?? [],
    async hosts(balancer) {
      const which = balancer === undefined ? { PageSize: 400 } : { LoadBalancerArns: [balancer] };
      const found = await unlessMissing(() =>
        describe(
          'DescribeLoadBalancers',
          (next) => client.send(new DescribeLoadBalancersCommand({ ...which, ...next }), abort),
          ({ LoadBalancers = [] }) => LoadBalancers,
        ),
      );
      return new Map(
        found?.map((one) => [needed(one.LoadBalancerArn, 'LoadBalancerArn'), one.DNSName ?? '']),
      );
    },
    associations: (TrustStoreArn) =>
      describe(
        'DescribeTrustStoreAssociations',
        (next) => client.send(new DescribeTrustStoreAssociationsCommand({ TrustStoreArn, ...next }), abort),
        ({ TrustStoreAssociations = [] }) =>
          TrustStoreAssociations.flatMap(({ ResourceArn }) => ResourceArn ?? []),
      ),
    async createStore(Name, location, tags) {
      const made = await call('create', 'CreateTrustStore', () =>
        client.send(new CreateTrustStoreCommand({ Name, ...bundle(location), Tags: tagArray(tags) }), abort),
      );
      return needed(made.TrustStores?.[0]?.TrustStoreArn, 'TrustStoreArn');
    },
    async modifyStore(TrustStoreArn, location) {
      await call('write', 'ModifyTrustStore', () =>
        client.send(new ModifyTrustStoreCommand({ TrustStoreArn, ...bundle(location) }), abort),
      );
    },
    async addCrl(TrustStoreArn, { bucket: S3Bucket, key: S3Key, version: S3ObjectVersion }) {
      const added = await call('write', 'AddTrustStoreRevocations', () =>
        client.send(
          new AddTrustStoreRevocationsCommand({
            TrustStoreArn,
            RevocationContents: [{ S3Bucket, S3Key, S3ObjectVersion, RevocationType: 'CRL' }],
          }),
          abort,
        ),
      );
      return needed(added.TrustStoreRevocations?.[0]?.RevocationId, 'RevocationId');
    },
    async removeCrls(TrustStoreArn, ids) {
      await call('write', 'RemoveTrustStoreRevocations', () =>
        client.send(
          new RemoveTrustStoreRevocationsCommand({ TrustStoreArn, RevocationIds: [...ids] }),
          abort,
        ),
      );
    },
    async deleteStore(TrustStoreArn) {
      await call('write', 'DeleteTrustStore', () =>
        client.send(new DeleteTrustStoreCommand({ TrustStoreArn }), abort),
      );
    },
    async tag(arn, tags) {
      await call('mutate', 'AddTags', () =>
        client.send(new AddTagsCommand({ ResourceArns: [arn], Tags: tagArray(tags) }), abort),
      );
    },
    async modifyListener({ arn, mode, store, ignoreExpiry, advertise }) {
      const MutualAuthentication: MutualAuthenticationAttributes =
        mode === 'verify'
          ? {
              Mode: mode,
              TrustStoreArn: needed(store, 'TrustStoreArn'),
              IgnoreClientCertificateExpiry: ignoreExpiry,
              AdvertiseTrustStoreCaNames: advertise ? 'on' : 'off',
            }
          : { Mode: mode };
      await call('mutate', 'ModifyListener', () =>
        client.send(new ModifyListenerCommand({ ListenerArn: arn, MutualAuthentication }), abort),
      );
    },
  };
}
