import { count } from '../../base/count.ts';
import { type CertificateRule, everywhere } from './rule.ts';

/** One certificate fits the service. */
export const certificateTooLarge: CertificateRule = {
  code: 'certificate-too-large',
  about: 'certificate',
  title: 'one certificate fits',
  services: everywhere('error', 'quotas of the service'),
  check: ({ pem, subject }, { limits, title }) => {
    // An anchor of Roles Anywhere has no limit a certificate, but one for all of its text.
    const limit = limits.certificateBytes ?? limits.anchorCharacters;
    return limit === undefined || pem.length <= limit.max
      ? undefined
      : {
          message: `${subject.text} has ${count(pem.length)} bytes; ${title} takes ${count(limit.max)} (${limit.source})`,
          note: `certificate-too-large: ${count(pem.length)} of ${count(limit.max)}`,
        };
  },
};
