import type { JsonObject, ServiceInfo } from '@trustloom/core/adapter';

const quotas = 'AWS: IAM Roles Anywhere quotas';
const checked = '2026-11';
const family = (actions: readonly string[]) => ({ burst: 1, perSecond: 1, actions, source: quotas, checked });

/** What trust anchors of IAM Roles Anywhere can do. Every number stands here once. */
export const rolesAnywhereInfo = {
  service: 'roles-anywhere',
  title: 'IAM Roles Anywhere',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'crl',
    // ImportCrl refuses a CRL without entries (seen live by two).
    emptyCrl: false,
    // A CRL of any CA is taken, on any anchor, in silence: only our check before the write guards it.
    crlIssuerInStore: false,
    // AWS: IAM Roles Anywhere User Guide, Signature validation
    strictLeaf: true,
    // The page names RSA, EC and ML-DSA for client certificates, and no sizes or curves for
    // anchors.
    caKeys: { rsaBits: { min: 2048 }, curves: ['P-256', 'P-384', 'P-521'] },
    caKeyUsage: 'required',
    bundleReadable: true,
    modes: ['enabled', 'disabled'],
  },
  verdicts: {
    'certificate-version': { severity: 'error', source: 'trust store requirements of the service' },
    'crl-expired': { severity: 'error', source: 'RFC 5280, 6.3.3; what the service does is unknown' },
    'crl-partial': {
      severity: 'error',
      source: 'RFC 5280, 5.2.4 and 5.2.5; what the service does is unknown',
    },
    'crl-too-large': { severity: 'error', source: 'AWS: IAM Roles Anywhere quotas; service model' },
    'crl-empty': { severity: 'note', source: 'seen live by two: ImportCrl refuses a CRL without entries' },
    'key-algorithm': {
      severity: 'unknown',
      source: 'AWS: IAM Roles Anywhere User Guide, Signature validation; sizes and curves unknown',
    },
    'key-usage': { severity: 'error', source: 'AWS: IAM Roles Anywhere User Guide, Signature validation' },
    'signature-hash': { severity: 'error', source: 'trust store requirements of the service' },
  },
  limits: {
    anchorCertificates: {
      max: 2,
      unit: 'certificates per trust anchor',
      adjustable: false,
      source: quotas,
      checked,
    },
    anchorCharacters: {
      max: 16_000,
      unit: 'characters of PEM per trust anchor',
      adjustable: false,
      source: 'service model',
      checked,
    },
    chainDepth: {
      max: 5,
      unit: 'certificates in the chain header',
      adjustable: false,
      source: 'AWS: IAM Roles Anywhere authentication',
      checked,
    },
    crls: { max: 2, unit: 'CRLs per trust anchor', adjustable: false, source: quotas, checked },
    crlBytes: {
      max: 300_000,
      unit: 'characters per CRL',
      adjustable: false,
      source: 'service model',
      checked,
    },
    stores: {
      max: 50,
      unit: 'trust anchors per account and region',
      adjustable: true,
      source: quotas,
      checked,
    },
  },
  rates: {
    anchors: family([
      'CreateTrustAnchor',
      'UpdateTrustAnchor',
      'EnableTrustAnchor',
      'DisableTrustAnchor',
      'DeleteTrustAnchor',
      'ListTrustAnchors',
    ]),
    crls: family(['ImportCrl', 'UpdateCrl', 'EnableCrl', 'DisableCrl', 'DeleteCrl', 'ListCrls']),
    tagging: family(['ListTagsForResource']),
  },
  permissions: {
    observe: [
      'rolesanywhere:ListTrustAnchors',
      'rolesanywhere:ListTagsForResource',
      'rolesanywhere:ListCrls',
    ],
    refresh: [
      'rolesanywhere:ImportCrl',
      'rolesanywhere:TagResource',
      'rolesanywhere:UpdateCrl',
      'rolesanywhere:EnableCrl',
      'rolesanywhere:DisableCrl',
      'rolesanywhere:DeleteCrl',
      'rolesanywhere:DisableTrustAnchor',
    ],
    apply: [
      'rolesanywhere:CreateTrustAnchor',
      'rolesanywhere:TagResource',
      'rolesanywhere:UpdateTrustAnchor',
      'rolesanywhere:EnableTrustAnchor',
      'rolesanywhere:DisableTrustAnchor',
      'rolesanywhere:DeleteTrustAnchor',
      'rolesanywhere:ImportCrl',
      'rolesanywhere:UpdateCrl',
      'rolesanywhere:EnableCrl',
      'rolesanywhere:DisableCrl',
      'rolesanywhere:DeleteCrl',
    ],
  },
  residualAccess: ['sessions handed out already, up to twelve hours'],
  sessions: {
    named: 'serial',
    denyPolicy: denySessions,
    maxMs: 12 * 3_600_000,
    source: 'service model (durationSeconds); AWS: IAM Roles Anywhere trust model (session name)',
  },
  settle: {
    everyMs: 1_000,
    expectMs: 0,
    limitMs: 60_000,
    source: 'no asynchronous state is visible; CRLs act at once (seen live)',
  },
} as const satisfies ServiceInfo;

/**
 * An IAM policy that denies everything to sessions named after these serials: attach it to the
 * roles that the certificates could have. It works at once, on sessions that exist too.
 *
 * @param serials lower-case hex without leading zeros
 * @see AWS: IAM JSON policy elements, Condition keys: `aws:userid` of an assumed role is `<role
 *   id>:<session name>`
 */
function denySessions(serials: readonly string[]): JsonObject {
  // Whether the name of a session is padded to whole bytes is not documented.
  const names = serials.flatMap((serial) => (serial.length % 2 === 0 ? [serial] : [serial, `0${serial}`]));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TrustloomRevoked',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringLike: { 'aws:userid': [...new Set(names)].sort().map((name) => `*:${name}`) } },
      },
    ],
  };
}
