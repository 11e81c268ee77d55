import type { Holdings } from '../adapter/content.ts';
import type { Observation } from '../adapter/contract.ts';
import { needsNewest } from '../adapter/legacy-step.ts';
import { asTrustloomError, type TrustloomError } from '../errors/error.ts';
import type { Replanned } from '../plan/assemble.ts';
import type { PlannedStep } from '../plan/consent.ts';
import { holdsOthers, isBefore, mayRun, type Phase } from '../plan/order.ts';
import { resolveReferences } from '../plan/references.ts';
import type { SharedReads } from '../plan/shared-reads.ts';
import type { TargetWork } from '../plan/work.ts';
import type { JsonObject } from '../util/json.ts';
import type { Clock } from '../util/time.ts';
import type { OnEvent } from './events.ts';
import { settle } from './settle.ts';
import type { Places } from './upload.ts';

/** How often one target is planned again after a passing trouble, and how long to wait before (doubling). */
const maxAttempts = 5;
const firstWaitMs = 1_000;

/** What one step came to. */
export interface StepOutcome {
  readonly step: PlannedStep;
  readonly outcome: 'done' | 'failed';
  readonly error?: TrustloomError;
}

/** What the run of one target needs from the whole. */
export interface RunContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** Where the files lie that were uploaded before the first step. */
  readonly places: Places;
  /** Plans the target again from a fresh observation, with the consents and the approval of this run. */
  readonly replan: (work: TargetWork, observation: Observation<unknown>) => Promise<Replanned>;
  /** Uploads what steps that were planned again refer to and has no place yet; gives all places. */
  readonly upload: (work: TargetWork, again: Replanned, places: Places) => Promise<Places>;
  /** Runs a revoking step alone, under the revocation lease. */
  readonly revoking: <T>(work: () => Promise<T>) => Promise<T>;
  /** Keeps the trust lease; called before each write. */
  readonly beforeWrite: () => Promise<void>;
  /** Keeps what a step's receipt asks to remember. */
  readonly remember: (work: TargetWork, step: PlannedStep, notes: JsonObject) => Promise<void>;
}

/** The work on one target: its steps, in order, phase by phase. */
export interface TargetRun {
  readonly work: TargetWork;
  /** Runs what may run in this phase. Never throws but for the abort signal and a lost lease. */
  phase(phase: Phase | 'revoke'): Promise<void>;
  /** Resolves once nothing is left of this phase and those before that other targets wait for; at the latest when they have been run. */
  clear(phase: Phase | 'revoke'): Promise<void>;
  /** True when a step of this phase is left to do. */
  has(phase: Phase | 'revoke'): boolean;
  /** Observes, waits until settled, plans again: what is then left is `remaining`. */
  verify(reads: SharedReads): Promise<void>;
  outcomes(): readonly StepOutcome[];
  remaining(): readonly PlannedStep[];
  /** Something of a target that leaves stays for now. */
  stays(): boolean;
  failed(): TrustloomError | undefined;
  /** What the target held when it was last looked at. */
  holds(): Holdings | undefined;
}

