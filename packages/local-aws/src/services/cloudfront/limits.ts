/** What CloudFront takes, and what its quotas are by default. */
import type { BundleRules, Limit } from '../bundle-rules.ts';

const QUOTAS = 'CloudFront developer guide, Quotas';
const row = (max: number, source: string): Limit => ({ max, source, checked: '2026-11' });

/** Bundle of a trust store; keys and blank lines: developer guide, Trust stores and certificate management. */
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
  tags: row(50, `${QUOTAS}, tags of a distribution`),
  tagKey: row(128, 'service model cloudfront 2020-05-31'),
  tagValue: row(256, 'service model cloudfront 2020-05-31'),
  pageSize: row(100, 'CloudFront API reference, ListDistributions'),
} as const;

/** Managed cache policy CachingDisabled (CloudFront developer guide, Use managed cache policies). */
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** Region names that the API takes (service model cloudfront 2020-05-31). */
export const REGION = /^[a-z]{2}-[a-z]+-\d$/;

/** Where bundles are read from if the strict reading holds. */
export const HOME_REGION = 'us-east-1';
