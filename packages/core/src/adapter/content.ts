import type { Crl } from '../crl/crl.ts';
import type { HeldDenial } from '../crl/held-denial.ts';
import type { Finding } from '../errors/finding.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** A CA that a target holds, as far as the service tells. */
export interface ObservedCa {
  readonly sha256: string;
  readonly subject: string;
  /** Present when the certificate could be read back. */
  readonly certificate?: Certificate;
}

/** A CRL that a target holds. */
export interface ObservedCrl {
  readonly sha256: string;
  readonly issuer: string;
  readonly entries: number;
  readonly thisUpdate?: Instant;
  readonly nextUpdate?: Instant;
  /** Imported but not in force (a disabled Roles Anywhere CRL). */
  readonly inForce: boolean;
  readonly crl?: Crl;
}

/**
 * A serial that a check of ours refuses by an entry of its own, apart from any CRL, exact and
 * readable: it survives the state, and from it a lost state is built again.
 */
export interface ObservedDenial extends HeldDenial {
  /** The CA for people: `Acme Issuing CA [308be4eb]`. */
  readonly ca: string;
}

/** A listener, distribution or domain and how it asks for client certificates. */
export interface ObservedAttachment {
  readonly id: string;
  /** In the service's own words: `verify`, `required`, `off`. */
  readonly mode: string;
  /** True when nobody without a trusted certificate is admitted here. */
  readonly enforcing: boolean;
  /**
   * The definition asks that it is. Absent: only a step that enforces, and is not done yet, tells so.
   */
  readonly shouldEnforce?: boolean;
  /**
   * What it verifies clients with, where that is nothing of this target: then neither the CAs nor
   * the CRLs of this target count here.
   */
  readonly otherStore?: string;
  readonly ignoresExpiry: boolean;
}

/** A way to the application that goes around the target. */
export interface Bypass {
  readonly id: string;
  readonly state: 'open' | 'closed' | 'unknown';
  readonly what: string;
  /** Who is admitted by it beyond those who should be; absent: anybody, without a certificate. */
  readonly admits?: 'revoked';
}

/** Where a client knocks: for `probe`. */
export type Endpoint =
  | { readonly kind: 'tls'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'create-session';
      readonly region: string;
      readonly trustAnchorArns: readonly string[];
      readonly profileArn: string;
      readonly roleArn: string;
    };

/** How the revoked are refused at a target, as observed. */
export interface ObservedEnforcement {
  /**
   * `crl`: the service checks CRLs itself. `none`: nothing does. Else the name that the service
   * information gives to what Trustloom brings (`capabilities.check`).
   */
  readonly mechanism: string;
  /** `partly`: on some ways in, which `gaps` names. */
  readonly state: 'enforced' | 'partly' | 'not-enforced';
  /** What keeps it from being enforced everywhere, in words. */
  readonly gaps: readonly string[];
  /** What makes it refuse good clients, in words; absent: nothing does. */
  readonly refusing?: readonly string[];
}

/** What every observation tells in the same words, for status, drift, reach and reports. */
export interface Content {
  /** Does our object exist at all? */
  readonly exists: boolean;
  /** `unknown` where the service does not tell and our digest tag does not either. */
  readonly cas: readonly ObservedCa[] | 'unknown';
  readonly crls: readonly ObservedCrl[];
  /**
   * True when something here carries our ownership tag, or refuses by what we once wrote (a
   * manifest, a KeyValueStore): then the state must know the target, or it was lost. Absent: no.
   */
  readonly owned?: boolean;
  /** Entries of the deny list and retained serials that a check of ours holds; absent: none. */
  readonly denials?: readonly ObservedDenial[];
  /** Absent: the service checks the CRLs in force itself. */
  readonly enforcement?: ObservedEnforcement;
  readonly attachments: readonly ObservedAttachment[];
  readonly bypasses: readonly Bypass[];
  readonly endpoints: readonly Endpoint[];
  /**
   * Preconditions that are not met, warnings that the service gives, drift that cannot be read off
   * the rest.
   */
  readonly findings: readonly Finding[];
  /**
   * What the target needs in order to stand and does not find: an attachment that is gone, a name
   * that is somebody else's. No matter to a target that leaves the definition.
   */
  readonly unmet?: readonly Finding[];
}
