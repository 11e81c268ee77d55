import type { Reading } from './types.ts';

/**
 * What nobody has told us about AWS and what decides who gets in, or whether a call is accepted. `refuse` is the
 * reading that lets fewer in, `admit` the one that lets more in. The laws of a client are to hold under both.
 */
export interface Unknowns {
  /** ALB: a CRL past its nextUpdate refuses its CA's certificates / its dates are ignored. */
  readonly albExpiredCrl: Reading;
  /** ALB: a CA without a CRL, in a store that has CRLs, refuses its certificates / is not checked. */
  readonly albCaWithoutCrl: Reading;
  /** ALB: revocation is looked up for the whole chain / for the leaf alone. */
  readonly albRevokedChain: Reading;
  /** Roles Anywhere: a CRL past its nextUpdate refuses / its dates are ignored. */
  readonly rolesAnywhereExpiredCrl: Reading;
  /** Roles Anywhere: revocation is looked up for the whole chain, also by CRLs of intermediates the client sent / for the leaf alone. */
  readonly rolesAnywhereRevokedChain: Reading;
  /** CloudFront: a bundle is read only from a bucket in us-east-1 / from the region that the request names. */
  readonly cloudfrontBucketRegion: Reading;
}

/** The defaults: strict, but for a CA without CRL on ALB, where refusing would lock out stores with one CRL. */
export const DEFAULT_UNKNOWNS: Unknowns = Object.freeze({
  albExpiredCrl: 'refuse',
  albCaWithoutCrl: 'admit',
  albRevokedChain: 'refuse',
  rolesAnywhereExpiredCrl: 'refuse',
  rolesAnywhereRevokedChain: 'refuse',
  cloudfrontBucketRegion: 'refuse',
});
