import type { CertificateRule } from './rule.ts';

const strong = ['SHA-256', 'SHA-384', 'SHA-512'];

/**
 * All four want SHA-256 or stronger; a self-signed root's own signature proves nothing, but the
 * services look at it all the same.
 */
export const signatureHash: CertificateRule = {
  code: 'signature-hash',
  about: 'certificate',
  title: 'signed with SHA-256 or stronger',
  check: ({ signature, subject }) =>
    signature.hash === undefined || strong.includes(signature.hash)
      ? undefined
      : {
          message: `${subject.text} is signed with ${signature.name}; SHA-256 or stronger is needed`,
          note: `signature-hash: ${signature.hash}`,
        },
};
