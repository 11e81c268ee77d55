import { constants, verify } from 'node:crypto';
import type { SignatureAlgorithm } from '../x509/algorithm.ts';
import type { Certificate } from '../x509/certificate.ts';
import { verificationKey } from '../x509/x509.ts';
import type { Crl } from './crl.ts';

const hashes: Readonly<Record<string, string>> = {
  'SHA-1': 'sha1',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** What Node needs to check a signature; undefined for an algorithm that Node 20 cannot verify. */
function howToVerify({
  scheme,
  hash: name,
  saltLength = 20,
}: SignatureAlgorithm):
  | { readonly hash: string; readonly options: { readonly padding?: number; readonly saltLength?: number } }
  | undefined {
  const hash = hashes[name ?? ''];
  if (scheme === 'other' || hash === undefined) return undefined;
  return { hash, options: scheme === 'pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } : {} };
}

/**
 * Verifies the signature of a CRL with an issuer's key. `unsupported` (an algorithm that Node 20
 * cannot verify) is never reported as `invalid`. Synchronous on purpose: an asynchronous verify
 * copies the whole CRL first.
 */
export function verifyCrl(crl: Crl, issuer: Certificate): 'valid' | 'invalid' | 'unsupported' {
  const { tbs, algorithm, signature } = crl.signed;
  const how = howToVerify(algorithm);
  if (how === undefined) return 'unsupported';
  try {
    const key = verificationKey(issuer);
    const signed = crl.der.subarray(tbs.start, tbs.end);
    const bytes = crl.der.subarray(signature.start, signature.end);
    return verify(how.hash, signed, { key, ...how.options }, bytes) ? 'valid' : 'invalid';
  } catch {
    return 'unsupported';
  }
}

/**
 * The known CA whose key signed the CRL: by the issuer's name as encoded, by key identifier where
 * both have one, and by signature. CAs that were re-keyed share their name, so the name alone never
 * decides. When no signature verifies, the CA that the CRL claims by name and key identifier is
 * given, so that a bad signature is told apart from an unknown issuer.
 *
 * @example
 * const issuer = crlIssuer(crl, [...lock.entries.map(({ certificate }) => certificate)])
 */
export function crlIssuer(crl: Crl, known: readonly Certificate[]): Certificate | undefined {
  const named = known.filter(({ subject, isCa }) => isCa && subject.der === crl.issuer.der);
  const claimed = named.filter(
    ({ subjectKeyId }) =>
      crl.authorityKeyId === undefined || subjectKeyId === undefined || subjectKeyId === crl.authorityKeyId,
  );
  const valid = claimed.filter((ca) => verifyCrl(crl, ca) === 'valid');
  return longestLived(valid.length > 0 ? valid : claimed);
}

/** Of the certificates of one key that which lives longest speaks for all: a stable choice. */
export function longestLived(cas: readonly Certificate[]): Certificate | undefined {
  return [...cas].sort((a, b) => b.notAfter - a.notAfter || (a.sha256 < b.sha256 ? -1 : 1))[0];
}
