import { type CertificateRule, everywhere } from './rule.ts';

/** When keyUsage is there, it allows signing certificates; Roles Anywhere wants it to be there. */
export const keyUsage: CertificateRule = {
  code: 'key-usage',
  about: 'certificate',
  title: 'keyUsage allows signing certificates',
  services: {
    ...everywhere('error', 'RFC 5280, 4.2.1.3'),
    'roles-anywhere': {
      severity: 'error',
      source: 'AWS: IAM Roles Anywhere User Guide, Signature validation',
    },
  },
  check: ({ keyUsage: usage, subject }, { service }) => {
    if (usage === undefined) {
      return service === 'roles-anywhere'
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
