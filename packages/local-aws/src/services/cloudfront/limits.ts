/** What CloudFront takes, and what its quotas are by default. */
import type { BundleRules, Limit } from '../bundle-rules.ts';

const QUOTAS = 'CloudFront developer guide, Quotas';
const row = (max: number, source: string): Limit => ({ max, source, checked: '2026-11' });

/**
 * Bundle of a trust store; keys and blank lines: developer guide, Trust stores and certificate
 * management.
 */
export const BUNDLE: BundleRules = {
  blankLines: 'not-between',
  certificates: row(25, QUOTAS),
  bundleBytes: row(64 * 1024, QUOTAS),
  certificateBytes: row(16_384, QUOTAS),
  rsaBits: [2048, 3072, 4096],
  curves: ['prime256v1', 'secp384r1'],
};

export const LIMITS = {
  trustStores: row(20, QUOTAS),
  distributionsPerTrustStore: row(25, QUOTAS),
  keyValueStores: row(50, QUOTAS),
  tags: row(50, `${QUOTAS}, tags of a distribution`),
  tagKey: row(128, 'service model cloudfront 2020-05-31'),
  tagValue: row(256, 'service model cloudfront 2020-05-31'),
  pageSize: row(100, 'CloudFront API reference, ListDistributions'),
} as const;

const FUNCTIONS = `${QUOTAS}, connection functions`;

/**
 * Key value stores. The quota page says 5 MB a store; that it counts in thousands is the cautious
 * reading.
 */
export const KVS_LIMITS = {
  keyBytes: row(512, QUOTAS),
  valueBytes: row(1024, QUOTAS),
  storeBytes: row(5_000_000, QUOTAS),
  importBytes: row(5_000_000, QUOTAS),
  keysPerUpdate: row(50, QUOTAS),
  updateBytes: row(3_000_000, QUOTAS),
  pageSize: row(50, 'service model cloudfront-keyvaluestore 2022-07-26'),
  defaultPageSize: row(10, 'service model cloudfront-keyvaluestore 2022-07-26'),
} as const;

export const FUNCTION_LIMITS = {
  functions: row(100, FUNCTIONS),
  codeBytes: row(10 * 1024, FUNCTIONS),
  storesPerFunction: row(1, FUNCTIONS),
  functionsPerStore: row(10, FUNCTIONS),
  timeMs: row(5, FUNCTIONS),
  memoryBytes: row(2 * 1024 * 1024, FUNCTIONS),
} as const;

/** Names of functions and of key value stores (service model cloudfront 2020-05-31). */
export const NAME = /^[a-zA-Z0-9-_]{1,64}$/;

/**
 * Managed cache policy CachingDisabled (CloudFront developer guide, Use managed cache policies).
 */
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** Region names that the API takes (service model cloudfront 2020-05-31). */
export const REGION = /^[a-z]{2}-[a-z]+-\d$/;

/** Where bundles are read from if the strict reading holds. */
export const HOME_REGION = 'us-east-1';
