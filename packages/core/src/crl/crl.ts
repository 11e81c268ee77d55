import type { Code } from '../errors/codes.ts';
import type { Instant } from '../util/time.ts';
import type { SignatureAlgorithm } from '../x509/algorithm.ts';
import type { Certificate, DistinguishedName } from '../x509/certificate.ts';
import type { DenyEntry, ReleasedSerial } from './deny-list.ts';

/**
 * One certificate revocation CRL (RFC 5280, 5), read by one strict pass; its entries stay offsets
 * into `der`.
 */
export interface Crl {
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string;
  readonly der: Uint8Array;
  readonly issuer: DistinguishedName;
  /** CRLNumber as a decimal string; absent when the extension is. */
  readonly number?: string;
  readonly thisUpdate: Instant;
  /** Absent when the CRL has none: it then never goes stale by itself. */
  readonly nextUpdate?: Instant;
  /** Lower-case hex. */
  readonly authorityKeyId?: string;
  readonly signatureName: string;
  readonly entryCount: number;
  /** Where the entries stand in `der`, one behind the other. */
  readonly entries: { readonly start: number; readonly end: number };
  /** A listed serial is negative, which RFC 5280 forbids and some services cannot revoke. */
  readonly negativeSerials: boolean;
  /**
   * A delta CRL (deltaCRLIndicator) or a partition (issuingDistributionPoint), or an indirect one:
   * by name, so that they are never taken for whole CRLs.
   */
  readonly scope: 'complete' | 'delta' | 'partition' | 'indirect';
  /**
   * Which partition of its CA's certificates the CRL, or the delta CRL, covers: from SHA-256 of
   * issuingDistributionPoint; absent for all of them.
   */
  readonly partition?: string;
  /** BaseCRLNumber of a delta CRL as a decimal string: the oldest CRL that it builds on. */
  readonly baseNumber?: string;
  /** Where the signature stands, for `verifyCrl`. */
  readonly signed: CrlSignature;
  /** True when the serial (lower-case hex, no leading zeros) is listed. */
  has(serial: string): boolean;
  /**
   * `has` without a string: takes the content of an INTEGER as a certificate has it (two's
   * complement), and allocates nothing.
   *
   * @param start offset of its first byte; 0 when absent
   * @param end offset behind its last byte; the length of `bytes` when absent
   */
  hasInteger(bytes: Uint8Array, start?: number, end?: number): boolean;
  /** All serials as lower-case hex without leading zeros, in the CRL's own order. */
  serials(): Iterable<string>;
  /**
   * Shows each listed serial as offsets into `der`, in the CRL's own order, and makes nothing on
   * the way: its big-endian bytes without leading zeros; zero is one byte 0. A negative one, which
   * RFC 5280 forbids, stands as in the CRL, in two's complement.
   *
   * @example
   * crl.eachSerial((der, start, end) => set.add(Buffer.from(der.subarray(start, end)).toString('hex')));
   */
  eachSerial(visit: SerialVisitor): void;
}

/** Is shown one serial: its bytes in `der`, from `start` up to `end`. */
export type SerialVisitor = (der: Uint8Array, start: number, end: number) => void;

/** The signed part of a CRL and its signature, as offsets into `der`. */
export interface CrlSignature {
  readonly tbs: { readonly start: number; readonly end: number };
  readonly algorithm: SignatureAlgorithm;
  readonly signature: { readonly start: number; readonly end: number };
}

/** A CRL with the CA whose key signed it: the unit in which revocation travels. */
export interface IssuerCrl {
  /** A known CA certificate with the key that signed the CRL (renewed certificates share it). */
  readonly issuer: Certificate;
  readonly crl: Crl;
  /** True when the CRL is past its nextUpdate at the moment of planning. */
  readonly expired: boolean;
}

/** Why a newer CRL is not taken; its finding has this code. */
export type CrlRefusal = Extract<
  Code,
  | 'crl-bad-signature'
  | 'crl-signature-unsupported'
  | 'crl-indirect'
  | 'crl-not-yet-valid'
  | 'crl-older'
  | 'crl-number-back'
  | 'crl-shrunk'
>;

/**
 * Why a CRL in force is not available: what the source gives is refused, or the state's copy is
 * lost.
 */
export type UnreadReason = CrlRefusal | Extract<Code, 'crl-copy-lost'>;

/**
 * A CRL that was withdrawn by consent: its CA had stopped publishing, and nobody is refused by
 * it any more.
 */
export interface WithdrawnCrl {
  /** SHA-256 of the issuer's key. */
  readonly keySha256: string;
  /** Subject of the CA, for people. */
  readonly issuer: string;
  readonly sha256: string;
  readonly number?: string;
  readonly thisUpdate: Instant;
  readonly entries: number;
  /** When it was withdrawn. */
  readonly since: Instant;
  /** The CRL itself; absent when it is not available. */
  readonly issuerCrl?: IssuerCrl;
}

/**
 * Everything that says who is revoked: the CRLs in force, and what Trustloom adds where it owns
 * the check.
 */
export interface RevocationSet {
  /**
   * All CRLs in force by definition, sorted by the key's SHA-256: of each issuer key the complete
   * CRL, and its partitions and delta CRLs. Checks of ours merge them (`mergeCrls`); a service
   * that takes CRLs as signed gets the complete ones.
   */
  readonly crls: readonly IssuerCrl[];
  /**
   * Keys whose CRL in force is not available, with the reason: whatever the service holds of that
   * key stays. By SHA-256 of the key.
   */
  readonly unread: ReadonlyMap<string, UnreadReason>;
  /**
   * CRLs that are in force no longer, by consent: where a service still holds one, taking it away
   * readmits. Sorted by key.
   */
  readonly withdrawn: readonly WithdrawnCrl[];
  /**
   * Serials that left their CRL and stay refused where Trustloom owns the check, by SHA-256 of the
   * key.
   */
  readonly retained: ReadonlyMap<string, readonly string[]>;
  /** Emergency entries of the deny list. */
  readonly denied: readonly DenyEntry[];
  /**
   * Serials that `unrevoke` took off the deny list by name: the only reason for which a check of
   * ours gives up an entry that it holds of the deny list, besides the end of the certificate.
   */
  readonly released: readonly ReleasedSerial[];
  /**
   * The longest life of a client certificate by CA key, in milliseconds, where the definition says
   * so: it explains that a retained serial goes.
   */
  readonly leafLifeMs: ReadonlyMap<string, number>;
  /**
   * Known CAs that the CRL of their issuer names: nobody is admitted through their keys where
   * Trustloom owns the check.
   */
  readonly revokedCas: readonly Certificate[];
  /**
   * How long a CRL is used past its nextUpdate where Trustloom owns the check, in milliseconds.
   */
  readonly graceMs: number;
}

/**
 * A revocation set with nothing in it but what is given.
 *
 * @example
 * revocationSet({ crls: [{ issuer, crl, expired: false }] })
 */
export function revocationSet(parts: Partial<RevocationSet> = {}): RevocationSet {
  return {
    crls: [],
    unread: new Map(),
    withdrawn: [],
    retained: new Map(),
    denied: [],
    released: [],
    leafLifeMs: new Map(),
    revokedCas: [],
    graceMs: 0,
    ...parts,
  };
}
