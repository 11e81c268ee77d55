import { type CertificateRule, everywhere } from './rule.ts';

/** Keys that each service takes, as its own page lists them (checked 2026-11). RSA sizes in bits, from and to or one by one. */
const taken: Readonly<
  Record<
    string,
    { readonly rsa: (bits: number) => boolean; readonly curves: readonly string[]; readonly rsaText: string }
  >
> = {
  cloudfront: {
    rsa: (bits) => [2048, 3072, 4096].includes(bits),
    rsaText: 'RSA 2048, 3072, 4096',
    curves: ['P-256', 'P-384'],
  },
  alb: {
    rsa: (bits) => bits >= 2048 && bits <= 8192,
    rsaText: 'RSA 2048 to 8192',
    curves: ['P-256', 'P-384', 'P-521'],
  },
  'api-gateway': { rsa: (bits) => bits >= 2048, rsaText: 'RSA from 2048', curves: ['P-256', 'P-384'] },
  'roles-anywhere': {
    rsa: (bits) => bits >= 2048,
    rsaText: 'RSA from 2048',
    curves: ['P-256', 'P-384', 'P-521'],
  },
};

/** The service can use the CA's key. */
export const keyAlgorithm: CertificateRule = {
  code: 'key-algorithm',
  about: 'certificate',
  title: 'the service takes this kind of key',
  services: {
    ...everywhere('error', 'trust store requirements of the service'),
    cloudfront: { severity: 'error', source: 'AWS: CloudFront, Trust stores and certificate management' },
    alb: { severity: 'error', source: 'AWS: Mutual authentication with TLS in Application Load Balancer' },
    'api-gateway': { severity: 'error', source: 'AWS: Configuring mutual TLS authentication for a REST API' },
    // The page names RSA, EC and ML-DSA for client certificates and tells no sizes or curves for anchors.
    'roles-anywhere': {
      severity: 'unknown',
      source: 'AWS: IAM Roles Anywhere User Guide, Signature validation; sizes and curves unknown',
    },
  },
  check: ({ key, subject }, { service, title }) => {
    const rule = taken[service];
    if (rule === undefined) return undefined;
    const fits =
      key.kind === 'rsa'
        ? rule.rsa(key.bits ?? 0)
        : key.kind === 'ec' && rule.curves.includes(key.curve ?? '');
    return fits
      ? undefined
      : {
          message: `${subject.text} has a ${key.name} key; ${title} takes ${rule.rsaText} and ${rule.curves.join(', ')}`,
          note: `key-algorithm: ${key.name}`,
        };
  },
};
