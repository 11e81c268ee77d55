import type { CertificateRule } from './rule.ts';

/** A trust anchor is a CA. */
export const notACa: CertificateRule = {
  code: 'not-a-ca',
  about: 'certificate',
  title: 'basicConstraints says CA',
  verdict: { severity: 'error', source: 'RFC 5280, 4.2.1.9' },
  check: ({ isCa, subject }) =>
    isCa ? undefined : { message: `${subject.text} is not a CA`, note: 'not a CA' },
};
