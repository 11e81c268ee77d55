import type { CertificateRule } from './rule.ts';

/** When keyUsage is there, it allows signing certificates; Roles Anywhere wants it to be there. */
export const keyUsage: CertificateRule = {
  code: 'key-usage',
  about: 'certificate',
  title: 'keyUsage allows signing certificates',
  verdict: { severity: 'error', source: 'RFC 5280, 4.2.1.3' },
  check: ({ keyUsage: usage, subject }, { capabilities }) => {
    if (usage === undefined) {
      return capabilities.caKeyUsage === 'required'
        ? {
            message: `${subject.text} has no keyUsage; a trust anchor needs keyCertSign`,
            note: 'no keyUsage',
          }
        : undefined;
    }
    return usage.includes('keyCertSign')
      ? undefined
      : {
          message: `${subject.text} may not sign certificates (keyUsage lacks keyCertSign)`,
          note: 'no keyCertSign',
        };
  },
};
