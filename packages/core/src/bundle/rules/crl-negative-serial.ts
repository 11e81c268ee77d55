import type { CrlRule } from './rule.ts';

/** ALB cannot revoke a certificate with a negative serial. */
export const crlNegativeSerial: CrlRule = {
  code: 'crl-negative-serial',
  about: 'crl',
  title: 'no negative serial',
  services: {
    alb: { severity: 'error', source: 'AWS: Mutual authentication with TLS in Application Load Balancer' },
  },
  check: (crl) => {
    for (const serial of crl.serials()) {
      if (serial.startsWith('-'))
        return {
          message: `the list of ${crl.issuer.text} has a negative serial, which cannot be revoked here`,
          note: 'negative serial',
        };
    }
    return undefined;
  },
};
