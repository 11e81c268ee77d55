import { type Certificate, type Crl, isOlderIssue, verifyCrl } from '@trustloom/core';

/** True when a list is a later issue than another of the same CA, and one that may stand for it: complete, and signed by it. */
export function supersedes(crl: Crl, other: Crl, issuer: Certificate): boolean {
  return isOlderIssue(other, crl) && isWhole(crl, issuer);
}

/** A complete list with a valid signature of its CA; anything else may have been put there by hand. */
export function isWhole(crl: Crl, issuer: Certificate): boolean {
  return crl.scope === 'complete' && verifyCrl(crl, issuer) === 'valid';
}
