import type { ServiceInfo } from '@trustloom/core/adapter';

const quotas = 'AWS: API Gateway quotas';
const mutualTls = 'AWS: Configuring mutual TLS authentication for a REST API';
const checked = '2026-11';
const quota = { adjustable: false, source: quotas, checked } as const;

/** All data about mutual TLS of API Gateway custom domains. Every number stands here once. */
export const apiGatewayInfo = {
  service: 'api-gateway',
  title: 'API Gateway',
  capabilities: {
    // The chain must be complete inside the truststore, up to a self-signed root; what the client
    // sends bridges nothing.
    chain: 'complete-in-store',
    intermediateAnchors: false,
    // `@trustloom/api-gateway/authorizer`, which the owner of the API puts before its routes.
    revocation: 'enforced-by-us',
    check: { mechanism: 'authorizer', title: 'a Lambda authorizer', attachedBy: 'owner' },
    emptyCrl: true,
    crlIssuerInStore: false,
    caKeys: { rsaBits: { min: 2048 }, curves: ['P-256', 'P-384'] },
    bundleReadable: true,
    modes: ['on', 'off'],
  },
  verdicts: {
    'bundle-too-large': { severity: 'error', source: quotas },
    'too-many-certificates': { severity: 'error', source: quotas },
    'certificate-version': {
      severity: 'warning',
      source: 'AWS: Configuring mutual TLS authentication; invalid certificates become warnings',
    },
    'crl-not-enforced': {
      severity: 'warning',
      source: 'AWS: Configuring mutual TLS authentication: does not verify if a certificate has been revoked',
    },
    'incomplete-chain': {
      severity: 'error',
      source: `${mutualTls}; seen live: a cross-signed root does not close a chain`,
    },
    'key-algorithm': { severity: 'error', source: mutualTls },
    'signature-hash': {
      severity: 'warning',
      source: 'AWS: Configuring mutual TLS authentication; invalid certificates become warnings',
    },
  },
  limits: {
    certificates: { ...quota, max: 1_000, unit: 'certificates per truststore' },
    bundleBytes: { ...quota, max: 1_000_000, unit: 'bytes of the truststore' },
    chainDepth: { ...quota, max: 4, unit: 'CAs in a chain', source: mutualTls },
    stores: { ...quota, max: 120, unit: 'public custom domains per region', adjustable: true },
  },
  rates: {
    update: { burst: 1, perSecond: 1 / 30, actions: ['UpdateDomainName', 'PATCH'], source: quotas, checked },
    control: {
      burst: 40,
      perSecond: 10,
      actions: ['GetDomainName', 'TagResource', 'UntagResource', 'GET', 'PUT', 'DELETE', 'POST'],
      source: quotas,
      checked,
    },
  },
  permissions: {
    observe: ['apigateway:GET', 's3:GetObject', 's3:GetObjectVersion'],
    refresh: ['s3:GetBucketVersioning', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
    apply: [
      'apigateway:PATCH',
      'apigateway:PUT',
      'apigateway:POST',
      'apigateway:DELETE',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:PutObject',
      's3:DeleteObject',
    ],
  },
  residualAccess: [
    'connections that are open: the authorizer is asked for each request, so the next one is refused',
    "answers that the authorizer's cache holds, up to its time to live (300 s by default); Trustloom asks for 0",
  ],
  settle: {
    everyMs: 5_000,
    expectMs: 60_000,
    limitMs: 900_000,
    source: 'one tool polls every 5 seconds for up to 120; security-policy changes take about 15 minutes',
  },
} as const satisfies ServiceInfo;
