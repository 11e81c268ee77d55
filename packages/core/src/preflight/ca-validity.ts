import { isoTime } from '../util/time.ts';
import type { CertificateRule } from './rule.ts';

const soonMs = 90 * 86_400_000;

/** Nobody is admitted through a CA past its end. */
export const caExpired: CertificateRule = {
  code: 'ca-expired',
  about: 'certificate',
  title: 'the CA is not past its end',
  verdict: { severity: 'error', source: 'RFC 5280, 6.1.3 (a)(2)' },
  check: ({ notAfter, subject }, _info, now) =>
    notAfter > now
      ? undefined
      : { message: `${subject.text} ended at ${isoTime(notAfter)}`, note: 'expired' },
};

/** Nobody is admitted before its beginning either. */
export const caNotYetValid: CertificateRule = {
  code: 'ca-not-yet-valid',
  about: 'certificate',
  title: 'the CA has begun',
  verdict: { severity: 'warning', source: 'RFC 5280, 6.1.3 (a)(2)' },
  check: ({ notBefore, subject }, _info, now) =>
    notBefore <= now
      ? undefined
      : { message: `${subject.text} begins at ${isoTime(notBefore)}`, note: 'not yet valid' },
};

/** Ninety days are what replacing a CA takes. */
export const caExpiresSoon: CertificateRule = {
  code: 'ca-expires-soon',
  about: 'certificate',
  title: 'the CA lives for another ninety days',
  verdict: { severity: 'warning', source: 'our own threshold' },
  check: ({ notAfter, subject }, _info, now) =>
    notAfter <= now || notAfter - now > soonMs
      ? undefined
      : {
          message: `${subject.text} ends at ${isoTime(notAfter)}; renew it and accept the new certificate`,
          note: `ends in ${Math.ceil((notAfter - now) / 86_400_000)} d`,
        },
};
