import type { Limit, ServiceInfo, Verdict } from '../../src/index.ts';

const limit = (max: number, unit: string, adjustable = false): Limit => ({
  max,
  unit,
  adjustable,
  source: 'made up for this test',
  checked: '2026-11',
});

const said = (severity: Verdict['severity']): Verdict => ({ severity, source: 'made up for this test' });

/**
 * What each of four services does, as the rules ask. A test of `trustloom` compares it with what the
 * adapters say.
 */
const reported: Readonly<
  Record<
    string,
    { readonly keys: Partial<ServiceInfo['capabilities']>; readonly verdicts: ServiceInfo['verdicts'] }
  >
> = {
  cloudfront: {
    keys: { caKeys: { rsaBits: { sizes: [2048, 3072, 4096] }, curves: ['P-256', 'P-384'] } },
    verdicts: {
      'bundle-too-large': said('error'),
      'too-many-certificates': said('error'),
      'certificate-version': said('error'),
      'key-algorithm': said('error'),
      'signature-hash': said('error'),
    },
  },
  alb: {
    keys: { caKeys: { rsaBits: { min: 2048, max: 8192 }, curves: ['P-256', 'P-384', 'P-521'] } },
    verdicts: {
      'bundle-too-large': said('error'),
      'too-many-certificates': said('error'),
      'certificate-version': said('error'),
      'key-algorithm': said('error'),
      'signature-hash': said('error'),
      'crl-expired': said('error'),
      'crl-negative-serial': said('error'),
      'crl-partial': said('error'),
      'crl-too-large': said('error'),
      'crl-too-many-entries': said('error'),
    },
  },
  'api-gateway': {
    keys: { caKeys: { rsaBits: { min: 2048 }, curves: ['P-256', 'P-384'] } },
    verdicts: {
      'bundle-too-large': said('error'),
      'too-many-certificates': said('error'),
      'certificate-version': said('warning'),
      'crl-not-enforced': said('warning'),
      'incomplete-chain': said('error'),
      'key-algorithm': said('error'),
      'signature-hash': said('warning'),
    },
  },
  'roles-anywhere': {
    keys: {
      caKeys: { rsaBits: { min: 2048 }, curves: ['P-256', 'P-384', 'P-521'] },
      caKeyUsage: 'required' as const,
    },
    verdicts: {
      'certificate-version': said('error'),
      'crl-expired': said('error'),
      'crl-partial': said('error'),
      'crl-too-large': said('error'),
      'crl-empty': said('note'),
      'key-algorithm': said('unknown'),
      'key-usage': said('error'),
      'signature-hash': said('error'),
    },
  },
};

const base: Omit<ServiceInfo, 'service' | 'title' | 'limits' | 'verdicts'> = {
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'crl',
    emptyCrl: true,
    crlIssuerInStore: true,
    bundleReadable: true,
    modes: ['on', 'off'],
  },
  rates: {},
  permissions: { observe: [], refresh: [], apply: [] },
  residualAccess: [],
  settle: { everyMs: 1, expectMs: 1, limitMs: 1, source: 'made up for this test' },
};

/** Facts of a service with the given limits, the rest as nearly every service has it. */
export function infoOf(
  service: string,
  limits: Readonly<Record<string, number>> = {},
  capabilities: Partial<ServiceInfo['capabilities']> = {},
): ServiceInfo {
  return {
    ...base,
    service,
    title: `The ${service}`,
    capabilities: { ...base.capabilities, ...reported[service]?.keys, ...capabilities },
    verdicts: reported[service]?.verdicts ?? {},
    limits: Object.fromEntries(Object.entries(limits).map(([name, max]) => [name, limit(max, name)])),
  };
}

export const services = ['cloudfront', 'alb', 'api-gateway', 'roles-anywhere'] as const;
