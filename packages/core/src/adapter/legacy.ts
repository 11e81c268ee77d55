import type { Finding } from '../errors/finding.ts';
import type { Place } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';
import type { StandardSchemaV1 } from '../util/standard-schema.ts';
import type { Instant } from '../util/time.ts';
import type { Io, Observation, Rendering } from './contract.ts';
import type { Facts } from './facts.ts';
import type { Receipt, Step } from './legacy-step.ts';
import type { Artifact } from './ports.ts';
import type { TargetContext, Trust } from './target.ts';

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
