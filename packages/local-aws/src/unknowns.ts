import type { Reading } from './types.ts';

/**
 * A question that AWS's documentation leaves open and that decides who is admitted, or whether a
 * call is accepted.
 */
export interface Unknown {
  readonly question: string;
  /** What the emulator does under each reading. `refuse` admits fewer clients, `admit` more. */
  readonly refuse: string;
  readonly admit: string;
  readonly standard: Reading;
  /** What was found, and when. */
  readonly source: string;
}

/**
 * Every unknown with its two readings. The defaults are strict, but for a CA without CRL on ALB,
 * where refusing would lock out stores with one CRL.
 */
export const UNKNOWNS = Object.freeze({
  albExpiredCrl: {
    question: 'ALB: what does a CRL past its nextUpdate do?',
    refuse: 'certificates of its CA are refused (ClientCertCrlProcessingError)',
    admit: 'its dates are ignored, as s2n-tls does by default',
    standard: 'refuse',
    source: 'no page of the ELB guide says; 2026-11',
  },
  albCaWithoutCrl: {
    question: 'ALB: what becomes of a CA without a CRL in a store that has some?',
    refuse: 'its certificates are refused',
    admit: 'its certificates are admitted',
    standard: 'admit',
    source: 's2n-tls fails a look-up that finds no CRL; no page says whether the balancer asks; 2026-11',
  },
  albCrlDepth: {
    question: 'ALB: is the leaf looked up, or the whole chain?',
    refuse: 'the whole chain, as s2n-tls does',
    admit: 'the leaf alone',
    standard: 'refuse',
    source: 'no page says; 2026-11',
  },
  rolesAnywhereExpiredCrl: {
    question: 'Roles Anywhere: what does a CRL past its nextUpdate do?',
    refuse: 'certificates of its CA are refused',
    admit: 'its dates are ignored',
    standard: 'refuse',
    source: 'the user guide (Revocation) says nothing; 2026-11',
  },
  rolesAnywhereCrlDepth: {
    question: 'Roles Anywhere: is the leaf looked up, or the whole chain?',
    refuse: 'the whole chain, with CRLs of intermediates that the client sent',
    admit: 'the leaf alone',
    standard: 'refuse',
    source: 'the user guide says nothing; 2026-11',
  },
  cloudFrontOptionalFunction: {
    question:
      'CloudFront, optional mode: is the connection function invoked for a client without a certificate?',
    refuse: 'it is, without clientCertificate in the event',
    admit: 'it is not',
    standard: 'refuse',
    source: 'one page of the developer guide says it runs, an older one that it does not; 2026-11',
  },
  s3BucketRegion: {
    question: 'CloudFront: from which region may a bundle be read?',
    refuse: 'from us-east-1 only, as the console had it',
    admit: 'from the region that the request names, as the API reference has it',
    standard: 'refuse',
    source: 'an article of December 2025 against the API reference; 2026-11',
  },
} as const satisfies Readonly<Record<string, Unknown>>);

/** One reading for each unknown. The laws of a client are to hold under both. */
export type Unknowns = Readonly<Record<keyof typeof UNKNOWNS, Reading>>;

/** The defaults. */
export const DEFAULT_UNKNOWNS: Unknowns = Object.freeze(
  Object.fromEntries(Object.entries(UNKNOWNS).map(([name, { standard }]) => [name, standard])) as Unknowns,
);
