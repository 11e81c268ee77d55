import type { ServiceInfo } from '@trustloom/core/adapter';

const quotas = 'AWS: CloudFront quotas, mutual TLS';
const storeQuotas = 'AWS: CloudFront quotas, key value stores';
const checked = '2026-11';

/**
 * What viewer mutual TLS of CloudFront can do, as data. Every number stands here once.
 *
 * @example
 * const { max } = cloudfrontInfo.limits.certificates
 */
export const cloudfrontInfo = {
  service: 'cloudfront',
  title: 'CloudFront',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'enforced-by-us',
    check: { mechanism: 'function', title: 'a connection function', attachedBy: 'plan' },
    emptyCrl: true,
    crlIssuerInStore: false,
    caKeys: { rsaBits: { sizes: [2048, 3072, 4096] }, curves: ['P-256', 'P-384'] },
    bundleReadable: false,
    modes: ['required', 'optional', 'passthrough'],
  },
  verdicts: {
    'bundle-too-large': { severity: 'error', source: 'AWS: CloudFront quotas' },
    'too-many-certificates': { severity: 'error', source: 'AWS: CloudFront quotas' },
    'certificate-version': { severity: 'error', source: 'trust store requirements of the service' },
    'key-algorithm': {
      severity: 'error',
      source: 'AWS: CloudFront, Trust stores and certificate management',
    },
    'signature-hash': { severity: 'error', source: 'trust store requirements of the service' },
  },
  limits: {
    certificates: { max: 25, unit: 'CA certificates per store', adjustable: false, source: quotas, checked },
    bundleBytes: { max: 64 * 1024, unit: 'bytes per bundle', adjustable: true, source: quotas, checked },
    certificateBytes: {
      max: 16_384,
      unit: 'bytes per certificate',
      adjustable: true,
      source: quotas,
      checked,
    },
    chainDepth: { max: 4, unit: 'CAs in a chain', adjustable: false, source: quotas, checked },
    stores: { max: 20, unit: 'trust stores per account', adjustable: true, source: quotas, checked },
    attachments: { max: 25, unit: 'distributions per store', adjustable: false, source: quotas, checked },
    storeBytes: {
      max: 5_000_000,
      unit: 'bytes of keys and values per KeyValueStore',
      adjustable: false,
      source: `${storeQuotas}: 5 MB, read as five million`,
      checked,
    },
    importBytes: {
      max: 5_000_000,
      unit: 'bytes of a file to import',
      adjustable: false,
      source: storeQuotas,
      checked,
    },
    valueBytes: { max: 1024, unit: 'bytes of a value', adjustable: false, source: storeQuotas, checked },
    entriesPerUpdate: {
      max: 50,
      unit: 'keys per UpdateKeys',
      adjustable: false,
      source: storeQuotas,
      checked,
    },
    functionBytes: {
      max: 10_240,
      unit: 'bytes of a connection function',
      adjustable: false,
      source: 'AWS: CloudFront quotas, connection functions',
      checked,
    },
    nameLength: {
      max: 64,
      unit: 'characters of a store name',
      adjustable: false,
      source: 'names of connection functions; the model tells none for stores',
      checked,
    },
  },
  // No control-plane rate is published. Users saw UpdateDistribution throttled at two or three in a
  // minute.
  rates: {
    distribution: {
      burst: 2,
      perSecond: 1 / 20,
      actions: ['UpdateDistribution'],
      source: 'reports of users; AWS publishes none',
      checked,
    },
  },
  permissions: {
    observe: [
      'cloudfront:ListTrustStores',
      'cloudfront:ListTagsForResource',
      'cloudfront:ListDistributions',
      'cloudfront:GetDistribution',
      'cloudfront:ListConnectionFunctions',
      'cloudfront:DescribeConnectionFunction',
      'cloudfront:GetConnectionFunction',
      'cloudfront:ListKeyValueStores',
      'cloudfront-keyvaluestore:DescribeKeyValueStore',
      'cloudfront-keyvaluestore:ListKeys',
      's3:GetObject',
      's3:GetObjectVersion',
    ],
    // UpdateKeys is authorised key by key, as PutKey and DeleteKey.
    refresh: [
      'cloudfront-keyvaluestore:UpdateKeys',
      'cloudfront-keyvaluestore:PutKey',
      'cloudfront-keyvaluestore:DeleteKey',
    ],
    apply: [
      'cloudfront:CreateTrustStore',
      'cloudfront:UpdateTrustStore',
      'cloudfront:GetTrustStore',
      'cloudfront:DeleteTrustStore',
      'cloudfront:TagResource',
      'cloudfront:GetDistributionConfig',
      'cloudfront:UpdateDistribution',
      'cloudfront:CreateKeyValueStore',
      'cloudfront:DescribeKeyValueStore',
      'cloudfront:DeleteKeyValueStore',
      'cloudfront:CreateConnectionFunction',
      'cloudfront:UpdateConnectionFunction',
      'cloudfront:PublishConnectionFunction',
      'cloudfront:DeleteConnectionFunction',
      's3:GetBucketLocation',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:DeleteObjectVersion',
    ],
  },
  residualAccess: ['connections that are open, until they close'],
  settle: {
    everyMs: 15_000,
    expectMs: 600_000,
    limitMs: 2_100_000,
    source: 'five to ten minutes (guide of Serverless CA); the SDK waits 35 minutes at most',
  },
} as const satisfies ServiceInfo;
