import { createHash } from 'node:crypto';

/** What a target really holds, read off the local AWS's raw state, never through the adapter. */
export interface Held {
  /** SHA-256 of every certificate that is an anchor here now. */
  readonly cas: readonly string[];
  /** SHA-256 of the DER of every CRL in force here now. */
  readonly crls: readonly string[];
  /** Nobody without a certificate is admitted. */
  readonly enforcing: boolean;
  /**
   * Ids of the objects that adapters make (stores, anchors, imported CRLs); those that were there
   * before not counted.
   */
  readonly objects: readonly string[];
  /**
   * Where a checker of ours refuses the revoked: does it refuse a client with this serial (hex, no
   * leading zeros) of an issuer with this name (RFC 4514; absent: one that it does not know)? The
   * checker itself is run, as it lies there. Absent: the service checks `CRLs`.
   */
  readonly refuses?: (serial: string, issuer?: string) => boolean;
}

/** Reads what a target holds. */
export type Oracle = () => Held;

/**
 * SHA-256 of each certificate in a PEM text, read by eye of a regular expression: a second opinion.
 */
export function pemDigests(pem: Uint8Array | string): readonly string[] {
  const text = typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1');
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)]
    .map(([, body = '']) => sha256(Buffer.from(body, 'base64')))
    .sort();
}

/** SHA-256 of the DER of a CRL, given as PEM or DER. */
export function crlDigest(bytes: Uint8Array): string {
  const [, body] =
    /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return sha256(body === undefined ? bytes : Buffer.from(body, 'base64'));
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
