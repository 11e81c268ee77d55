import type { Crl, RevocationSet } from '../crl/crl.ts';
import type { Inventory } from '../crl/inventory.ts';
import type { Finding } from '../errors/finding.ts';
import type { Place } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';
import type { StandardSchemaV1 } from '../util/standard-schema.ts';
import type { Clock, Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Facts } from './facts.ts';
import type { Receipt, Step } from './step.ts';
import type { VersionedStore } from './versioned-store.ts';

/** What a definition grants on one target: the input of `render`. */
export interface Trust {
  /** CAs to be trusted here (state `trusted` in the lock, groups of the target), sorted by SHA-256. Never empty: see `revoked`. */
  readonly cas: readonly Certificate[];
  /**
   * CAs that would stand among them, had their issuers not revoked them. Where none but such are accepted, these are `cas`, so that what
   * holds of them stays in force; nobody new is trusted then.
   */
  readonly revoked: readonly Certificate[];
  /** Every CA that is known at all: the lock in any state, and what sources offer. For chains, reach and list issuers. */
  readonly known: readonly Certificate[];
  /** The lists in force by definition, one per issuer key: of CAs trusted here and of every known CA that can reach them. */
  readonly revocation: RevocationSet;
  /** The groups that the target trusts, with what the definition tells of their clients. */
  readonly groups: readonly TrustedGroup[];
}

/** What is known of the clients of a group, whichever of its CAs issued them. */
export interface TrustedGroup {
  readonly name: string;
  /** Serials that its CAs issued; absent when the group names none, or it could not be read. */
  readonly inventory?: Inventory;
  /** `false`: its client certificates never name an OCSP responder; absent: nobody knows. */
  readonly leavesHaveOcsp?: false;
}

/** Which target this is about, for names, tags and texts. */
export interface TargetContext {
  /** `name` of the definition: the owner mark on every object we make. */
  readonly definition: string;
  /** Name of the target in the definition. */
  readonly name: string;
  readonly place: Place;
  /** `external`: somebody else owns the attachment; keep the content, report the attachment. */
  readonly attach: 'managed' | 'external';
  readonly anchors: 'all' | 'issuing';
}

/** A file that a service, or a checker of ours, fetches from S3; uploaded before any step that refers to it. Named by its digest. */
export interface Artifact {
  /** SHA-256 of `body`, lower-case hex. */
  readonly sha256: string;
  /** `set`: a revocation set as a checker of ours reads it. `keys`: items of a key value store, as it imports them. */
  readonly kind: 'bundle' | 'crl' | 'set' | 'keys';
  readonly body: string | Uint8Array;
}

/** What a target should hold, in the service's own form. */
export interface Rendering<Desired> {
  readonly desired: Desired;
  /** The certificates that will be anchors, for reach. */
  readonly anchors: readonly Certificate[];
  readonly artifacts: readonly Artifact[];
  /** What refuses the revoked, by definition; absent: the service checks lists itself, or nothing does. */
  readonly mechanism?: HeldEnforcement['mechanism'];
  readonly findings: readonly Finding[];
}

/** A CA that a target holds, as far as the service tells. */
export interface HeldCa {
  readonly sha256: string;
  readonly subject: string;
  /** Present when the certificate could be read back. */
  readonly certificate?: Certificate;
}

/** A list that a target holds. */
export interface HeldCrl {
  readonly sha256: string;
  readonly issuer: string;
  readonly entries: number;
  readonly thisUpdate?: Instant;
  readonly nextUpdate?: Instant;
  /** Imported but not in force (a disabled Roles Anywhere list). */
  readonly inForce: boolean;
  readonly crl?: Crl;
}

/** A listener, distribution or domain and how it asks for client certificates. */
export interface HeldAttachment {
  readonly id: string;
  /** In the service's own words: `verify`, `required`, `off`. */
  readonly mode: string;
  /** True when nobody without a trusted certificate gets in here. */
  readonly enforcing: boolean;
  readonly ignoresExpiry: boolean;
}

