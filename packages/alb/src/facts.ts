import type { Facts } from '@trustloom/core';

const page = 'AWS: Quotas for your Application Load Balancers';
const throttling = 'AWS: Request throttling for the Elastic Load Balancing API';
const checked = '2026-11';

/** All data about trust stores of Application Load Balancers. Every number stands here once. */
export const albFacts = {
  service: 'alb',
  title: 'Application Load Balancer',
  capabilities: {
    chain: 'any-anchor',
    // By inference from AWS's own TLS library, which accepts a chain that ends at any certificate of the store.
    intermediateAnchors: true,
    revocation: 'list',
    emptyCrl: true,
    // Nobody has told; the cautious reading.
    crlIssuerInStore: true,
    // Its own library fails a look-up that finds no list; no page says whether the balancer asks for one of each CA.
    unlistedCa: 'unknown',
    caKeys: { rsaBits: { min: 2048, max: 8192 }, curves: ['P-256', 'P-384', 'P-521'] },
    bundleReadable: true,
    modes: ['verify', 'passthrough', 'off'],
  },
  verdicts: {
    'bundle-too-large': { severity: 'error', source: 'AWS: Quotas for your Application Load Balancers' },
    'too-many-certificates': { severity: 'error', source: 'AWS: Quotas for your Application Load Balancers' },
    'certificate-version': {
      severity: 'error',
      source:
        'AWS: Mutual authentication with TLS in Application Load Balancer; seen live: The certificate version is not supported',
    },
    'key-algorithm': {
      severity: 'error',
      source: 'AWS: Mutual authentication with TLS in Application Load Balancer',
    },
    'signature-hash': { severity: 'error', source: 'trust store requirements of the service' },
    'crl-expired': { severity: 'error', source: 'RFC 5280, 6.3.3; what the service does is unknown' },
    'crl-negative-serial': {
      severity: 'error',
      source: 'AWS: Mutual authentication with TLS in Application Load Balancer',
    },
    'crl-partial': {
      severity: 'error',
      source: 'RFC 5280, 5.2.4 and 5.2.5; what the service does is unknown',
    },
    'crl-too-large': { severity: 'error', source: 'AWS: Quotas for your Application Load Balancers' },
    'crl-too-many-entries': { severity: 'error', source: 'AWS: Quotas for your Application Load Balancers' },
  },
  limits: {
    certificates: { max: 25, unit: 'CA certificates per store', adjustable: true, source: page, checked },
    certificateBytes: {
      max: 16 * 1024,
      unit: 'bytes per certificate',
      adjustable: false,
      source: page,
      checked,
    },
    subjectBytes: {
      max: 10_000,
      unit: 'bytes of all subjects per store',
      adjustable: true,
      source: page,
      checked,
    },
    chainDepth: { max: 4, unit: 'CAs in a chain', adjustable: false, source: page, checked },
    crlLists: { max: 30, unit: 'lists per store', adjustable: true, source: page, checked },
    crlEntries: {
      max: 500_000,
      unit: 'entries per store, all lists',
      adjustable: true,
      source: page,
      checked,
    },
    crlBytes: { max: 50 * 1024 * 1024, unit: 'bytes per list', adjustable: false, source: page, checked },
    stores: { max: 20, unit: 'trust stores per account and region', adjustable: true, source: page, checked },
    attachments: {
      max: 2,
      unit: 'verify listeners per load balancer',
      adjustable: false,
      source: page,
      checked,
    },
    nameLength: {
      max: 32,
      unit: 'characters of a store name',
      adjustable: false,
      source: 'service model',
      checked,
    },
  },
  rates: {
    create: { burst: 10, perSecond: 0.2, actions: ['CreateTrustStore'], source: throttling, checked },
    write: {
      burst: 10,
      perSecond: 0.2,
      actions: [
        'AddTrustStoreRevocations',
        'RemoveTrustStoreRevocations',
        'ModifyTrustStore',
        'DeleteTrustStore',
      ],
      source: throttling,
      checked,
    },
    content: {
      burst: 20,
      perSecond: 4,
      actions: ['GetTrustStoreCaCertificatesBundle', 'GetTrustStoreRevocationContent'],
      source: throttling,
      checked,
    },
    describe: {
      burst: 40,
      perSecond: 10,
      actions: [
        'DescribeTrustStores',
        'DescribeTrustStoreRevocations',
        'DescribeTrustStoreAssociations',
        'DescribeTags',
        'DescribeListeners',
        'DescribeLoadBalancers',
      ],
      source: throttling,
      checked,
    },
    // What every call draws on besides its own bucket.
    all: { burst: 40, perSecond: 10, actions: ['*'], source: throttling, checked },
    mutate: { burst: 20, perSecond: 3, actions: ['ModifyListener', 'AddTags'], source: throttling, checked },
  },
  permissions: {
    observe: [
      'elasticloadbalancing:DescribeTrustStores',
      'elasticloadbalancing:DescribeTags',
      'elasticloadbalancing:GetTrustStoreCaCertificatesBundle',
      'elasticloadbalancing:DescribeTrustStoreRevocations',
      'elasticloadbalancing:GetTrustStoreRevocationContent',
      'elasticloadbalancing:DescribeTrustStoreAssociations',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      's3:GetObject',
      's3:GetObjectVersion',
    ],
    refresh: [
      'elasticloadbalancing:AddTrustStoreRevocations',
      'elasticloadbalancing:RemoveTrustStoreRevocations',
    ],
    apply: [
      'elasticloadbalancing:CreateTrustStore',
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:ModifyTrustStore',
      'elasticloadbalancing:DeleteTrustStore',
      'elasticloadbalancing:AddTrustStoreRevocations',
      'elasticloadbalancing:RemoveTrustStoreRevocations',
      'elasticloadbalancing:ModifyListener',
    ],
  },
  outlives: ['connections that are open, until they close (idle timeout, 60 s by default)'],
  settle: {
    everyMs: 5_000,
    expectMs: 15_000,
    limitMs: 600_000,
    source: 'ACTIVE within seconds in one live test, minutes in one guide',
  },
} as const satisfies Facts;
