import { isoTime } from '../util/time.ts';
import type { CrlRule } from './rule.ts';

/** It is not documented what an expired CRL does on ALB and Roles Anywhere; so none is put there. */
export const crlExpired: CrlRule = {
  code: 'crl-expired',
  about: 'crl',
  title: 'the CRL is not past its nextUpdate',
  check: ({ nextUpdate, issuer }, _info, now) =>
    nextUpdate === undefined || nextUpdate > now
      ? undefined
      : {
          message: `the CRL of ${issuer.text} ended at ${isoTime(nextUpdate)}; it is not attached, and what is in force stays`,
          note: 'expired',
        },
};