/** A way to the application that goes around mTLS. */
export interface Door {
  readonly id: string;
  readonly state: 'open' | 'closed' | 'unknown';
  readonly what: string;
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
export interface HeldEnforcement {
  /** `list`: the service checks lists itself. `function`: a connection function. `authorizer`: a Lambda authorizer. `none`: nothing does. */
  readonly mechanism: 'list' | 'function' | 'authorizer' | 'none';
  /** `partly`: on some ways in, which `gaps` names. */
  readonly state: 'enforced' | 'partly' | 'not-enforced';
  /** What keeps it from being enforced everywhere, in words. */
  readonly gaps: readonly string[];
  /** What makes it refuse good clients, in words; absent: nothing does. */
  readonly refusing?: readonly string[];
}

/** What every observation tells in the same words, for status, drift, reach and reports. */
export interface Holdings {
  /** Does our object exist at all? */
  readonly exists: boolean;
  /** `unknown` where the service does not tell and our digest tag does not either. */
  readonly cas: readonly HeldCa[] | 'unknown';
  readonly crls: readonly HeldCrl[];
  /** Absent: the service checks the lists in force itself. */
  readonly enforcement?: HeldEnforcement;
  readonly attachments: readonly HeldAttachment[];
  readonly doors: readonly Door[];
  readonly endpoints: readonly Endpoint[];
  /** Preconditions that are not met, warnings that the service gives, drift that cannot be read off the rest. */
  readonly findings: readonly Finding[];
}

/** What a target holds now. */
export interface Observation<Observed> {
  readonly state: Observed;
  readonly holds: Holdings;
  /** What the service is still busy with, in words (`trust store is CREATING`); empty when settled. */
  readonly pending: readonly string[];
}

/** Where an object of ours lies in S3. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
}

/** What observing and performing may use of the world, besides the adapter's own port. */
export interface Io {
  readonly context: TargetContext;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What earlier receipts of this target left in the record. */
  readonly notes: JsonObject;
  /** Sends a request as soon as the service's rate allows one more call of this family (a key of `facts.rates`). Every request goes so. */
  paced<T>(family: string, send: () => Promise<T>): Promise<T>;
  /**
   * A read whose answer is the same for every target of this service and place (`stores`): who asks first asks the service, all others
   * that look at the same time get the same answer. For observing alone: what decides a write is read for itself.
   */
  shared<T>(key: string, read: () => Promise<T>): Promise<T>;
  /**
   * This run has written already, so that a list of the service may lag behind: ask for the thing itself. False while all targets look
   * at once, before any write: then a list that serves all of them is asked for instead.
   */
  readonly afterWrite: boolean;
  /**
   * Reads an object from S3 in the target's account; undefined when it is not there. One that is named with its version is read once for
   * all targets that look at the same time.
   */
  readObject(location: ObjectLocation): Promise<Uint8Array | undefined>;
  /** Files of ours in the target's own bucket. */
  readonly files: OwnFiles;
}

/** A file that was uploaded: its whole name in the bucket, and the version that was put there. */
export interface FileVersion {
  readonly key: string;
  readonly version: string;
}

/**
 * Files of ours in one bucket: small ones at names that stay, each written and deleted only if it is still what was read (what a checker of
 * ours polls), and versions of artifacts. Nothing without a name that we give is ever touched.
 */
export interface OwnFiles extends Pick<VersionedStore, 'get' | 'put'> {
  /** False when that version of an artifact is not there any more, or may not be read: S3 tells the two apart only for those who may list. */
  has(file: FileVersion): Promise<boolean>;
  /** Deletes a file at a name that stays; `conflict` when it is not what `ifMatch` says any more. One that is gone already is deleted. */
  remove(key: string, condition: { readonly ifMatch: string }): Promise<'removed' | 'conflict'>;
  /** Deletes versions of artifacts in one call, a thousand at most; what is gone already is no harm. */
  removeVersions(files: readonly FileVersion[]): Promise<void>;
}

/** What an adapter plans for one target. */
export interface TargetPlan<Input extends JsonObject> {
  /** In the order in which they make sense; no steps means that the target holds what it should. */
  readonly steps: readonly Step<Input>[];
  /** Artifacts beyond those of the rendering (a union bundle on the way). */
  readonly artifacts?: readonly Artifact[];
  readonly findings: readonly Finding[];
  /** Something of a target that leaves has to stay for now, and a finding says why: the target is not forgotten until it is gone. */
  readonly stays?: true;
}

/**
 * The code for one service. Everything but `observe` and `perform` is pure: same input, same output, no clock, no I/O.
 * `Target` is what the definition says under the adapter's key, `Desired` and `Observed` are the adapter's own types.
 */
export interface AdapterSpec<Target, Desired, Observed, Input extends JsonObject> {
  readonly facts: Facts;
  /** How a target is written in a definition, under this key (`alb`, `apiGateway`). */
  readonly key: string;
  readonly target: StandardSchemaV1<unknown, Target>;
  /** True when what this target should hold depends on the inventories of its groups; absent: never. Where no target asks, none is fetched. */
  readsInventory?(target: Target): boolean;
  /** Account and region as far as the target itself tells them (ARNs; CloudFront is always us-east-1). */
  place(target: Target): Partial<Place>;
  /**
   * What the target should hold. Must refuse (finding with severity `error`) what the service cannot hold or enforce;
   * must not depend on the order of its input; may not drop a CA silently.
   */
  render(
    trust: Trust,
    target: Target,
    context: TargetContext & { readonly now: Instant },
  ): Rendering<Desired>;
  /** Reads only. Never throws for a missing object: it is then observed as absent. */
  observe(target: Target, io: Io): Promise<Observation<Observed>>;
  /**
   * The writes from `observed` to `desired`; none when it holds. `desired` undefined: the target left the definition, so detach and
   * delete what carries our mark. A write that would both grant and remove is split: union first, subset later.
   */
  plan(
    desired: Desired | undefined,
    observed: Observed,
    target: Target,
    context: TargetContext & { readonly now: Instant },
  ): TargetPlan<Input>;
  /**
   * At most one write. Must not repeat it, and beside a revoking one makes no call of a family with a burst of one: others may wait with it
   * for the lane. The service's exceptions come out as `TrustloomError`s with codes of the table.
   */
  perform(step: Step<Input>, target: Target, io: Io): Promise<Receipt>;
}

/** An adapter with its own types hidden: what the engine works with. */
export interface Adapter {
  readonly facts: Facts;
  readonly key: string;
  readonly schema: StandardSchemaV1<unknown, JsonObject>;
  place(target: JsonObject): Partial<Place>;
  readsInventory(target: JsonObject): boolean;
  /** Binds one target of a definition. */
  bind(target: JsonObject, context: TargetContext): BoundTarget;
}

/** One target, ready to be rendered, observed, planned and written. */
export interface BoundTarget {
  readonly context: TargetContext;
  readonly facts: Facts;
  render(trust: Trust, now: Instant): Rendering<unknown>;
  observe(io: Io): Promise<Observation<unknown>>;
  plan(
    rendering: Rendering<unknown> | undefined,
    observation: Observation<unknown>,
    now: Instant,
  ): TargetPlan<JsonObject>;
  perform(step: Step, io: Io): Promise<Receipt>;
}