export function createTargetRun(work: TargetWork, run: RunContext): TargetRun {
  const { name } = work.bound.context;
  let steps = work.planned.steps;
  let stays = work.planned.stays === true;
  let places = run.places;
  let results = new Map<string, JsonObject>();
  let done = new Set<string>();
  let attempts = 0;
  let stopped: TrustloomError | undefined;
  const broken = new Set<string>();
  const outcomes: StepOutcome[] = [];

  let holds = work.observation?.holds;
  const observe = async (reads?: SharedReads) => {
    const observation = await work.observe(run.signal, { reads, afterWrite: true });
    holds = observation.holds;
    return observation;
  };
  const settled = async (first?: SharedReads): Promise<Observation<unknown>> => {
    const start = run.clock.now();
    let waited = false;
    const observation = await settle({
      // Whoever has to wait looks for itself.
      observe: () => observe(waited ? undefined : first),
      facts: work.bound.facts,
      clock: run.clock,
      signal: run.signal,
      onWait(pending, sinceMs) {
        waited = true;
        run.onEvent({ type: 'waiting', target: name, pending, sinceMs });
      },
    });
    if (waited) run.onEvent({ type: 'settled', target: name, afterMs: run.clock.now() - start });
    return observation;
  };
  const replan = async (reads?: SharedReads) => {
    const again = await run.replan(work, await settled(reads));
    places = await run.upload(work, again, places);
    steps = again.steps;
    stays = again.stays;
    results = new Map();
    done = new Set();
  };
  const next = (phase: Phase | 'revoke') =>
    stopped !== undefined
      ? undefined
      : steps
          .filter(
            (step) =>
              step.leftOut === undefined &&
              !done.has(step.id) &&
              !broken.has(step.id) &&
              mayRun(step.effect, phase),
          )
          .filter(
            (step) =>
              step.after?.every((id) => done.has(id) || !steps.some((other) => other.id === id)) ?? true,
          )
          // Revocations first: nothing of a phase waits longer for them than it must.
          .sort((a, b) => Number(b.effect === 'revoke') - Number(a.effect === 'revoke'))[0];

  /** The step that is being done, or whose effect the service is still busy with. */
  let busy: string | undefined;
  /** The last phase that was run to its end: what is left of it can not be done. */
  let ended: Phase | 'revoke' | undefined;
  /** Others who wait until this target has come so far. */
  let waiters: readonly { readonly phase: Phase | 'revoke'; readonly done: () => void }[] = [];
  const release = () => {
    const free = waiters.filter(({ phase }) => !holdsUp(phase));
    waiters = waiters.filter((waiter) => !free.includes(waiter));
    for (const { done } of free) done();
  };
  const holdsUp = (phase: Phase | 'revoke') =>
    stopped === undefined &&
    (ended === undefined || isBefore(ended, phase)) &&
    steps.some(
      (step) =>
        holdsOthers(step, phase) &&
        step.leftOut === undefined &&
        (step.id === busy || (!done.has(step.id) && !broken.has(step.id))),
    );

  const perform = async (step: PlannedStep) => {
    run.onEvent({
      type: 'step',
      target: name,
      id: step.id,
      effect: step.effect,
      mends: step.mends,
      state: 'started',
    });
    const input = resolveReferences(step.input, { results, artifacts: places });
    const receipt = await work.inTurn({ ...step, input }, run.signal, async (write) => {
      await run.beforeWrite();
      return needsNewest(step) ? run.revoking(write) : write();
    });
    done.add(step.id);
    results.set(step.id, receipt.result);
    outcomes.push({ step, outcome: 'done' });
    run.onEvent({
      type: 'step',
      target: name,
      id: step.id,
      effect: step.effect,
      mends: step.mends,
      state: 'done',
    });
    if (receipt.notes !== undefined) await run.remember(work, step, receipt.notes);
    if (receipt.settles) await settled();
  };

  /** A passing trouble: wait, look, plan again. A repeated write is thereby never blind. Anything else ends the step. */
  const recover = async (step: PlannedStep | undefined, thrown: unknown): Promise<void> => {
    run.signal.throwIfAborted();
    const error = asTrustloomError(thrown);
    if (error.code === 'lease-lost') throw error;
    const passing = (error.kind === 'transient' && error.code !== 'settle-timeout') || error.kind === 'race';
    if (passing && attempts < maxAttempts) {
      const waitMs = firstWaitMs * 2 ** attempts;
      attempts += 1;
      run.onEvent({ type: 'again', target: name, code: error.code, attempt: attempts, waitMs });
      await run.clock.sleep(waitMs, run.signal);
      try {
        await replan();
      } catch (again) {
        await recover(step, again);
      }
      return;
    }
    run.onEvent({
      type: 'step-failed',
      target: name,
      id: step?.id ?? 'observe',
      code: error.code,
      message: error.message,
    });
    if (step === undefined) {
      stopped = error;
      return;
    }
    outcomes.push({ step, outcome: 'failed', error });
    // A list that was refused is refused alone; after any other failure the target is left as it is.
    if (step.effect === 'revoke') broken.add(step.id);
    else stopped = error;
  };

  return {
    work,
    has: (phase) => next(phase) !== undefined,
    async phase(phase) {
      try {
        for (let step = next(phase); step !== undefined; step = next(phase)) {
          busy = step.id;
          try {
            await perform(step);
          } catch (error) {
            await recover(step, error);
          }
          busy = undefined;
          release();
        }
      } finally {
        busy = undefined;
        ended = phase;
        release();
      }
    },
    clear: (phase) =>
      new Promise((done) => {
        if (holdsUp(phase)) waiters = [...waiters, { phase, done }];
        else done();
      }),
    async verify(reads) {
      ended = undefined;
      run.onEvent({ type: 'verifying', target: name });
      try {
        await replan(reads);
      } catch (error) {
        await recover(undefined, error);
      }
    },
    outcomes: () => outcomes,
    remaining: () => steps.filter((step) => !done.has(step.id)),
    stays: () => stays,
    failed: () => stopped,
    holds: () => holds,
  };
}
