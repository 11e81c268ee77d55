import type { CodeFacts } from '../codes.ts';

/** Codes of certificate revocation lists. */
export const crlCodes = {
  'crl-malformed': {
    kind: 'input',
    means: 'The list is not a valid DER or PEM CRL.',
    advice: 'Fetch it again; check that the address gives a CRL and not a page.',
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
