import {
  CreateTrustStoreCommand,
  DeleteTrustStoreCommand,
  GetTrustStoreCommand,
  ListTagsForResourceCommand,
  ListTrustStoresCommand,
  TagResourceCommand,
  type TrustStore,
  UpdateTrustStoreCommand,
} from '@aws-sdk/client-cloudfront';
import { type AccountRegion, defined, type ObjectLocation, type Tags } from '@trustloom/core/adapter';
import { allPages, type Calls, needed, tagSet } from './calls.ts';

/** A trust store as the service describes it: never what is in it. */
export interface ListedTrustStore {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly count: number;
  readonly etag: string;
}

interface Content {
  readonly location: Required<ObjectLocation>;
  readonly ocsp: boolean;
}

/** Trust stores, and the tags of any object. */
export interface TrustStorePort {
  trustStores(): Promise<readonly ListedTrustStore[]>;
  createTrustStore(
    store: Content & { readonly name: string; readonly tags: Tags },
  ): Promise<ListedTrustStore>;
  /** @param store.expected ETag that it must still have. @returns the new ETag */
  updateTrustStore(store: Content & { readonly id: string; readonly expected: string }): Promise<string>;
  deleteTrustStore(id: string): Promise<void>;
  tags(arn: string): Promise<Tags>;
  tag(arn: string, tags: Tags): Promise<void>;
}

export function trustStorePort({ client, abort, call }: Calls, { region }: AccountRegion): TrustStorePort {
  const content = ({ location: { bucket, key, version }, ocsp }: Content) => ({
    CaCertificatesBundleSource: {
      CaCertificatesBundleS3Location: { Bucket: bucket, Key: key, Version: version, Region: region },
    },
    UseClientCertificateOCSPEndpoint: ocsp,
  });
  return {
    async trustStores() {
      const pages = await allPages(
        (Marker) =>
          call('ListTrustStores', () => client.send(new ListTrustStoresCommand(defined({ Marker })), abort)),
        ({ NextMarker }) => NextMarker,
      );
      return pages.flatMap(({ TrustStoreList = [] }) => TrustStoreList.map((one) => listed(one, one.ETag)));
    },
    async createTrustStore({ name: Name, tags, ...store }) {
      const request = { Name, ...content(store), Tags: tagSet(tags) };
      const made = await call('CreateTrustStore', () =>
        client.send(new CreateTrustStoreCommand(request), abort),
      );
      return listed(needed(made.TrustStore, 'TrustStore'), made.ETag);
    },
    async updateTrustStore({ id: Id, expected: IfMatch, ...store }) {
      const { ETag } = await call('UpdateTrustStore', () =>
        client.send(new UpdateTrustStoreCommand({ Id, ...content(store), IfMatch }), abort),
      );
      return needed(ETag, 'ETag');
    },
    async deleteTrustStore(Id) {
      const { ETag } = await call('GetTrustStore', () =>
        client.send(new GetTrustStoreCommand({ Identifier: Id }), abort),
      );
      await call('DeleteTrustStore', () =>
        client.send(new DeleteTrustStoreCommand({ Id, IfMatch: needed(ETag, 'ETag') }), abort),
      );
    },
    async tags(Resource) {
      const { Tags } = await call('ListTagsForResource', () =>
        client.send(new ListTagsForResourceCommand({ Resource }), abort),
      );
      return Object.fromEntries((Tags?.Items ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
    },
    async tag(Resource, tags) {
      await call('TagResource', () =>
        client.send(new TagResourceCommand({ Resource, Tags: tagSet(tags) }), abort),
      );
    },
  };
}

function listed(store: TrustStore, etag: string | undefined): ListedTrustStore {
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
