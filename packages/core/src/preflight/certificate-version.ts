import type { CertificateRule } from './rule.ts';

/** All four take X.509 version 3 only. */
export const certificateVersion: CertificateRule = {
  code: 'certificate-version',
  about: 'certificate',
  title: 'X.509 version 3',
  check: ({ version, subject }) =>
    version === 3
      ? undefined
      : {
          message: `${subject.text} is an X.509 version ${version} certificate; only version 3 is taken`,
          note: `version ${version}`,
        },
};
