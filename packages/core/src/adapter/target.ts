import type { RevocationSet } from '../crl/crl.ts';
import type { Inventory } from '../crl/inventory.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** A CA by its digest and as people know it: `Acme Issuing CA [308be4eb]`. */
export interface NamedCa {
  readonly sha256: string;
  readonly name: string;
}

/**
 * A CA that is granted nowhere anew: its group names CRLs, and of a CA through which its clients are
 * admitted, or that tells whether it is revoked, none was ever accepted.
 */
export interface WaitingCa extends NamedCa {
  readonly keySha256: string;
  /** The CAs without a CRL: itself, or CAs above or below it. */
  readonly unlisted: readonly NamedCa[];
  /** Addresses of the group that gave no CRL that could be used. */
  readonly sources: readonly string[];
}

/** What a definition grants on one target: the input of `render`. */
export interface Trust {
  /**
   * CAs to be trusted here (state `trusted` in the lock, groups of the target), sorted by SHA-256.
   * Never empty: see `revoked`.
   */
  readonly cas: readonly Certificate[];
  /**
   * CAs that would stand among them, had their issuers not revoked them. Where none but such are
   * accepted, these are `cas`, so that what holds of them stays in force; nobody new is trusted
   * then.
   */
  readonly revoked: readonly Certificate[];
  /**
   * Those of `cas` that wait for their first CRL: where one stands it stays, and nowhere does it
   * come anew. `defineService` sees to that, no adapter need to. Absent: none.
   */
  readonly waiting?: readonly WaitingCa[];
  /**
   * Every CA that is known at all: the lock in any state, and what sources offer. For chains, reach
   * and CRL issuers.
   */
  readonly known: readonly Certificate[];
  /**
   * The CRLs in force by definition, one per issuer key: of CAs trusted here and of every known CA
   * that can reach them.
   */
  readonly revocation: RevocationSet;
  /** The groups that the target trusts, with what the definition tells of their clients. */
  readonly groups: readonly TrustedGroup[];
}

/** What is known of the clients of a group, whichever of its CAs issued them. */
export interface TrustedGroup {
  readonly name: string;
  /** SHA-256 of the CAs that were accepted in it; absent: unknown. */
  readonly cas?: readonly string[];
  /** Serials that its CAs issued; absent when the group names none, or it could not be read. */
  readonly inventory?: Inventory;
  /** `false`: its client certificates never name an OCSP responder; absent: unknown. */
  readonly leavesHaveOcsp?: false;
}

/** Which target this is about, for names, tags and texts. */
export interface TargetContext {
  /** `name` of the definition: the ownership tag on every object we make. */
  readonly definition: string;
  /** `id` of the definition's lock; absent before the first `accept`. */
  readonly definitionId?: string;
  /**
   * What the target was first called. It never changes: names and tags of what is made for the
   * target have it, so that a rename changes nothing that a client could notice.
   */
  readonly id: string;
  /** What the definition calls the target now: for texts. */
  readonly name: string;
  readonly accountRegion: AccountRegion;
  /** `external`: somebody else owns the attachment; keep the content, report the attachment. */
  readonly attach: 'managed' | 'external';
  readonly anchors: 'all' | 'issuing';
}

/** What pure functions of an adapter know besides: which target, and what time it is. */
export interface PlanContext extends TargetContext {
  readonly now: Instant;
  /**
   * The state does not know what is in force here: it was lost, or is older than what the target
   * holds. Nothing that refuses anybody may go; what refuses more still comes, and a CRL gets the
   * later end.
   */
  readonly stateLost?: boolean;
}
