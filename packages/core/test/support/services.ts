import type { Facts, Limit } from '../../src/index.ts';

const limit = (max: number, unit: string, adjustable = false): Limit => ({
  max,
  unit,
  adjustable,
  source: 'made up for this test',
  checked: '2026-11',
});

const base: Omit<Facts, 'service' | 'title' | 'limits'> = {
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'list',
    emptyCrl: true,
    crlIssuerInStore: true,
    bundleReadable: true,
    modes: ['on', 'off'],
  },
  rates: {},
  permissions: { observe: [], refresh: [], apply: [] },
  outlives: [],
  settle: { everyMs: 1, expectMs: 1, limitMs: 1, source: 'made up for this test' },
};

/** Facts of a service with the given limits, the rest as nearly every service has it. */
export function factsOf(
  service: string,
  limits: Readonly<Record<string, number>> = {},
  capabilities: Partial<Facts['capabilities']> = {},
): Facts {
  return {
    ...base,
    service,
    title: `The ${service}`,
    capabilities: { ...base.capabilities, ...capabilities },
    limits: Object.fromEntries(Object.entries(limits).map(([name, max]) => [name, limit(max, name)])),
  };
}

export const services = ['cloudfront', 'alb', 'api-gateway', 'roles-anywhere'] as const;
