import type { Finding } from '../errors/finding.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';
import type { StandardSchemaV1 } from '../util/standard-schema.ts';
import type { Clock, Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Content, ObservedEnforcement } from './content.ts';
import type { Artifact, ObjectLocation, OwnFiles } from './ports.ts';
import type { ServiceInfo } from './service-info.ts';
import type { ArtifactRef, Receipt, Step, StepEnvelope, StepKind, StepTable, Value } from './step.ts';
import type { PlanContext, TargetContext, Trust } from './target.ts';

/** What a target should hold, in the service's own form. */
export interface Rendering<Desired> {
  readonly desired: Desired;
  /** The certificates that will be anchors, for reach. */
  readonly anchors: readonly Certificate[];
  readonly artifacts: readonly Artifact[];
  /**
   * What refuses the revoked, by definition; absent: the service checks CRLs itself, or nothing
   * does.
   */
  readonly mechanism?: ObservedEnforcement['mechanism'];
  readonly findings: readonly Finding[];
}

/** What the engine reads of a rendering; `desired` stays with the adapter. */
export interface RenderedTrust extends Omit<Rendering<unknown>, 'desired'> {
  /** Every CA that could admit clients is revoked: nobody is admitted anew, all else goes on. */
  readonly noneLeft: boolean;
}

/** What a target holds now. */
export interface Observation<Observed> {
  readonly state: Observed;
  readonly content: Content;
  /**
   * What the service is still busy with, in words (`trust store is CREATING`); empty when settled.
   */
  readonly pending: readonly string[];
}

/** What observing and performing may use of the world, besides the adapter's own port. */
export interface Io {
  readonly context: TargetContext;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What earlier receipts of this target left in the state. */
  readonly notes: JsonObject;
  /**
   * Sends a request as soon as the service's rate allows one more call of this family (a key of
   * `facts.rates`). Every request goes so.
   */
  rateLimited<T>(family: string, send: () => Promise<T>): Promise<T>;
  /**
   * A read whose answer is the same for every target of this service and place (`stores`): who asks
   * first asks the service, all others that look at the same time get the same answer. For
   * observing alone: what decides a write is read for itself.
   */
  shared<T>(key: string, read: () => Promise<T>): Promise<T>;
  /**
   * This run has written already, so that a list of the service may lag behind: ask for the thing
   * itself. False while all targets look at once, before any write: then a list that serves all of
   * them is asked for instead.
   */
  readonly afterWrite: boolean;
  /**
   * Reads an object from S3 in the target's account; undefined when it is not there. One that is
   * named with its version is read once for all targets that look at the same time.
   */
  readObject(location: ObjectLocation): Promise<Uint8Array | undefined>;
  /** Files of ours in the target's own bucket. */
  readonly files: OwnFiles;
}

/** What an SDK client looks like from here. */
export interface SdkClient {
  destroy(): void;
}

/** The class of an SDK client. Each version of the SDK types its configuration in its own way. */
export type SdkClientClass<C extends SdkClient> = new (config: never) => C;

/** The way to the services of one account and region. */
export interface Access {
  /**
   * The client of this class for the target's account and region, made once.
   *
   * @param serviceId as the SDK names the service: `Elastic Load Balancing v2`
   */
  client<C extends SdkClient>(Class: SdkClientClass<C>, serviceId: string): C;
  readonly fetch: typeof globalThis.fetch;
}

/** What a port is made of: the way to the services, and what an observation or a write may use. */
export interface ServiceIo extends Io, Access {}

/** What a handler may use besides: what earlier steps gave, and where uploaded files lie. */
export interface StepIo extends ServiceIo {
  value<V>(value: Value<V>): V;
  uploaded(file: Pick<ArtifactRef, 'sha256'>): Required<ObjectLocation>;
}

/**
 * One function for each kind of step; does not compile with one missing. Each does at most one
 * write and never repeats it. Beside a revoking write it makes no call of a family with a burst of
 * one: other targets may wait for the revocation lane meanwhile.
 */
export type Handlers<T extends StepTable<T>, Port> = {
  readonly [K in StepKind<T>]: (
    input: T[K]['input'],
    port: Port,
    io: StepIo,
  ) => Promise<Receipt<T[K]['output']>>;
};

