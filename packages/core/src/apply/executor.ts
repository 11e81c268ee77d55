import type { Content } from '../adapter/content.ts';
import type { ObservedTarget, RenderedTarget } from '../adapter/contract.ts';
import { requiresLatestRevocation } from '../adapter/step.ts';
import { asTrustloomError, TrustloomError } from '../errors/error.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { Replanned, RunTarget } from '../plan/prepared.ts';
import type { SharedReads } from '../plan/shared-reads.ts';
import type { JsonObject } from '../util/json.ts';
import type { Clock } from '../util/time.ts';
import type { OnEvent } from './events.ts';
import { isBlockingOthers, nextStep } from './next-step.ts';
import { isBefore, type Phase, type Stage } from './phases.ts';
import { settle } from './settle.ts';
import type { FileLocations } from './upload.ts';

/**
 * How often one target is planned again after a passing trouble, and how long to wait before
 * (doubling).
 */
const maxAttempts = 5;
const firstWaitMs = 1_000;

/** What one step came to. */
export type StepOutcome =
  | { readonly step: PlannedStep; readonly outcome: 'done' }
  | { readonly step: PlannedStep; readonly outcome: 'failed'; readonly error: TrustloomError };

/** What the run of one target needs from the whole. */
export interface RunContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /**
   * Plans the target again from a fresh observation, with the consents and the approval of this
   * run.
   */
  replan(target: RunTarget, observed: ObservedTarget): Promise<Replanned>;
  /** Uploads what steps that were planned again refer to and has no place yet; gives all places. */
  upload(target: RunTarget, again: Replanned, files: FileLocations): Promise<FileLocations>;
  /** Runs a revoking step alone, under the revocation lease. */
  revoking<T>(work: () => Promise<T>): Promise<T>;
  /** Keeps the trust lease; called before each write. */
  beforeWrite(): Promise<void>;
  /** Keeps what a step's receipt asks to remember. */
  remember(target: RunTarget, step: PlannedStep, notes: JsonObject): Promise<void>;
}

/** How far the work on a target has come. */
interface RunState extends Replanned {
  readonly files: FileLocations;
  /** What the steps gave that are done, by id, since the target was planned last. */
  readonly outputs: ReadonlyMap<string, object>;
  /** Revocations that were refused: each stops alone. */
  readonly failed: ReadonlySet<string>;
  readonly outcomes: readonly StepOutcome[];
  /** Times that the target was planned again after a passing trouble. */
  readonly attempts: number;
  /** What keeps the target from any further write. */
  readonly stopped: TrustloomError | undefined;
  /** The step that is being done, or whose effect the service is still busy with. */
  readonly busy: string | undefined;
  /** The last stage that was run to its end: what is left of it can not be done. */
  readonly ended: Stage | undefined;
  /** What the target held when it was last looked at. */
  readonly content: Content | undefined;
  /** A write was begun since then, so that it may hold something else now. */
  readonly writtenSince: boolean;
}

/** The work on one target: its steps, in order, phase by phase. */
export interface TargetRun {
  readonly target: RunTarget;
  readonly rendered: RenderedTarget;
  readonly context: RunContext;
  state: RunState;
}

/** Begins the work on a target; undefined for one that could not be seen. Nothing is done yet. */
export function startRun(
  target: RunTarget,
  files: FileLocations,
  context: RunContext,
): TargetRun | undefined {
  const { planned, handlers, artifacts, rendered, observed } = target;
  if (rendered === undefined) return undefined;
  const state: RunState = {
    steps: planned.steps,
    stays: planned.stays === true,
    handlers,
    artifacts,
    files,
    outputs: new Map(),
    failed: new Set(),
    outcomes: [],
    attempts: 0,
    stopped: undefined,
    busy: undefined,
    ended: undefined,
    content: observed?.content,
    writtenSince: false,
  };
  return { target, rendered, context, state };
}

/** The step that is to be done next in this stage. */
export function nextOf({ state }: TargetRun, stage: Stage): PlannedStep | undefined {
  const { steps, outputs, failed, stopped } = state;
  return stopped === undefined ? nextStep(steps, outputs, failed, stage) : undefined;
}

/** True while something is left of this phase, or those before, that other targets wait for. */
export function blocksPhase({ state }: TargetRun, phase: Phase): boolean {
  const { steps, outputs, failed, busy, stopped, ended } = state;
  if (stopped !== undefined || (ended !== undefined && !isBefore(ended, phase))) return false;
  return isBlockingOthers(steps, outputs, failed, busy, phase);
}

/** What is still to be done. */
export function remainingOf({ state }: TargetRun): readonly PlannedStep[] {
  return state.steps.filter(({ id }) => !state.outputs.has(id));
}

