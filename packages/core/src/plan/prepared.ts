import type { Content } from '../adapter/content.ts';
import type { BoundStep, BoundTarget, ObservedTarget, RenderedTarget, Service } from '../adapter/contract.ts';
import type { Artifact, Sources } from '../adapter/ports.ts';
import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import type { TrustloomError } from '../errors/error.ts';
import type { CrlFreshness } from '../state/freshness.ts';
import type { TargetRow, TrustloomState, TrustState } from '../state/state.ts';
import type { Instant } from '../util/time.ts';
import type { PlannedStep } from './consent.ts';
import type { Plan, PlannedTarget } from './plan.ts';
import type { ResolvedTrust } from './resolve-trust.ts';
import type { TargetIo, WorldAccess } from './target-io.ts';

/**
 * What planning needs of the world: it reads sources, the state and the services, and writes
 * nothing.
 */
export interface PrepareParts extends WorldAccess {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly services: readonly Service[];
  readonly sources: Sources;
  readonly state: TrustloomState;
}

/** One target as it was found: rendered and observed, or with the reason why not. */
export interface SeenTarget {
  /** What it was first called: its key in the state. */
  readonly id: string;
  /** What it is called in texts and consents. */
  readonly name: string;
  readonly bound: BoundTarget;
  readonly io: TargetIo;
  /** The definition does not claim it any more: it is to go, and is enforced until it is gone. */
  readonly leaving: boolean;
  /**
   * `lost`: something of ours stands there, and the state does not know the target. `rebuilt`: the
   * state was built again from what stands there. In both nothing that refuses anybody goes.
   */
  readonly memory: 'known' | 'lost' | 'rebuilt';
  /** What the state shall say of it before its first write; absent when it leaves. */
  readonly row?: Omit<TargetRow, 'notes'>;
  readonly rendered?: RenderedTarget;
  readonly observed?: ObservedTarget;
  readonly failed?: TrustloomError;
}

/**
 * What steps are done with: their handlers by id, and the files that they may refer to by SHA-256.
 */
export interface StepMeans {
  readonly handlers: ReadonlyMap<string, BoundStep>;
  readonly artifacts: ReadonlyMap<string, Artifact>;
}

/** One target with its part of the plan: what apply works on. */
export interface RunTarget extends SeenTarget, StepMeans {
  readonly planned: PlannedTarget;
  /** Steps that the run leaves alone, as a refresh does with all that revoke nobody. */
  readonly leftAlone?: readonly PlannedStep[];
  /** The state was built again from it, and nothing is left there that it does not explain. */
  readonly explained: boolean;
}

/** What is left to do on a target, found out in the middle of a run. */
export interface Replanned extends StepMeans {
  readonly steps: readonly PlannedStep[];
  /** Something of a target that leaves stays for now. */
  readonly stays: boolean;
}

/** A plan together with what applying it needs; never leaves the process. */
export interface Prepared {
  readonly plan: Plan;
  readonly resolved: ResolvedTrust;
  readonly lock: Lock;
  /**
   * What the state said of revocation when this was planned, with the CRLs that are accepted now.
   */
  readonly revocationFingerprint: string;
  /** How fresh the CRLs are that a target holds, by what the state knows of their issues. */
  readonly freshness: (content: Content | undefined, now: Instant) => readonly CrlFreshness[];
  readonly targets: readonly RunTarget[];
  /** CAs that were retired, as the state is to have them. */
  readonly retired: NonNullable<TrustState['retired']>;
  /** Rows of the state whose file of retained serials is missing or changed, by their keys. */
  readonly lostRetained: ReadonlySet<string>;
  /** Id of the definition, where the state does not have one yet. */
  readonly newDefinition: string | undefined;
}