/** What an adapter plans for one target. */
export interface ServicePlan<S> {
  /** In the order in which they make sense; no steps means that the target is in sync. */
  readonly steps: readonly S[];
  /** Files beyond those of the rendering (a union bundle on the way). */
  readonly artifacts?: readonly Artifact[];
  readonly findings: readonly Finding[];
  /** Something of a leaving target has to stay for now, and a finding says why. */
  readonly stays?: true;
}

/**
 * The code for one service. Everything but `observe`, `perform` and `connect` is pure: same input,
 * same output, no clock, no I/O. `Target` is what the definition says under the service's key;
 * `Desired`, `Observed`, `Port` and the step table `T` are the adapter's own types.
 */
export interface ServiceSpec<Target, Desired, Observed, Port, T extends StepTable<T>> {
  /** How a target is written in a definition, under this key: `alb`, `apiGateway`. */
  readonly key: string;
  readonly info: ServiceInfo;
  /** Made when a definition is read: schema libraries take their time to load. */
  readonly schema: () => StandardSchemaV1<unknown, Target>;
  /** Account and region as far as the target itself names them (in ARNs). */
  accountRegion(target: Target): Partial<AccountRegion>;
  /**
   * What the target is attached to, by ids that no two targets of one account and region share:
   * listeners, distributions, a domain. By them a target is known again when its name changes, and
   * two targets that claim the same one are refused. Empty where a service has none.
   */
  attachments(target: Target): readonly string[];
  /** Does what this target should hold depend on the inventories of its groups? Absent: never. */
  readsInventory?(target: Target): boolean;
  /**
   * What the target should hold. Refuses (a finding with severity `error`) what the service cannot
   * hold or enforce; does not depend on the order of its input; never drops a CA silently.
   */
  render(trust: Trust, target: Target, context: PlanContext): Rendering<Desired>;
  /**
   * Reads only. Never throws for a missing object: it is then observed as absent.
   *
   * @param trust what the definition grants here, absent where it grants nothing: for bypasses, which
   *   depend on whose clients are ours. What stands there is reported the same whatever it says.
   */
  observe(target: Target, port: Port, io: ServiceIo, trust?: Trust): Promise<Observation<Observed>>;
  /**
   * The writes from `observed` to `desired`; none when the target is in sync. `desired` undefined:
   * the target leaves the definition, so detach and delete what carries our ownership tag. A write
   * that would both grant and remove is split: union first, subset later.
   */
  plan(
    desired: Desired | undefined,
    observed: Observed,
    target: Target,
    context: PlanContext,
  ): ServicePlan<Step<T>>;
  readonly perform: Handlers<T, Port>;
  /** The narrow interface to the service, for one observation or one write. Loads the SDK. */
  connect(io: ServiceIo): Promise<Port>;
}

/** What the engine holds of a service: its types are hidden in closures. */
export interface Service {
  readonly key: string;
  readonly info: ServiceInfo;
  readonly schema: () => StandardSchemaV1<unknown, object>;
  accountRegion(config: object): Partial<AccountRegion>;
  attachments(config: object): readonly string[];
  readsInventory(config: object): boolean;
  /** One target of a definition. @throws TrustloomError `definition-value` */
  bind(config: object, context: TargetContext): BoundTarget;
}

/** A target with its service. */
export interface BoundTarget {
  readonly context: TargetContext;
  readonly info: ServiceInfo;
  /** What should stand there; `trust` undefined: the target leaves the definition. Pure. */
  render(trust: Trust | undefined, now: Instant): RenderedTarget;
}

/** A target with what should stand there. */
export interface RenderedTarget {
  /** Absent when the target leaves. */
  readonly rendering?: RenderedTrust;
  /** Looks at what stands there. Reads only. */
  observe(io: ServiceIo): Promise<ObservedTarget>;
}

/** A target with what should stand there and what does. */
export interface ObservedTarget {
  readonly content: Content;
  readonly pending: readonly string[];
  /** The writes between the two. Pure. `stateLost`: see `PlanContext`. */
  plan(now: Instant, memory?: Pick<PlanContext, 'stateLost'>): ServicePlan<BoundStep>;
  /** The writes that take away what stands there: the target left the definition. Pure. */
  planTeardown(now: Instant): ServicePlan<BoundStep>;
}

/** A step with the handler that does it. */
export interface BoundStep {
  readonly step: StepEnvelope & { readonly kind: string };
  perform(io: StepIo): Promise<Receipt<object>>;
}
