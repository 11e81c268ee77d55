import type { CrlInfo } from '../../der/index.ts';
import { readCertificate, verifySigned } from '../../der/index.ts';
import type { Regions } from '../../world.ts';
import { algorithmFits, readCrlFile } from '../bundle-rules.ts';
import type { Context, Operations } from '../service.ts';
import { LIMITS } from './limits.ts';
import type { ElbModel } from './model.ts';
import { readFor } from './read.ts';
import { type ElbState, invalid, type Revocation, refusal, type TrustStore, trustStoreOf } from './state.ts';
import { cut, next, publish, serveLater } from './trust-stores.ts';

type RevocationOperations = Pick<
  Operations<ElbModel>,
  | 'AddTrustStoreRevocations'
  | 'DescribeTrustStoreRevocations'
  | 'GetTrustStoreRevocationContent'
  | 'RemoveTrustStoreRevocations'
>;

/**
 * CRLs of a trust store: added and removed, never updated. Ids grow and are never used
 * again.
 */
export function revocationOperations(regions: Regions<ElbState>): RevocationOperations {
  const storeOf = (arn: string, ctx: Context) => trustStoreOf(regions.at(ctx.account, ctx.region), arn);
  return {
    AddTrustStoreRevocations(input, ctx) {
      const store = storeOf(input.TrustStoreArn, ctx);
      const contents = input.RevocationContents ?? [];
      const added = contents.map((content, index): Revocation => {
        if (content.S3Bucket === undefined || content.S3Key === undefined) {
          throw invalid('A revocation content needs an S3 bucket and key');
        }
        if (content.RevocationType !== undefined && content.RevocationType !== 'CRL') {
          throw invalid(
            "Value at 'revocationType' failed to satisfy constraint: Member must satisfy enum value set: [CRL]",
          );
        }
        const file = readFor(ctx, 'RevocationContentNotFound', {
          bucket: content.S3Bucket,
          key: content.S3Key,
          version: content.S3ObjectVersion,
        });
        const crl = acceptable(file, store);
        return { id: store.lastRevocationId + index + 1, file, der: crl.der, entries: crl.entryCount };
      });
      const crls = [...store.revocations, ...added];
      // Which code too many CRLs have is not documented; this is the only quota error the
      // operation declares.
      if (
        crls.length > LIMITS.crls.max ||
        crls.reduce((sum, crl) => sum + crl.entries, 0) > LIMITS.revocationEntries.max
      ) {
        throw refusal(
          'TooManyTrustStoreRevocationEntries',
          'The specified revocation exceeds the quota of the trust store',
        );
      }
      store.revocations = crls;
      store.lastRevocationId += added.length;
      serveLater(store, ctx);
      return { TrustStoreRevocations: added.map((crl) => describe(store, crl)) };
    },
    RemoveTrustStoreRevocations(input, ctx) {
      const store = storeOf(input.TrustStoreArn, ctx);
      const ids = input.RevocationIds.map((id) => revocationOf(store, id).id);
      store.revocations = store.revocations.filter((crl) => !ids.includes(crl.id));
      serveLater(store, ctx);
      return {};
    },
    DescribeTrustStoreRevocations(input, ctx) {
      const store = storeOf(input.TrustStoreArn, ctx);
      const ids = input.RevocationIds ?? [];
      const wanted = ids.length > 0 ? ids.map((id) => revocationOf(store, id)) : store.revocations;
      const page = cut(wanted, input.Marker, input.PageSize);
      return { TrustStoreRevocations: page.items.map((crl) => describe(store, crl)), ...next(page.next) };
    },
    GetTrustStoreRevocationContent(input, ctx) {
      const store = storeOf(input.TrustStoreArn, ctx);
      const crl = revocationOf(store, input.RevocationId);
      return { Location: publish(ctx, crl.file, `revocation-${crl.id}.crl`) };
    },
  };
}

const describe = (store: TrustStore, crl: Revocation) => ({
  TrustStoreArn: store.arn,
  RevocationId: crl.id,
  RevocationType: 'CRL' as const,
  NumberOfRevokedEntries: crl.entries,
});

function revocationOf(store: TrustStore, id: number): Revocation {
  const crl = store.revocations.find((one) => one.id === Number(id));
  if (!crl) throw refusal('RevocationIdNotFound', `Revocation id '${id}' not found`);
  return crl;
}

const bad = (reason: string) => refusal('InvalidRevocationContent', reason);

/** One CRL in PEM, of a CA in the store. It may have no entries; its dates are not checked here. */
function acceptable(file: Uint8Array, store: TrustStore): CrlInfo {
  if (file.length > LIMITS.revocationFileBytes.max) throw bad('The revocation file is too large');
  const read = readCrlFile(file);
  if (!read.ok) throw bad(read.reason);
  const crl = read.value;
  if (!algorithmFits(crl.signatureAlgorithm))
    throw bad('The signature algorithm of the CRL is not supported');
  if (crl.hasNegativeSerial) throw bad('A certificate with a negative serial number cannot be revoked');
  // What AWS does with delta CRLs and CRLs of other CAs is not documented: refused here.
  if (crl.isDelta) throw bad('Delta CRLs are not supported');
  const issuers = store.certificates
    .map((der) => readCertificate(der))
    .filter((certificate) => Buffer.compare(certificate.subject.der, crl.issuerDer) === 0);
  if (!issuers.some((issuer) => verifySigned(crl, issuer.spki) === 'valid')) {
    throw bad('The CRL is not signed by a CA of the trust store');
  }
  return crl;
}
