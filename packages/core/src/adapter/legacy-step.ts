import type { JsonObject } from '../util/json.ts';
import type { Effect, RevocationChange } from './step.ts';

/**
 * One write, as plain JSON. Objects that do not exist yet are references: `{ "$ref": "<step id>", "get": "arn" }` stands for a value of
 * an earlier step's receipt, `{ "$artifact": "<sha256>" }` for the place of an uploaded file (`{ bucket, key, version }`).
 */
export interface Step<Input extends JsonObject = JsonObject> {
  /** Unique within the target and stable from plan to plan: `create-store`, `add-list:3f9c2a10`. */
  readonly id: string;
  readonly effect: Effect;
  /**
   * What it acts on, as consents name it: SHA-256 of CAs (grant, remove) or lists (revoke, readmit), ids of attachments or
   * `setting=value` (enforce, open), ids of objects (label, clean). Each becomes a line of the approval digest. Housekeeping that every
   * refresh may add to names none: an approved plan must not go stale by it.
   */
  readonly things: readonly string[];
  /** Which difference it ends, in words: `trust CN=Acme Root`. */
  readonly mends: string;
  /** API action it calls, as IAM writes it: `elasticloadbalancing:CreateTrustStore`. */
  readonly action: string;
  readonly input: Input;
  /** Ids of steps of the same target that must have succeeded before. */
  readonly after?: readonly string[];
  /** Consents beyond what the effect asks for: `adopt:<id>`. */
  readonly consents?: readonly string[];
  /** For `remove`: the whole target goes, so the consent is `remove:<target>`. */
  readonly wholeTarget?: boolean;
  readonly revocation?: RevocationChange;
  /**
   * Nobody is waiting for it: nothing uses yet what it makes, or nobody gets in at this target so far. Other targets may begin to enforce
   * before it is done; before anything is taken away anywhere, it must be.
   */
  readonly unawaited?: true;
  /**
   * It puts what this run knows of the revoked in the place of what is in force (another store behind a function). Done as revoking steps
   * are: alone, and not once another run knows of more.
   */
  readonly swapsRevocation?: true;
}

/** True for a step that may not be done by a run that knows less of the revoked than another. */
export const needsNewest = ({ effect, swapsRevocation }: Step): boolean =>
  effect === 'revoke' || swapsRevocation === true;

/** What a step's write returned. */
export interface Receipt {
  /** Values that later steps may refer to: `{ arn }`. */
  readonly result: JsonObject;
  /**
   * What the record shall remember for this target (merged over what it has): ids, CloudFront ETags. Notes of a revoking step lie in
   * `revocation.json`, which a refresh may write, all others in `trust.json`: no key may come from both kinds of step.
   */
  readonly notes?: JsonObject;
  /** True when the service needs time before the next step of this target may run. */
  readonly settles?: boolean;
}