/**
 * Runs what may run in this stage. Throws for the abort signal and a lost lease alone.
 *
 * @param advanced called when the target has come further
 */
export async function runStage(
  run: TargetRun,
  stage: Stage,
  advanced: () => void = () => undefined,
): Promise<void> {
  const advance = (change: Partial<RunState>) => {
    update(run, change);
    advanced();
  };
  try {
    for (let step = nextOf(run, stage); step !== undefined; step = nextOf(run, stage)) {
      update(run, { busy: step.id });
      try {
        await perform(run, step);
      } catch (error) {
        await recover(run, step, error);
      }
      advance({ busy: undefined });
    }
  } finally {
    advance({ busy: undefined, ended: stage });
  }
}

/** Observes, waits until settled, plans again: what is then left remains. */
export async function verify(run: TargetRun, reads: SharedReads): Promise<void> {
  const { target, context } = run;
  update(run, { ended: undefined });
  context.onEvent({ type: 'verifying', target: target.name });
  try {
    await replan(run, reads);
  } catch (error) {
    await recover(run, undefined, error);
  }
}

function update(run: TargetRun, change: Partial<RunState>): void {
  run.state = { ...run.state, ...change };
}

async function perform(run: TargetRun, step: PlannedStep): Promise<void> {
  const { target, context, state } = run;
  const { id, effect, summary } = step;
  const tell = (now: 'started' | 'done') =>
    context.onEvent({ type: 'step', target: target.name, id, effect, summary, state: now });
  const bound = state.handlers.get(id);
  if (bound === undefined) throw new TrustloomError('contract-broken', `${target.name}: no handler of ${id}`);
  tell('started');
  update(run, { writtenSince: true });
  const { output, notes, settles } = await target.io.perform(bound, state, context.signal, async (write) => {
    await context.beforeWrite();
    return requiresLatestRevocation(step) ? context.revoking(write) : write();
  });
  update(run, {
    outputs: new Map([...run.state.outputs, [id, output]]),
    outcomes: [...run.state.outcomes, { step, outcome: 'done' }],
  });
  tell('done');
  if (notes !== undefined) await context.remember(target, step, notes);
  if (settles) await settled(run);
}

/**
 * A passing trouble: wait, look, plan again. A repeated write is thereby never blind. Anything else
 * ends the step.
 */
async function recover(run: TargetRun, step: PlannedStep | undefined, thrown: unknown): Promise<void> {
  const { target, context } = run;
  context.signal.throwIfAborted();
  const error = asTrustloomError(thrown);
  if (error.code === 'lease-lost') throw error;
  const { attempts, outcomes, failed } = run.state;
  if (isPassing(error) && attempts < maxAttempts) {
    const waitMs = firstWaitMs * 2 ** attempts;
    const attempt = attempts + 1;
    update(run, { attempts: attempt });
    context.onEvent({ type: 'again', target: target.name, code: error.code, attempt, waitMs });
    await context.clock.sleep(waitMs, context.signal);
    try {
      await replan(run);
    } catch (again) {
      await recover(run, step, again);
    }
    return;
  }
  const { code, message } = error;
  context.onEvent({ type: 'step-failed', target: target.name, id: step?.id ?? 'observe', code, message });
  if (step !== undefined) update(run, { outcomes: [...outcomes, { step, outcome: 'failed', error }] });
  // A revocation that was refused is refused alone; after any other failure the target is left as
  // it is.
  if (step?.effect === 'revoke') update(run, { failed: new Set([...failed, step.id]) });
  else update(run, { stopped: error });
}

function isPassing({ kind, code }: TrustloomError): boolean {
  return (kind === 'transient' && code !== 'settle-timeout') || kind === 'race';
}

async function replan(run: TargetRun, reads?: SharedReads): Promise<void> {
  const { target, context } = run;
  const again = await context.replan(target, await settled(run, reads));
  const files = await context.upload(target, again, run.state.files);
  update(run, { ...again, files, outputs: new Map() });
}

/** Looks until the service is no longer busy. */
async function settled(run: TargetRun, first?: SharedReads): Promise<ObservedTarget> {
  const { target, context } = run;
  const { clock, signal, onEvent } = context;
  const start = clock.now();
  let waited = false;
  const observed = await settle({
    async observe() {
      // Whoever has to wait looks for itself.
      const reads = waited ? undefined : first;
      const seen = await target.io.observe(run.rendered, signal, { reads, afterWrite: true });
      update(run, { content: seen.content, writtenSince: false });
      return seen;
    },
    info: target.bound.info,
    clock,
    signal,
    onWait(pending, sinceMs) {
      waited = true;
      onEvent({ type: 'waiting', target: target.name, pending, sinceMs });
    },
  });
  if (waited) onEvent({ type: 'settled', target: target.name, afterMs: clock.now() - start });
  return observed;
}
