import type { Limit, Rate, ServiceInfo, Verdict } from '@trustloom/core/adapter';

const page = { source: 'AWS: Quotas for your Application Load Balancers', checked: '2026-11' };
const guide = 'AWS: Mutual authentication with TLS in Application Load Balancer';
const throttling = {
  source: 'AWS: Request throttling for the Elastic Load Balancing API',
  checked: '2026-11',
};

const refuses = (source: string): Verdict => ({ severity: 'error', source });
const fixed = (max: number, unit: string): Limit => ({ max, unit, adjustable: false, ...page });
const raisable = (max: number, unit: string): Limit => ({ max, unit, adjustable: true, ...page });
const rate = (burst: number, perSecond: number, actions: readonly string[]): Rate => ({
  burst,
  perSecond,
  actions,
  ...throttling,
});

/** All data about trust stores of Application Load Balancers. Every number stands here once. */
export const albInfo = {
  service: 'alb',
  title: 'Application Load Balancer',
  capabilities: {
    chain: 'any-anchor',
    // By inference from AWS's own TLS library, which accepts a chain that ends at any certificate
    // of the store.
    intermediateAnchors: true,
    revocation: 'crl',
    emptyCrl: true,
    // Unknown; the cautious reading.
    crlIssuerInStore: true,
    // AWS's TLS library fails a look-up that finds no CRL; no page says whether the balancer needs
    // one of each CA.
    unlistedCa: 'unknown',
    caKeys: { rsaBits: { min: 2048, max: 8192 }, curves: ['P-256', 'P-384', 'P-521'] },
    bundleReadable: true,
    modes: ['verify', 'passthrough', 'off'],
  },
  verdicts: {
    'bundle-too-large': refuses(page.source),
    'too-many-certificates': refuses(page.source),
    'certificate-version': refuses(`${guide}; seen live: The certificate version is not supported`),
    'key-algorithm': refuses(guide),
    'signature-hash': refuses('trust store requirements of the service'),
    'crl-expired': refuses('RFC 5280, 6.3.3; what the service does is unknown'),
    'crl-negative-serial': refuses(guide),
    'crl-partial': refuses('RFC 5280, 5.2.4 and 5.2.5; what the service does is unknown'),
    'crl-too-large': refuses(page.source),
    'crl-too-many-entries': refuses(page.source),
  },
  limits: {
    certificates: raisable(25, 'CA certificates per store'),
    certificateBytes: fixed(16 * 1024, 'bytes per certificate'),
    subjectBytes: raisable(10_000, 'bytes of all subjects per store'),
    chainDepth: fixed(4, 'CAs in a chain'),
    crls: raisable(30, 'CRLs per store'),
    crlEntries: raisable(500_000, 'entries per store, all CRLs'),
    crlBytes: fixed(50 * 1024 * 1024, 'bytes per CRL'),
    stores: raisable(20, 'trust stores per account and region'),
    attachments: fixed(2, 'verify listeners per load balancer'),
    nameLength: { ...fixed(32, 'characters of a store name'), source: 'service model' },
  },
  rates: {
    create: rate(10, 0.2, ['CreateTrustStore']),
    write: rate(10, 0.2, [
      'AddTrustStoreRevocations',
      'RemoveTrustStoreRevocations',
      'ModifyTrustStore',
      'DeleteTrustStore',
    ]),
    content: rate(20, 4, ['GetTrustStoreCaCertificatesBundle', 'GetTrustStoreRevocationContent']),
    describe: rate(40, 10, [
      'DescribeTrustStores',
      'DescribeTrustStoreRevocations',
      'DescribeTrustStoreAssociations',
      'DescribeTags',
      'DescribeListeners',
      'DescribeLoadBalancers',
    ]),
    // What every call draws on besides its own bucket.
    all: rate(40, 10, ['*']),
    mutate: rate(20, 3, ['ModifyListener', 'AddTags']),
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
  residualAccess: ['connections that are open, until they close (idle timeout, 60 s by default)'],
  settle: {
    everyMs: 5_000,
    expectMs: 15_000,
    limitMs: 600_000,
    source: 'ACTIVE within seconds in one live test, minutes in one guide',
  },
} as const satisfies ServiceInfo;
