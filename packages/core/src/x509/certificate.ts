import type { Instant } from '../util/time.ts';

/** A distinguished name: as text (RFC 4514) for people, as its DER for comparison. */
export interface DistinguishedName {
  /** `CN=Acme Issuing,O=Acme,C=GB`: RFC 4514, most specific first. */
  readonly text: string;
  /** Lower-case hex of the DER as it stands in the certificate. */
  readonly der: string;
}

/** What kind of public key a certificate has. */
export interface PublicKeyInfo {
  readonly kind: 'rsa' | 'ec' | 'other';
  /** RSA modulus in bits. */
  readonly bits?: number;
  /** `P-256`, `P-384`, `P-521`, or the curve's name. */
  readonly curve?: string;
  /** Name for people: `RSA 2048`, `P-256`, `ML-DSA-44`, or the OID. */
  readonly name: string;
}

/** One X.509 certificate, read strictly and frozen. */
export interface Certificate {
  /** SHA-256 of the DER, lower-case hex: the certificate's name everywhere. */
  readonly sha256: string;
  readonly der: Uint8Array;
  /** Canonical PEM: 64 columns, LF, one final newline, nothing else. */
  readonly pem: string;
  readonly version: number;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /**
   * The serial as an integer: lower-case hex, no leading zeros, no separators (`-` in front when
   * negative).
   */
  readonly serial: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /**
   * SHA-256 of the SubjectPublicKeyInfo, lower-case hex: the CA key. Renewed and cross-signed certificates
   * share it.
   */
  readonly keySha256: string;
  readonly key: PublicKeyInfo;
  /**
   * `sha256WithRSAEncryption`, `ecdsa-with-SHA384`, `rsassaPss-SHA256`, or the OID; and the hash
   * where it is known.
   */
  readonly signature: {
    readonly name: string;
    readonly hash?: 'MD5' | 'SHA-1' | 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  };
  /** basicConstraints cA. */
  readonly isCa: boolean;
  readonly pathLength?: number;
  /** Bits set in keyUsage, by their RFC 5280 names; absent when the extension is. */
  readonly keyUsage?: readonly string[];
  /** OIDs; absent when the extension is. */
  readonly extendedKeyUsage?: readonly string[];
  /** Lower-case hex. */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  /** Subject equals issuer and the signature verifies with its own key. */
  readonly selfSigned: boolean;
  /** OIDs of critical extensions that nothing here understands. */
  readonly unknownCritical: readonly string[];
  /** OCSP URLs of authorityInfoAccess. */
  readonly ocspUrls: readonly string[];
}

/** Each certificate once, by its SHA-256, where it first stood. */
export function uniqueCertificates(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()];
}
