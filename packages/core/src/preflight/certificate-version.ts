import { type CertificateRule, everywhere } from './rule.ts';

/** All four take X.509 version 3 only. */
export const certificateVersion: CertificateRule = {
  code: 'certificate-version',
  about: 'certificate',
  title: 'X.509 version 3',
  services: {
    ...everywhere('error', 'trust store requirements of the service'),
    alb: {
      severity: 'error',
      source:
        'AWS: Mutual authentication with TLS in Application Load Balancer; seen live: The certificate version is not supported',
    },
    'api-gateway': {
      severity: 'warning',
      source: 'AWS: Configuring mutual TLS authentication; invalid certificates become warnings',
    },
  },
  check: ({ version, subject }) =>
    version === 3
      ? undefined
      : {
          message: `${subject.text} is an X.509 version ${version} certificate; only version 3 is taken`,
          note: `version ${version}`,
        },
};
