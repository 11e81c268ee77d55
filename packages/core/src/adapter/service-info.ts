import type { Code } from '../errors/codes.ts';
import type { Severity } from '../errors/finding.ts';
import type { JsonObject } from '../util/json.ts';
import type { ChainBuilding } from '../x509/reach.ts';

/**
 * One documented limit of a service. Stands once, in the adapter's `facts`, and is read by rules,
 * tests and docs.
 */
export interface Limit {
  readonly max: number;
  readonly unit: string;
  /** AWS can raise it on request. */
  readonly adjustable: boolean;
  /** Where the number stands: title of the AWS page, `model`, or who measured it. */
  readonly source: string;
  /** Month in which the source was read: `2026-11`. */
  readonly checked: string;
}

/** The names of limits that the shared rules read; an adapter may have others. */
export type LimitName =
  | 'certificates' // CA certificates in one store or anchor
  | 'bundleBytes' // size of one bundle
  | 'certificateBytes' // size of one certificate, PEM
  | 'subjectBytes' // all subjects together
  | 'chainDepth'
  | 'crls' // CRLs per store or anchor
  | 'crlEntries' // entries per store, all CRLs
  | 'crlBytes' // size of one CRL as the service takes it
  | 'stores'
  | 'attachments';

/** A token bucket of the service's control plane, per account and region. */
export interface Rate {
  /** Calls that may come at once. */
  readonly burst: number;
  readonly perSecond: number;
  /** API actions that draw on it. */
  readonly actions: readonly string[];
  readonly source: string;
  readonly checked: string;
}

/** What a service does about what a pre-flight rule finds; `unknown` is reported as a warning. */
export interface Verdict {
  readonly severity: Severity | 'unknown';
  /** RFC section, title of the AWS page, or who saw it. */
  readonly source: string;
}

/** What a service can do, as data: validation, plans, tests and docs all read this. */
export interface Capabilities {
  readonly chain: ChainBuilding;
  /** May an intermediate alone be trusted? Decides whether `anchors: issuing` is possible. */
  readonly intermediateAnchors: boolean;
  /**
   * `crl`: takes CRLs itself. `enforced-by-us`: knows no CRL, so a mechanism that Trustloom
   * brings refuses the revoked.
   */
  readonly revocation: 'crl' | 'enforced-by-us';
  /** What refuses the revoked where Trustloom brings the check. Absent: the service does. */
  readonly check?: {
    /** As observations and reports name it: `function`. */
    readonly mechanism: string;
    /** For people: `a connection function`. */
    readonly title: string;
    /**
     * Who puts it in place. `plan`: its steps do. `owner`: whoever owns the ways in, so that it may
     * be missing on some of them after the plan, too.
     */
    readonly attachedBy: 'plan' | 'owner';
  };
  /** Does the service take a CRL without entries? */
  readonly emptyCrl: boolean;
  /** Must the issuer of a CRL stand in the store? Unknown counts as yes. */
  readonly crlIssuerInStore: boolean;
  /**
   * `unknown`: it is not documented what becomes of a CA without a CRL where others have one. Absent:
   * its clients are admitted.
   */
  readonly unlistedCa?: 'unknown';
  /**
   * A client certificate must be of version 3, be no CA, name its subject, and have
   * digitalSignature in its key usage.
   */
  readonly strictLeaf?: true;
  /** Keys of CAs that the service takes; RSA sizes in bits. Absent: not known. */
  readonly caKeys?: {
    readonly rsaBits: { readonly sizes: readonly number[] } | { readonly min: number; readonly max?: number };
    readonly curves: readonly string[];
  };
  /** Must a CA have a keyUsage extension? Absent: no. */
  readonly caKeyUsage?: 'required';
  /** Can the bundle in force be read back? */
  readonly bundleReadable: boolean;
  /** Modes that a target of this service can have, strictest first. */
  readonly modes: readonly string[];
}

/** All data about one service. */
export interface ServiceInfo {
  /**
   * Key of the kind in a definition, and of its targets in texts: `alb`, `cloudfront`,
   * `api-gateway`, `roles-anywhere`.
   */
  readonly service: string;
  /** For people: `Application Load Balancer`. */
  readonly title: string;
  readonly capabilities: Capabilities;
  /**
   * What it does about what the pre-flight rules find, by code. A rule that a standard backs
   * applies also where it is not named.
   */
  readonly verdicts: Readonly<Partial<Record<Code, Verdict>>>;
  readonly limits: Readonly<Partial<Record<LimitName, Limit>> & Record<string, Limit | undefined>>;
  /** Token buckets by family name. */
  readonly rates: Readonly<Record<string, Rate>>;
  /** IAM actions by what they are needed for. */
  readonly permissions: {
    readonly observe: readonly string[];
    readonly refresh: readonly string[];
    readonly apply: readonly string[];
  };
  /** What a client keeps after it was revoked, and until when. */
  readonly residualAccess: readonly string[];
  /**
   * Sessions that the service hands out on a certificate: they live on after it was revoked.
   * `serial`: each is named after the certificate's serial, in lower-case hex, so that a policy can
   * deny it by name.
   */
  readonly sessions?: {
    readonly named: 'serial';
    readonly maxMs: number;
    readonly source: string;
    /**
     * An IAM policy that ends the sessions of these serials (lower-case hex without leading zeros).
     */
    readonly denyPolicy: (serials: readonly string[]) => JsonObject;
  };
  /**
   * How to wait for the service: how often to look, and when to give up; `expect` is what a plan
   * counts with.
   */
  readonly settle: {
    readonly everyMs: number;
    readonly expectMs: number;
    readonly limitMs: number;
    readonly source: string;
  };
}
