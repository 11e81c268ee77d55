import type { CaCertificatesBundleSource, TrustStore as TrustStoreOut } from '@aws-sdk/client-cloudfront';
import { defined } from '../../util/defined.ts';
import type { Regions } from '../../world.ts';
import { readBundle } from '../bundle-rules.ts';
import type { Context, Given, Operations } from '../service.ts';
import { summary } from './distributions.ts';
import { BUNDLE, HOME_REGION, LIMITS, REGION } from './limits.ts';
import type { CloudFrontModel } from './model.ts';
import { cut } from './pages.ts';
import {
  type CloudFrontState,
  checkETag,
  invalidArgument,
  newETag,
  refusal,
  type TrustStore,
  trustStoreOf,
  usersOf,
} from './state.ts';
import { mergeTags } from './tags.ts';

type TrustStoreOperations = Pick<
  Operations<CloudFrontModel>,
  | 'CreateTrustStore'
  | 'DeleteTrustStore'
  | 'GetTrustStore'
  | 'ListDistributionsByTrustStore'
  | 'ListTrustStores'
  | 'UpdateTrustStore'
>;

/**
 * Trust stores. The object is read when it is named, with the caller's permission; whether it is a
 * good bundle shows later, as `active` or `failed`. Neither bundle nor location can be read back.
 */
export function trustStoreOperations(regions: Regions<CloudFrontState>): TrustStoreOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    CreateTrustStore(input, ctx) {
      const state = here(ctx);
      if (input.Name === '') throw invalidArgument('The name of a trust store must not be empty.');
      if ([...state.trustStores.values()].some((store) => store.name === input.Name)) {
        throw refusal('EntityAlreadyExists', 409, 'A trust store with this name already exists.');
      }
      if (state.trustStores.size >= LIMITS.trustStores.max) {
        throw refusal(
          'EntityLimitExceeded',
          400,
          'The number of trust stores of this account has reached its limit.',
        );
      }
      const tags = mergeTags([], input.Tags?.Items);
      const bundle = takeBundle(input.CaCertificatesBundleSource, ctx);
      const id = `ts_${ctx.world.random.text(27)}`;
      const store: TrustStore = {
        id,
        arn: `arn:aws:cloudfront::${ctx.account}:trust-store/${id}`,
        name: input.Name,
        etag: newETag(ctx),
        status: 'pending',
        reason: undefined,
        modified: ctx.now,
        ocsp: input.UseClientCertificateOCSPEndpoint ?? false,
        tags,
        bundle,
        anchors: [],
        version: 0,
        generation: 1,
      };
      state.trustStores.set(id, store);
      settleBundle(store, ctx);
      return { TrustStore: describe(store), ETag: store.etag };
    },
    GetTrustStore(input, ctx) {
      const store = trustStoreOf(here(ctx), input.Identifier);
      return { TrustStore: describe(store), ETag: store.etag };
    },
    UpdateTrustStore(input, ctx) {
      const store = trustStoreOf(here(ctx), input.Id);
      checkETag(input.IfMatch, store.etag);
      const source = input.CaCertificatesBundleSource;
      const bundle = source === undefined ? undefined : takeBundle(source, ctx);
      // Without an OCSP header the flag stays: what AWS does is not documented.
      store.ocsp = input.UseClientCertificateOCSPEndpoint ?? store.ocsp;
      store.etag = newETag(ctx);
      store.modified = ctx.now;
      store.generation += 1;
      if (bundle) {
        store.bundle = bundle;
        store.status = 'pending';
        store.reason = undefined;
        settleBundle(store, ctx);
      }
      return { TrustStore: describe(store), ETag: store.etag };
    },
    DeleteTrustStore(input, ctx) {
      const state = here(ctx);
      const store = trustStoreOf(state, input.Id);
      checkETag(input.IfMatch, store.etag);
      if (usersOf(state, store.id).length > 0) {
        throw refusal(
          'CannotDeleteEntityWhileInUse',
          409,
          'The trust store is associated with a distribution.',
        );
      }
      state.trustStores.delete(store.id);
      return {};
    },
    ListTrustStores(input, ctx) {
      const page = cut([...here(ctx).trustStores.values()], input.Marker, input.MaxItems);
      return {
        TrustStoreList: page.items.map((store) => {
          const { UseClientCertificateOCSPEndpoint: _flag, ...rest } = describe(store);
          return { ...rest, ...REQUIRED(store), ETag: store.etag };
        }),
        ...defined({ NextMarker: page.next }),
      };
    },
    ListDistributionsByTrustStore(input, ctx) {
      const state = here(ctx);
      const store = trustStoreOf(state, input.TrustStoreIdentifier);
      const size = input.MaxItems === undefined ? undefined : Number(input.MaxItems);
      const page = cut(usersOf(state, store.id), input.Marker, size);
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

const REQUIRED = (store: TrustStore) => ({
  Id: store.id,
  Arn: store.arn,
  Name: store.name,
  Status: store.status,
  NumberOfCaCertificates: store.anchors.length,
  LastModifiedTime: new Date(store.modified),
});

const describe = (store: TrustStore): TrustStoreOut => ({
  ...REQUIRED(store),
  ...defined({ Reason: store.reason }),
  UseClientCertificateOCSPEndpoint: store.ocsp,
});

/** Whether the bundle is good shows when it has settled; a bad one leaves what was in force. */
function settleBundle(store: TrustStore, ctx: Context): void {
  const { generation } = store;
  ctx.world.settle.later(store.arn, () => {
    if (store.generation !== generation) return;
    const bundle = readBundle(store.bundle, BUNDLE);
    store.status = bundle.ok ? 'active' : 'failed';
    store.reason = bundle.ok ? undefined : bundle.reason;
    if (bundle.ok) {
      store.anchors = bundle.value.map((certificate) => certificate.der);
      store.version += 1;
    }
  });
}

function takeBundle(source: Given<CaCertificatesBundleSource>, ctx: Context): Uint8Array {
  const location = source.CaCertificatesBundleS3Location;
  if (location === undefined) throw invalidArgument('The source of the bundle must be an S3 location.');
  if (!REGION.test(location.Region)) throw invalidArgument('The region of the bucket is not valid.');
  if (ctx.world.unknowns.s3BucketRegion === 'refuse' && location.Region !== HOME_REGION) {
    throw invalidArgument('The bucket must be in us-east-1.');
  }
  const read = ctx.world.objects.read(
    { bucket: location.Bucket, key: location.Key, version: location.Version },
    ctx.caller,
  );
  if (!read.ok) {
    throw read.why === 'denied'
      ? refusal('AccessDenied', 403, 'The S3 object cannot be read by the caller.')
      : refusal('EntityNotFound', 404, 'The S3 bucket, object or version does not exist.');
  }
  if (read.region !== location.Region) throw invalidArgument('The bucket is not in the given region.');
  return read.body;
}
