import type { Holdings } from '../adapter/content.ts';
import type { Observation, Rendering } from '../adapter/contract.ts';
import type { Adapter } from '../adapter/legacy.ts';
import type { Artifact, Sources, Uploads } from '../adapter/ports.ts';
import type { Pacers } from '../adapter/rate-limit.ts';
import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import type { TrustloomError } from '../errors/error.ts';
import type { ListFreshness } from '../state/freshness.ts';
import type { RecordedTarget, TrustloomRecord } from '../state/state.ts';
import type { Clock, Instant } from '../util/time.ts';
import type { Plan } from './plan.ts';
import type { TrustView } from './resolve-trust.ts';
import type { TargetHands, TargetWork } from './work.ts';

/** What planning needs of the world: it reads sources, the record and the services, and writes nothing. */
export interface PrepareParts {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly adapters: readonly Adapter[];
  readonly sources: Sources;
  readonly uploads: Uploads;
  readonly record: TrustloomRecord;
  readonly clock: Clock;
  readonly pacers: Pacers;
}

/** A plan together with what applying it needs; never leaves the process. */
export interface Prepared {
  readonly plan: Plan;
  readonly view: TrustView;
  /** What the record said of revocation when this was planned, with the lists that are accepted now. */
  readonly knows: string;
  /** How fresh the lists are that a target holds, by what the record knows of their issues. */
  readonly freshness: (holds: Holdings | undefined, now: Instant) => readonly ListFreshness[];
  readonly targets: readonly TargetWork[];
  readonly artifacts: ReadonlyMap<string, Artifact>;
}

/** One target before it is put into a plan: rendered and observed, or with the reason why not. */
export interface Surveyed {
  readonly hands: TargetHands;
  readonly leaving: boolean;
  readonly recorded?: Omit<RecordedTarget, 'notes'>;
  readonly rendering?: Rendering<unknown>;
  readonly observation?: Observation<unknown>;
  readonly failed?: TrustloomError;
}
