import type { CrlRule } from './rule.ts';

/** ALB cannot revoke a certificate with a negative serial. */
export const crlNegativeSerial: CrlRule = {
  code: 'crl-negative-serial',
  about: 'crl',
  title: 'no negative serial',
  check: ({ negativeSerials, issuer }) =>
    negativeSerials
      ? {
          message: `the CRL of ${issuer.text} has a negative serial, which cannot be revoked here`,
          note: 'negative serial',
        }
      : undefined,
};
