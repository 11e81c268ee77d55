import type { Reading } from './types.ts';

/** What AWS's documentation leaves open and what decides who gets in, or whether a call is accepted. */
type UnknownName =
  | 'albExpiredCrl'
  | 'albCaWithoutCrl'
  | 'albCrlDepth'
  | 'rolesAnywhereExpiredCrl'
  | 'rolesAnywhereCrlDepth'
  | 'cloudFrontOptionalFunction'
  | 's3BucketRegion';

/**
 * One reading for each unknown. `refuse` lets fewer in, `admit` lets more in. The laws of a client are to hold
 * under both.
 */
export type Unknowns = Readonly<Record<UnknownName, Reading>>;

/** The defaults: strict, but for a CA without CRL on ALB, where refusing would lock out stores with one CRL. */
export const DEFAULT_UNKNOWNS: Unknowns = Object.freeze({
  // ALB: a CRL past its nextUpdate refuses the certificates of its CA (ClientCertCrlProcessingError) / its dates are
  // ignored, as s2n-tls does unless told otherwise. No page of the ELB guide says. 2026-11.
  albExpiredCrl: 'refuse',
  // ALB: in a store that has CRLs, a CA without one has its certificates refused / let in. s2n-tls fails a look-up
  // that finds no list; no page says whether the balancer asks. 2026-11.
  albCaWithoutCrl: 'admit',
  // ALB: revocation is looked up for the whole chain, as s2n-tls does / for the leaf alone. No page says. 2026-11.
  albCrlDepth: 'refuse',
  // Roles Anywhere: a CRL past its nextUpdate refuses the certificates of its CA / its dates are ignored. The user
  // guide (Revocation) says nothing. 2026-11.
  rolesAnywhereExpiredCrl: 'refuse',
  // Roles Anywhere: revocation is looked up for the whole chain, with CRLs of intermediates that the client sent /
  // for the leaf alone. The user guide says nothing. 2026-11.
  rolesAnywhereCrlDepth: 'refuse',
  // CloudFront, optional mode, client without certificate: the connection function is invoked / it is not. One page
  // of the developer guide says it runs, an older one that it does not. 2026-11.
  cloudFrontOptionalFunction: 'refuse',
  // CloudFront: a bundle is read from a bucket in us-east-1 only, as the console had it / from the region that the
  // request names, as the API reference has it. 2026-11.
  s3BucketRegion: 'refuse',
});
