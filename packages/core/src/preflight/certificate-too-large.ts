import { count } from '../util/count.ts';
import { pemLength } from '../x509/pem.ts';
import type { CertificateRule } from './rule.ts';

/** One certificate fits the service. */
export const certificateTooLarge: CertificateRule = {
  code: 'certificate-too-large',
  about: 'certificate',
  title: 'one certificate fits',
  verdict: { severity: 'error', source: 'quotas of the service' },
  check: ({ der, subject }, { limits, title }) => {
    const bytes = pemLength('CERTIFICATE', der.length);
    // An anchor of Roles Anywhere has no limit a certificate, but one for all of its text.
    const limit = limits.certificateBytes ?? limits.anchorCharacters;
    return limit === undefined || bytes <= limit.max
      ? undefined
      : {
          message: `${subject.text} has ${count(bytes)} bytes; ${title} takes ${count(limit.max)} (${limit.source})`,
          note: `certificate-too-large: ${count(bytes)} of ${count(limit.max)}`,
        };
  },
};
