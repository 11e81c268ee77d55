import type {
  ElasticLoadBalancingV2Client,
  Listener,
  MutualAuthenticationAttributes,
  TrustStore,
} from '@aws-sdk/client-elastic-load-balancing-v2';
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
  GetTrustStoreCaCertificatesBundleCommand,
  GetTrustStoreRevocationContentCommand,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type Code,
  type Io,
  isTrustloomError,
  type ObjectLocation,
  type Place,
  serviceError,
  TrustloomError,
} from '@trustloom/core';
import { fetchContent } from './content.ts';
import { albFacts } from './facts.ts';
import type { StoredListener } from './state.ts';

/** The service's exceptions by name, as our codes. On the wire they have no "Exception" at the end; the SDK adds it. */
const exceptions: Readonly<Record<string, Code>> = {
  DuplicateTrustStoreNameException: 'name-taken',
  TooManyTrustStoresException: 'quota-exceeded',
  TooManyTrustStoreRevocationEntriesException: 'quota-exceeded',
  TooManyTagsException: 'quota-exceeded',
  TrustStoreNotFoundException: 'object-missing',
  ListenerNotFoundException: 'object-missing',
  LoadBalancerNotFoundException: 'object-missing',
  RevocationIdNotFoundException: 'object-missing',
  TrustStoreNotReadyException: 'service-unavailable',
  TrustStoreInUseException: 'object-changed',
  InvalidCaCertificatesBundleException: 'service-refused',
  InvalidRevocationContentException: 'service-refused',
  CaCertificatesBundleNotFoundException: 'service-refused',
  RevocationContentNotFoundException: 'service-refused',
};

/** No bundle is that large: 25 certificates of 16 KB by default, in PEM, and room for a raised quota. */
const largestBundle = 4 * 1024 * 1024;

/** A trust store as the service lists it. */
export interface ListedStore {
  readonly arn: string;
  readonly name: string;
  readonly active: boolean;
}

