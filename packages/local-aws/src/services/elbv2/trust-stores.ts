import type { TrustStore as TrustStoreOut } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Regions } from '../../world.ts';
import { readBundle } from '../bundle-rules.ts';
import { pageOf } from '../paging.ts';
import type { Context, Operations } from '../service.ts';
import { BUNDLE, CONTENT_SECONDS, LIMITS, PATTERNS } from './limits.ts';
import type { ElbModel } from './model.ts';
import { readFor } from './read.ts';
import {
  arnOf,
  type ElbState,
  invalid,
  refusal,
  type Served,
  type TrustStore,
  trustStoreOf,
} from './state.ts';
import { mergeTags } from './tags.ts';

type TrustStoreOperations = Pick<
  Operations<ElbModel>,
  | 'CreateTrustStore'
  | 'DeleteSharedTrustStoreAssociation'
  | 'DeleteTrustStore'
  | 'DescribeTrustStoreAssociations'
  | 'DescribeTrustStores'
  | 'GetTrustStoreCaCertificatesBundle'
  | 'ModifyTrustStore'
>;

/**
 * Trust stores. The bundle is copied when it is named; what becomes of the object later does not
 * matter.
 */
export function trustStoreOperations(regions: Regions<ElbState>): TrustStoreOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    CreateTrustStore(input, ctx) {
      const state = here(ctx);
      if (!PATTERNS.trustStoreName.test(input.Name)) {
        throw invalid(
          `1 validation error detected: Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9]+-)*[a-zA-Z0-9]+, 1 to 32 characters`,
        );
      }
      const tags = mergeTags([], input.Tags);
      if ([...state.trustStores.values()].some((store) => store.name === input.Name)) {
        throw refusal(
          'DuplicateTrustStoreName',
          `A trust store with the name '${input.Name}' already exists`,
        );
      }
      if (state.trustStores.size >= LIMITS.trustStores.max) {
        throw refusal('TooManyTrustStores', `The maximum number of trust stores has been reached`);
      }
      const { file, certificates } = takeBundle(input, ctx);
      const store: TrustStore = {
        arn: arnOf(ctx, `truststore/${input.Name}/${ctx.world.random.hex(16)}`),
        name: input.Name,
        status: 'CREATING',
        bundle: file,
        certificates,
        revocations: [],
        lastRevocationId: 0,
        tags,
        associations: new Set(),
        generation: 1,
        served: { anchors: [], crls: [], version: '' },
      };
      state.trustStores.set(store.arn, store);
      ctx.world.settle.later(store.arn, () => {
        store.status = 'ACTIVE';
      });
      serveLater(store, ctx);
      return { TrustStores: [describe(store)] };
    },
    ModifyTrustStore(input, ctx) {
      const store = trustStoreOf(here(ctx), input.TrustStoreArn);
      const { file, certificates } = takeBundle(input, ctx);
      store.bundle = file;
      store.certificates = certificates;
      serveLater(store, ctx);
      return { TrustStores: [describe(store)] };
    },
    DeleteTrustStore(input, ctx) {
      const state = here(ctx);
      const store = trustStoreOf(state, input.TrustStoreArn);
      if (store.associations.size > 0) {
        throw refusal('TrustStoreInUse', `Trust store '${store.arn}' is currently in use by a listener`);
      }
      state.trustStores.delete(store.arn);
      return {};
    },
    DescribeTrustStores(input, ctx) {
      const state = here(ctx);
      const { TrustStoreArns: arns = [], Names: names = [] } = input;
      if (arns.length > 0 && names.length > 0)
        throw invalid('Trust store names and ARNs cannot be specified together');
      const all = [...state.trustStores.values()];
      const wanted =
        arns.length > 0
          ? arns.map((arn) => trustStoreOf(state, arn))
          : names.length > 0
            ? names.map((name) => named(all, name))
            : all;
      const page = cut(wanted, input.Marker, input.PageSize);
      return { TrustStores: page.items.map(describe), ...next(page.next) };
    },
    GetTrustStoreCaCertificatesBundle(input, ctx) {
      const store = trustStoreOf(here(ctx), input.TrustStoreArn);
      return { Location: publish(ctx, store.bundle, 'ca-certificates-bundle.pem') };
    },
    DescribeTrustStoreAssociations(input, ctx) {
      const store = trustStoreOf(here(ctx), input.TrustStoreArn);
      const page = cut([...store.associations], input.Marker, input.PageSize);
      return {
        TrustStoreAssociations: page.items.map((ResourceArn) => ({ ResourceArn })),
        ...next(page.next),
      };
    },
    DeleteSharedTrustStoreAssociation(input, ctx) {
      const store = trustStoreOf(here(ctx), input.TrustStoreArn);
      if (!store.associations.has(input.ResourceArn)) {
        throw refusal('AssociationNotFound', 'The specified association does not exist');
      }
      throw refusal('DeleteAssociationSameAccount', 'The association is in the account of the trust store');
    },
  };
}

/** What stands in an answer. */
const describe = (store: TrustStore): TrustStoreOut => ({
  Name: store.name,
  TrustStoreArn: store.arn,
  Status: store.status,
  NumberOfCaCertificates: store.certificates.length,
  TotalRevokedEntries: store.revocations.reduce((sum, crl) => sum + crl.entries, 0),
});

/** Lets the nodes follow what the control plane now holds, once it has settled. */
export function serveLater(store: TrustStore, ctx: Context): void {
  store.generation += 1;
  const served: Served = {
    anchors: store.certificates,
    crls: store.revocations.map((crl) => crl.der),
    version: `${store.arn}#${store.generation}`,
  };
  ctx.world.settle.later(store.arn, () => {
    store.served = served;
  });
}

/** A URL for ten minutes. */
export const publish = (ctx: Context, body: Uint8Array, name: string): string =>
  ctx.world.content.publish(body, { name, contentType: 'application/x-pem-file', seconds: CONTENT_SECONDS });

/** A page, or the refusal of a marker or a size. */
export function cut<T>(all: readonly T[], marker: string | undefined, size: number | undefined) {
  if (size !== undefined && (size < 1 || size > LIMITS.pageSize.max)) {
    throw invalid(
      `Value '${size}' at 'pageSize' failed to satisfy constraint: between 1 and ${LIMITS.pageSize.max}`,
    );
  }
  const page = pageOf(all, marker, size ?? LIMITS.pageSize.max);
  if (!page) throw invalid('Invalid marker');
  return page;
}

export const next = (marker: string | undefined) => (marker === undefined ? {} : { NextMarker: marker });

function named(all: readonly TrustStore[], name: string): TrustStore {
  const store = all.find((one) => one.name === name);
  if (!store) throw refusal('TrustStoreNotFound', `Trust store '${name}' not found`);
  return store;
}

interface BundleSource {
  readonly CaCertificatesBundleS3Bucket: string;
  readonly CaCertificatesBundleS3Key: string;
  readonly CaCertificatesBundleS3ObjectVersion?: string | undefined;
}

function takeBundle(input: BundleSource, ctx: Context) {
  const file = readFor(ctx, 'CaCertificatesBundleNotFound', {
    bucket: input.CaCertificatesBundleS3Bucket,
    key: input.CaCertificatesBundleS3Key,
    version: input.CaCertificatesBundleS3ObjectVersion,
  });
  const bundle = readBundle(file, BUNDLE);
  if (!bundle.ok) throw refusal('InvalidCaCertificatesBundle', bundle.reason);
  return { file, certificates: bundle.value.map((certificate) => certificate.der) };
}
