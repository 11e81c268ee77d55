import type { CertificateRule } from './rule.ts';

/** A path checker must refuse what it does not understand and is marked critical (RFC 5280, 6.1.4 (o)). */
export const unknownCritical: CertificateRule = {
  code: 'unknown-critical-extension',
  about: 'certificate',
  title: 'no unknown critical extension',
  verdict: { severity: 'warning', source: 'RFC 5280, 6.1.4 (o)' },
  check: ({ unknownCritical: oids, subject }) =>
    oids.length === 0
      ? undefined
      : {
          message: `${subject.text} has critical extensions that may not be understood: ${oids.join(', ')}`,
          note: 'unknown critical extension',
        },
};
