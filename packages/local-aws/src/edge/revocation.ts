import type { CertificateInfo, CrlInfo } from '../der/index.ts';
import { isIssuedBy, isSelfIssued } from './path.ts';
import type { CrlStore, Store } from './store.ts';

/** How a data plane uses CRLs; each member is a reading of something that AWS does not say. */
export interface RevocationRules {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Every certificate of the chain is looked up, else the leaf alone. */
  readonly wholeChain: boolean;
  /** A CRL past its nextUpdate, or before its thisUpdate, cannot be used. */
  readonly datesCount: boolean;
  /** Where there are CRLs, a CA without one has its certificates refused. */
  readonly everyCaNeedsOne: boolean;
  /** CRLs of CAs that only the client sent count. */
  readonly bridgingCas: boolean;
}

/** `unusable`: a CRL that is needed cannot be used, or is missing. */
export type RevocationResult = 'good' | 'revoked' | 'unusable';

/**
 * Looks a path up in the CRLs. That a certificate is revoked is reported before anything that is
 * wrong with a CRL.
 */
export function checkRevocation(
  path: readonly CertificateInfo[],
  store: Store,
  crls: CrlStore,
  rules: RevocationRules,
): RevocationResult {
  if (crls.all.length === 0) return 'good';
  const chain = rules.wholeChain ? upwards(path, store) : path.slice(0, 2);
  const results = chain.map((certificate, index): RevocationResult => {
    const issuer = chain[index + 1];
    if (!issuer || (!rules.bridgingCas && !store.has(issuer))) return 'good';
    return lookUp(certificate, issuer, crls, rules);
  });
  if (results.includes('revoked')) return 'revoked';
  return results.includes('unusable') ? 'unusable' : 'good';
}

/**
 * A path ends at its anchor; where the store has the anchor's own issuers, their CRLs are checked
 * for it too.
 */
function upwards(path: readonly CertificateInfo[], store: Store): readonly CertificateInfo[] {
  const chain = [...path];
  for (let last = chain.at(-1); last && !isSelfIssued(last); ) {
    const child: CertificateInfo = last;
    last = store
      .named(child.issuer.der)
      .find((one) => chain.every((other) => other.sha256 !== one.sha256) && isIssuedBy(child, one));
    if (last) chain.push(last);
  }
  return chain;
}

function lookUp(
  certificate: CertificateInfo,
  issuer: CertificateInfo,
  crls: CrlStore,
  rules: RevocationRules,
): RevocationResult {
  const candidates = crls.named(issuer.subject.der).filter((crl) => isOf(crl, issuer, crls));
  if (candidates.length === 0) return rules.everyCaNeedsOne ? 'unusable' : 'good';
  const signed = candidates.filter((crl) => crls.signedBy(crl, issuer.spki) === 'valid');
  if (signed.some((crl) => crl.has(certificate.serialHex))) return 'revoked';
  // RFC 5280, 6.3.3 (f): a CRL counts only if the CA's key usage allows signing CRLs.
  const maySign = issuer.keyUsage?.has('cRLSign') ?? true;
  return maySign && signed.some((crl) => isUsable(crl, rules)) ? 'good' : 'unusable';
}

/**
 * Re-keyed CAs share a name: the key decides, by its identifier where both carry one, else by the
 * signature.
 */
function isOf(crl: CrlInfo, issuer: CertificateInfo, crls: CrlStore): boolean {
  if (crl.authorityKeyId !== undefined && issuer.subjectKeyId !== undefined)
    return crl.authorityKeyId === issuer.subjectKeyId;
  return crls.signedBy(crl, issuer.spki) === 'valid';
}

function isUsable(crl: CrlInfo, { now, datesCount }: RevocationRules): boolean {
  if (crl.isDelta || crl.hasIdp || crl.unknownCritical.length > 0) return false;
  return !datesCount || (crl.thisUpdate <= now && (crl.nextUpdate === undefined || now <= crl.nextUpdate));
}
