import type { Artifact } from '../adapter/ports.ts';
import { longestLived } from '../crl/verify-crl.ts';
import { sha256Hex } from '../util/bytes.ts';
import type { Certificate } from '../x509/certificate.ts';
import { commonName } from '../x509/name.ts';
import { bundlePem } from '../x509/trust-bundle.ts';

/** So many CAs are named in a text; the rest is counted. */
const named = 3;

/**
 * The CA with a key, for people: the certificate that lives longest; the subject where none is
 * known.
 */
export function caNameOfKey(keySha256: string, known: readonly Certificate[], subject: string): string {
  const ca = longestLived(known.filter((one) => one.keySha256 === keySha256));
  return ca === undefined ? subject : caName(ca);
}

/**
 * The canonical bundle of a set of CAs as a file to upload: the same set has the same name,
 * whatever its order was.
 *
 * @example
 * artifacts: [bundleArtifact(desired.cas)]
 */
export function bundleArtifact(cas: readonly Certificate[]): Artifact {
  const body = bundlePem(cas);
  return { sha256: sha256Hex(body), kind: 'bundle', body };
}

/**
 * SHA-256 of each CA: what a step that grants or removes them affects.
 *
 * @example
 * affects: caDigests(added)
 */
export function caDigests(cas: readonly Pick<Certificate, 'sha256'>[]): readonly string[] {
  return cas.map(({ sha256 }) => sha256);
}

/**
 * One CA for people: common name and the first eight digits of its SHA-256, since re-keyed CAs
 * share a name.
 */
export function caName({ subject, sha256 }: Pick<Certificate, 'subject' | 'sha256'>): string {
  return `${commonName(subject)} [${sha256.slice(0, 8)}]`;
}

/**
 * CAs for people, in the summary or the reason of a step: the first three, the others counted. None
 * means that what holds them could not be read, and says so.
 *
 * @example
 * summary: `trust ${caNames(added)}` // trust Acme Root CA [63691ce9], Acme Issuing CA [308be4eb]
 */
export function caNames(cas: readonly Pick<Certificate, 'subject' | 'sha256'>[]): string {
  if (cas.length === 0) return 'a bundle that cannot be read';
  const more = cas.length - named;
  return `${cas.slice(0, named).map(caName).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
