import type { PathFailure } from './path.ts';

/** Why a connection was refused, before a service's own word for it. */
export type Refusal = PathFailure | 'missing' | 'revoked' | 'crl-error' | 'handshake';

export type ReasonTable = Readonly<Record<Refusal, string>>;

/**
 * ALB guide, "Connection logs", checked 2026-11. Which code goes with a missing certificate: one
 * field report.
 */
export const ALB_REASONS: ReasonTable = {
  missing: 'UnmappedConnectionError',
  untrusted: 'ClientCertUntrusted',
  'self-signed': 'ClientCertUntrusted',
  'weak-signature': 'ClientCertUntrusted',
  'too-long': 'ClientCertMaxChainDepthExceeded',
  'not-yet-valid': 'ClientCertNotYetValid',
  expired: 'ClientCertExpired',
  invalid: 'ClientCertInvalid',
  purpose: 'ClientCertPurposeInvalid',
  'key-type': 'ClientCertTypeUnsupported',
  revoked: 'ClientCertCrlHit',
  'crl-error': 'ClientCertCrlProcessingError',
  handshake: 'UnmappedConnectionError',
};

/** CloudFront guide, "Observability using connection logs", checked 2026-11. */
export const CLOUDFRONT_REASONS: ReasonTable = {
  ...ALB_REASONS,
  missing: 'ClientCertMissing',
  purpose: 'ClientCertIntentInvalid',
  revoked: 'ClientCertRejected',
  'crl-error': 'ClientCertRejected',
};

const denied = (reason: string) => `Access denied. Reason: ${reason}`;

/**
 * API Gateway's execution log. The texts for no issuer, self-signed and insecure algorithm are
 * AWS's (knowledge centre, mutual TLS 403 errors, checked 2026-11); the others are ours, for nobody
 * has published them.
 */
export const API_GATEWAY_REASONS: ReasonTable = {
  missing: 'ClientCertMissing',
  untrusted: denied('Could not find issuer for certificate'),
  'self-signed': denied('self signed certificate'),
  'weak-signature': denied('Client cert using an insecure Signature Algorithm'),
  'too-long': denied('certificate chain too long'),
  'not-yet-valid': denied('certificate is not yet valid'),
  expired: denied('certificate has expired'),
  invalid: denied('invalid certificate'),
  purpose: denied('unsupported certificate purpose'),
  'key-type': denied('unsupported certificate key'),
  revoked: denied('certificate revoked'),
  'crl-error': denied('certificate revoked'),
  handshake: 'UnmappedConnectionError',
};