/** A listener of a load balancer, with what it does first. */
export type ListedListener = StoredListener & { readonly action: string };

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface AlbPort {
  stores(): Promise<readonly ListedStore[]>;
  tags(arns: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  bundle(store: string): Promise<Uint8Array>;
  lists(store: string): Promise<readonly { readonly id: number; readonly entries: number }[]>;
  list(store: string, id: number): Promise<Uint8Array>;
  /** All listeners of a load balancer; none when it does not exist. */
  listeners(balancer: string): Promise<readonly ListedListener[]>;
  /** Host names of all load balancers, or of one, by ARN. */
  hosts(balancer?: string): Promise<ReadonlyMap<string, string>>;
  /** ARNs of the listeners that the service still counts as using a store. */
  associations(store: string): Promise<readonly string[]>;
  createStore(
    name: string,
    bundle: Required<ObjectLocation>,
    tags: Readonly<Record<string, string>>,
  ): Promise<string>;
  modifyStore(store: string, bundle: Required<ObjectLocation>): Promise<void>;
  addList(store: string, list: Required<ObjectLocation>): Promise<number>;
  removeLists(store: string, ids: readonly number[]): Promise<void>;
  deleteStore(store: string): Promise<void>;
  tag(store: string, tags: Readonly<Record<string, string>>): Promise<void>;
  modifyListener(
    listener: Pick<StoredListener, 'arn' | 'mode' | 'store' | 'ignoreExpiry' | 'advertise'>,
  ): Promise<void>;
}

/** What the port is made of: a client per place, and a way to get presigned content. */
export interface AlbPortOptions {
  readonly client: (place: Place) => ElasticLoadBalancingV2Client;
  readonly fetch?: typeof globalThis.fetch;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function albPort({ client: clientOf, fetch = globalThis.fetch }: AlbPortOptions, io: Io): AlbPort {
  const client = clientOf(io.context.place);
  const abort = { abortSignal: io.signal };
  const content = { fetch, signal: io.signal };
  const call = async <T>(
    family: keyof typeof albFacts.rates,
    action: string,
    send: () => Promise<T>,
  ): Promise<T> => {
    try {
      // Every call draws on the bucket of its family and on that of all calls together, which fills faster and so comes last.
      return await io.paced(family, () => io.paced('all', send));
    } catch (error) {
      throw serviceError(error, `elasticloadbalancing:${action}`, exceptions);
    }
  };
  const s3 = ({ bucket, key, version }: Required<ObjectLocation>) => ({
    S3Bucket: bucket,
    S3Key: key,
    S3ObjectVersion: version,
  });
  const bundle = ({ bucket, key, version }: Required<ObjectLocation>) => ({
    CaCertificatesBundleS3Bucket: bucket,
    CaCertificatesBundleS3Key: key,
    CaCertificatesBundleS3ObjectVersion: version,
  });
  const tagList = (tags: Readonly<Record<string, string>>) =>
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

  return {
    stores: () =>
      paged(async (Marker) => {
        const page = await call('describe', 'DescribeTrustStores', () =>
          client.send(new DescribeTrustStoresCommand({ PageSize: 400, ...marker(Marker) }), abort),
        );
        return { items: (page.TrustStores ?? []).map(listedStore), next: page.NextMarker };
      }),
    async tags(arns) {
      const found = new Map<string, Readonly<Record<string, string>>>();
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
      return fetchContent(needed(Location, 'Location'), largestBundle, content);
    },
    lists: (TrustStoreArn) =>
      paged(async (Marker) => {
        const page = await call('describe', 'DescribeTrustStoreRevocations', () =>
          client.send(new DescribeTrustStoreRevocationsCommand({ TrustStoreArn, ...marker(Marker) }), abort),
        );
        const items = (page.TrustStoreRevocations ?? []).map(({ RevocationId, NumberOfRevokedEntries }) => ({
          id: needed(RevocationId, 'RevocationId'),
          entries: NumberOfRevokedEntries ?? 0,
        }));
        return { items, next: page.NextMarker };
      }),
    async list(TrustStoreArn, RevocationId) {
      const { Location } = await call('content', 'GetTrustStoreRevocationContent', () =>
        client.send(new GetTrustStoreRevocationContentCommand({ TrustStoreArn, RevocationId }), abort),
      );
      return fetchContent(needed(Location, 'Location'), albFacts.limits.crlBytes.max, content);
    },
    listeners: (LoadBalancerArn) =>
      orNone(
        paged(async (Marker) => {
          const page = await call('describe', 'DescribeListeners', () =>
            client.send(new DescribeListenersCommand({ LoadBalancerArn, ...marker(Marker) }), abort),
          );
          const items = (page.Listeners ?? []).map((listener) => ({
            ...storedListener(listener),
            action: listener.DefaultActions?.[0]?.Type ?? 'forward',
          }));
          return { items, next: page.NextMarker };
        }),
      ),
    async hosts(balancer) {
      const which = balancer === undefined ? { PageSize: 400 } : { LoadBalancerArns: [balancer] };
      const found = await orNone(
        paged(async (Marker) => {
          const page = await call('describe', 'DescribeLoadBalancers', () =>
            client.send(new DescribeLoadBalancersCommand({ ...which, ...marker(Marker) }), abort),
          );
          return { items: page.LoadBalancers ?? [], next: page.NextMarker };
        }),
      );
      return new Map(found.map((one) => [needed(one.LoadBalancerArn, 'LoadBalancerArn'), one.DNSName ?? '']));
    },
    associations: (TrustStoreArn) =>
      paged(async (Marker) => {
        const page = await call('describe', 'DescribeTrustStoreAssociations', () =>
          client.send(new DescribeTrustStoreAssociationsCommand({ TrustStoreArn, ...marker(Marker) }), abort),
        );
        const items = (page.TrustStoreAssociations ?? []).flatMap(({ ResourceArn }) => ResourceArn ?? []);
        return { items, next: page.NextMarker };
      }),
    async createStore(Name, location, tags) {
      const made = await call('create', 'CreateTrustStore', () =>
        client.send(new CreateTrustStoreCommand({ Name, ...bundle(location), Tags: tagList(tags) }), abort),
      );
      return needed(made.TrustStores?.[0]?.TrustStoreArn, 'TrustStoreArn');
    },
    async modifyStore(TrustStoreArn, location) {
      await call('write', 'ModifyTrustStore', () =>
        client.send(new ModifyTrustStoreCommand({ TrustStoreArn, ...bundle(location) }), abort),
      );
    },
    async addList(TrustStoreArn, location) {
      const added = await call('write', 'AddTrustStoreRevocations', () =>
        client.send(
          new AddTrustStoreRevocationsCommand({
            TrustStoreArn,
            RevocationContents: [{ ...s3(location), RevocationType: 'CRL' }],
          }),
          abort,
        ),
      );
      return needed(added.TrustStoreRevocations?.[0]?.RevocationId, 'RevocationId');
    },
    async removeLists(TrustStoreArn, ids) {
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
        client.send(new AddTagsCommand({ ResourceArns: [arn], Tags: tagList(tags) }), abort),
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

function listedStore({ TrustStoreArn, Name, Status }: TrustStore): ListedStore {
  return { arn: needed(TrustStoreArn, 'TrustStoreArn'), name: Name ?? '', active: Status === 'ACTIVE' };
}

function storedListener({ ListenerArn, Protocol, Port, MutualAuthentication }: Listener): StoredListener {
  const mode = MutualAuthentication?.Mode;
  return {
    arn: needed(ListenerArn, 'ListenerArn'),
    protocol: Protocol ?? '',
    port: Port ?? 443,
    mode: mode === 'verify' || mode === 'passthrough' ? mode : 'off',
    store: MutualAuthentication?.TrustStoreArn,
    ignoreExpiry: MutualAuthentication?.IgnoreClientCertificateExpiry ?? false,
    advertise: MutualAuthentication?.AdvertiseTrustStoreCaNames === 'on',
  };
}

const marker = (Marker: string | undefined) => (Marker === undefined ? {} : { Marker });

async function paged<T>(
  page: (
    marker: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let at: string | undefined;
  do {
    const { items, next } = await page(at);
    all.push(...items);
    at = next;
  } while (at !== undefined && at !== '');
  return all;
}

/** Nothing, for what does not exist. */
async function orNone<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list;
  } catch (error) {
    if (isTrustloomError(error) && error.code === 'object-missing') return [];
    throw error;
  }
}

function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined)
    throw new TrustloomError('service-refused', `elasticloadbalancing: an answer lacks ${field}`);
  return value;
}
