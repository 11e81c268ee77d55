import { type CertificateRule, count, everywhere } from './rule.ts';

/** One certificate fits the service. */
export const certificateTooLarge: CertificateRule = {
  code: 'certificate-too-large',
  about: 'certificate',
  title: 'one certificate fits',
  services: everywhere('error', 'quotas of the service'),
  check: ({ pem, subject }, { limits, title }) => {
    const limit = limits.certificateBytes;
    return limit === undefined || pem.length <= limit.max
      ? undefined
      : {
          message: `${subject.text} has ${count(pem.length)} bytes; ${title} takes ${count(limit.max)} (${limit.source})`,
          note: `certificate-too-large: ${count(pem.length)} of ${count(limit.max)}`,
        };
  },
};
