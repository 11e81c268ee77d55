import type { JsonObject } from '../util/json.ts';
import type { Artifact } from './ports.ts';

/**
 * What a write does to trust (`docs/concepts`). The order of work and the consent needed follow
 * from it.
 */
export type Effect = 'tag' | 'grant' | 'enforce' | 'remove' | 'relax' | 'readmit' | 'cleanup' | 'revoke';

/** What a revoking step changes, for the summary. */
export interface RevocationChange {
  /** Subject of the issuing CA. */
  readonly issuer: string;
  readonly added: number;
  readonly removed: number;
  readonly entries: number;
  /** The first few serials added, lower-case hex. */
  readonly serials: readonly string[];
}

/**
 * Per kind of write: what it needs (`input`), and what it gives to later steps (`output`). All else
 * follows.
 */
export type StepTable<T> = {
  readonly [K in keyof T]: { readonly input: object; readonly output: object };
};

/** The kinds of write in a step table. */
export type StepKind<T> = keyof T & string;

/** A file to upload, by its digest. */
export type ArtifactRef = Pick<Artifact, 'sha256' | 'kind'>;

/** All that the engine, the approval digest and JSON read of a step. */
export interface StepEnvelope {
  /** Unique within the target and stable from plan to plan: `create-store`, `add-crl:3f9c2a10`. */
  readonly id: string;
  readonly effect: Effect;
  /**
   * What it acts on, as consents name it: SHA-256 of CAs (grant, remove) or CRLs (revoke, readmit),
   * ids of attachments or `setting=value` (enforce, relax), ids of objects (tag, cleanup). Each is
   * a line of the approval digest. Cleanup that every refresh may add to names nothing: an approved
   * plan must not go stale by it.
   */
  readonly affects: readonly string[];
  /**
   * What the write does, in the imperative: `attach CRL of Acme Issuing CA [308be4eb], 2 entries`.
   */
  readonly summary: string;
  /** Why it is needed: `the CRL in force is older`. Never shown as the result. */
  readonly reason: string;
  /** API action that it calls, as IAM writes it: `elasticloadbalancing:CreateTrustStore`. */
  readonly action: string;
  /** Ids of steps of the same target that must have succeeded before. */
  readonly after?: readonly string[];
  /** Consents beyond what the effect asks for: `adopt:<id>`. */
  readonly consents?: readonly string[];
  /** Files that it refers to; uploaded before it runs. */
  readonly files?: readonly ArtifactRef[];
  /** For `remove`: the whole target goes, so the consent is `remove:<target>`. */
  readonly wholeTarget?: boolean;
  readonly revocation?: RevocationChange;
  /**
   * Other targets need not wait for it before they begin to enforce: nothing uses yet what it
   * makes, or no client is admitted at this target so far. Before anything is removed anywhere, it
   * must be done.
   */
  readonly nonBlocking?: true;
  /**
   * It puts what this run knows of revocation in the place of what is in force (another store
   * behind a function). Done as revoking steps are: alone, and not once another run knows of more.
   */
  readonly replacesRevocation?: true;
}

/** True for a step that may not be done by a run that knows less of revocation than another. */
export function requiresLatestRevocation({
  effect,
  replacesRevocation,
}: Pick<StepEnvelope, 'effect' | 'replacesRevocation'>): boolean {
  return effect === 'revoke' || replacesRevocation === true;
}

declare const output: unique symbol;

/** One write of an adapter, typed by its step table. */
export type Step<T extends StepTable<T>, K extends StepKind<T> = StepKind<T>> = {
  readonly [P in K]: StepEnvelope & {
    readonly kind: P;
    readonly input: T[P]['input'];
    /** Never set; carries the type of the output to `outputOf`. */
    readonly [output]?: T[P]['output'];
  };
}[K];

/** Stands for a value that an earlier step of the same target gives. */
export interface Output<V> {
  readonly outputOf: string;
  readonly field: string;
  readonly [output]?: V;
}

/** A value that is known now, or that an earlier step gives. */
export type Value<V> = V | Output<V>;

/**
 * A reference to what a step will give, typed by the step's output.
 *
 * @example
 * const created = createStore(name, bundle)
 * const attach = addCrl(outputOf(created, 'arn'), crl)
 */
export function outputOf<Out extends object, F extends keyof Out & string>(
  step: Pick<StepEnvelope, 'id'> & { readonly [output]?: Out },
  field: F,
): Output<Out[F]> {
  return { outputOf: step.id, field };
}

/** True for a reference to the output of a step. */
export function isOutput<V>(value: Value<V>): value is Output<V> {
  return typeof value === 'object' && value !== null && 'outputOf' in value && 'field' in value;
}

/** What a step's write returned. */
export interface Receipt<Out extends object> {
  /** Values that later steps may refer to. */
  readonly output: Out;
  /**
   * What the state keeps for this target, merged over what it has; null deletes. Notes of a
   * revoking step stand in `revocation.json`, which a refresh may write, all others in
   * `trust.json`: no key may come from both kinds of step.
   */
  readonly notes?: JsonObject;
  /** The service needs time before the next step of this target may run. */
  readonly settles?: true;
}
