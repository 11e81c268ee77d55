/** What Elastic Load Balancing takes, and what its quotas are by default. */
import type { BundleRules, Limit } from '../bundle-rules.ts';

const QUOTAS = 'Elastic Load Balancing user guide, Quotas for your Application Load Balancers';
const MODEL = 'service model elasticloadbalancingv2 2015-12-01';
const row = (max: number, source: string): Limit => ({ max, source, checked: '2026-11' });

/**
 * Bundle of a trust store; keys and blank lines: user guide, Mutual authentication with TLS in
 * Application Load Balancer.
 */
export const BUNDLE: BundleRules = {
  blankLines: 'none',
  certificates: row(25, QUOTAS),
  certificateBytes: row(16 * 1024, QUOTAS),
  subjectBytes: row(10_000, QUOTAS),
  rsaBits: { min: 2048, max: 8192 },
  curves: ['prime256v1', 'secp384r1', 'secp521r1'],
};

export const LIMITS = {
  trustStores: row(20, QUOTAS),
  verifyListeners: row(2, QUOTAS),
  crls: row(30, QUOTAS),
  revocationEntries: row(500_000, QUOTAS),
  revocationFileBytes: row(50 * 1024 * 1024, QUOTAS),
  tags: row(50, 'Elastic Load Balancing user guide, Tags for your Application Load Balancer'),
  tagKey: row(128, MODEL),
  tagValue: row(256, MODEL),
  pageSize: row(400, MODEL),
  describeTags: row(20, `${MODEL}, DescribeTags`),
  loadBalancers: row(50, QUOTAS),
  listeners: row(50, QUOTAS),
} as const;

/** How long presigned URLs of bundles and revocation files live, in seconds. */
export const CONTENT_SECONDS = row(600, `${MODEL}, GetTrustStoreCaCertificatesBundle`).max;

export const PATTERNS = {
  trustStoreName: /^(?=.{1,32}$)([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$/,
  loadBalancerName: /^(?!internal-)(?!-)[a-zA-Z0-9-]{1,32}(?<!-)$/,
  tagText: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  certificateArn: /^arn:aws[\w-]*:(acm|iam):[\w-]*:\d{12}:.+$/,
} as const;
