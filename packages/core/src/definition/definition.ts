import type { Location } from '../errors/finding.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';

/** An account that the definition names, or that an ARN in it names. */
export interface AccountDefinition {
  /** Its name in the definition, or its twelve digits. */
  readonly name: string;
  /** Twelve digits; of the role's ARN where a role is assumed. */
  readonly id: string;
  readonly assumeRole?: string;
  readonly externalId?: string;
}

/**
 * Where something is fetched: a path, `s3://bucket/key`, `https://...`, or for CRLs `http://...`.
 */
export interface SourceAddress {
  readonly text: string;
  readonly kind: 'file' | 's3' | 'https' | 'http';
  readonly at?: Location;
}

/** CAs that belong together. */
export interface GroupDefinition {
  readonly name: string;
  /** Name of the account whose role reads the sources. */
  readonly account?: string;
  readonly bundle: readonly SourceAddress[];
  readonly crls: readonly SourceAddress[];
  /** Longest life of a client certificate, in milliseconds. */
  readonly leafLifeMs?: number;
  /**
   * `false`: its client certificates never name an OCSP responder, as the preset knows; absent:
   * unknown.
   */
  readonly leavesHaveOcsp?: false;
  /** Serials that the CAs have issued, one a line. */
  readonly inventory?: SourceAddress;
  readonly at?: Location;
}

/** One place that must follow. */
export interface TargetDefinition {
  readonly name: string;
  /** What it was called before, where no attachment tells. */
  readonly was?: string;
  /** Key of the adapter: `alb`, `cloudfront`, `apiGateway`, `rolesAnywhere`. */
  readonly kind: string;
  /** Groups that are trusted here. */
  readonly trust: readonly string[];
  readonly attach: 'managed' | 'external';
  readonly anchors: 'all' | 'issuing';
  readonly accountRegion: AccountRegion;
  readonly accountName: string;
  /** What stands under the adapter's key, validated by its schema. */
  readonly config: JsonObject;
  readonly at?: Location;
}

/** What the user wrote, with every place and default resolved. Frozen. */
export interface Definition {
  readonly name: string;
  readonly state: {
    readonly accountRegion: AccountRegion;
    readonly accountName: string;
  };
  /**
   * Bucket for the state and uploads, with `{account}` and `{region}` as the only placeholders.
   */
  readonly bucket: string;
  readonly revocation: {
    /** How long a stale set is used where we own the check, in milliseconds. */
    readonly graceMs: number;
    /** Longest acceptable time from a CRL's issue to its enforcement, in milliseconds. */
    readonly maxLagMs?: number;
  };
  readonly accounts: readonly AccountDefinition[];
  readonly groups: readonly GroupDefinition[];
  readonly targets: readonly TargetDefinition[];
}
