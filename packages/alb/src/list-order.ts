import { type Certificate, type Crl, verifyCrl } from '@trustloom/core';

/** True when a list is a later issue than another of the same CA, and one that may stand for it: complete, and signed by it. */
export function supersedes(crl: Crl, other: Crl, issuer: Certificate): boolean {
  return crl.sha256 !== other.sha256 && isLater(crl, other) && isWhole(crl, issuer);
}

/** A complete list with a valid signature of its CA; anything else may have been put there by hand. */
export function isWhole(crl: Crl, issuer: Certificate): boolean {
  return crl.scope === 'complete' && verifyCrl(crl, issuer) === 'valid';
}

/** By its time; of two lists of one second, by number (RFC 5280, 5.2.3). */
function isLater(crl: Crl, other: Crl): boolean {
  if (crl.thisUpdate !== other.thisUpdate) return crl.thisUpdate > other.thisUpdate;
  return crl.number !== undefined && other.number !== undefined && BigInt(crl.number) > BigInt(other.number);
}
