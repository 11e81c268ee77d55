import type { Limit } from '@trustloom/core';

const checked = '2026-11';
const quotas = 'AWS: CloudFront quotas, key value stores';

/** Limits of key value stores and connection functions that the store is built by. */
export const storeLimits = {
  storeBytes: {
    max: 5_000_000,
    unit: 'bytes of keys and values per key value store',
    adjustable: false,
    source: `${quotas}: 5 MB, read as five million`,
    checked,
  },
  importBytes: {
    max: 5_000_000,
    unit: 'bytes of a file to import',
    adjustable: false,
    source: quotas,
    checked,
  },
  valueBytes: { max: 1024, unit: 'bytes of a value', adjustable: false, source: quotas, checked },
  keysPerUpdate: { max: 50, unit: 'keys per UpdateKeys', adjustable: false, source: quotas, checked },
  functionBytes: {
    max: 10_240,
    unit: 'bytes of a connection function',
    adjustable: false,
    source: 'AWS: CloudFront quotas, connection functions',
    checked,
  },
} as const satisfies Readonly<Record<string, Limit>>;
