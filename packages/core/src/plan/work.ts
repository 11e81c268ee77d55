import type { Io, Observation, Rendering } from '../adapter/contract.ts';
import type { BoundTarget } from '../adapter/legacy.ts';
import type { Receipt, Step } from '../adapter/legacy-step.ts';
import type { Uploads } from '../adapter/ports.ts';
import type { Pacers } from '../adapter/rate-limit.ts';
import type { RecordedTarget } from '../state/state.ts';
import { placeText } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';
import type { Clock } from '../util/time.ts';
import type { PlannedTarget } from './plan.ts';
import { createSharedReads, type SharedReads } from './shared-reads.ts';
import { familyOf } from './timing.ts';

/** How a target is looked at. */
export interface Look {
  /** Shared with the other targets that look at the same time; absent: it looks for itself. */
  readonly reads?: SharedReads | undefined;
  /** This run may have written before: lists may lag behind. */
  readonly afterWrite: boolean;
}

/** One target with its hands on the world: what planning observes through and applying writes through. */
export interface TargetHands {
  readonly bound: BoundTarget;
  readonly accountName: string;
  observe(signal: AbortSignal, look: Look): Promise<Observation<unknown>>;
  /**
   * Does one write; the step's references are resolved already. `write` is given when the service's rate allows it, so that nothing is held
   * meanwhile that others need: a lease, the lane of revocations.
   */
  inTurn(
    step: Step,
    signal: AbortSignal,
    doing: (write: () => Promise<Receipt>) => Promise<Receipt>,
  ): Promise<Receipt>;
  /** What the record remembers for it, with what receipts added since. */
  notes(): JsonObject;
  /** Merges what a receipt asks to remember; true when that changed anything. */
  remember(notes: JsonObject): boolean;
}

/** One target as it was planned. */
export interface TargetWork extends TargetHands {
  readonly planned: PlannedTarget;
  /** Absent when the target left the definition, or could not be rendered. */
  readonly rendering?: Rendering<unknown>;
  readonly observation?: Observation<unknown>;
  /** What the record shall say of it before its first write; absent when it leaves. */
  readonly recorded?: Omit<RecordedTarget, 'notes'>;
}

/** Gives a bound target its hands. */
export function handsOf(
  bound: BoundTarget,
  accountName: string,
  notes: JsonObject,
  parts: {
    readonly clock: Clock;
    readonly uploads: Uploads;
    readonly pacers: Pacers;
  },
): TargetHands {
  let remembered = notes;
  const { place } = bound.context;
  const scope = `${bound.facts.service} ${placeText(place)}`;
  const pacer = parts.pacers(scope, bound.facts.rates);
  const files = parts.uploads.files(place, accountName);
  /** `awaited`: the family whose rate has been waited for already, for one call. */
  const io = (
    signal: AbortSignal,
    { reads = createSharedReads(), afterWrite }: Look,
    awaited?: string,
  ): Io => {
    let turn = awaited;
    const shared = reads(scope);
    return {
      context: bound.context,
      signal,
      clock: parts.clock,
      notes: remembered,
      paced(family, send) {
        if (family !== turn) return pacer(family, send, signal);
        turn = undefined;
        return send();
      },
      shared,
      afterWrite,
      readObject(location) {
        const { bucket, key, version } = location;
        const read = () => parts.uploads.read(place, accountName, location);
        return version === undefined ? read() : shared(`s3://${bucket}/${key}?${version}`, read);
      },
      files,
    };
  };
  return {
    bound,
    accountName,
    observe: (signal, look) => bound.observe(io(signal, look)),
    inTurn(step, signal, doing) {
      const family = familyOf(step.action, bound.facts.rates);
      const write = () => doing(() => bound.perform(step, io(signal, { afterWrite: true }, family)));
      return family === undefined ? write() : pacer(family, write, signal);
    },
    notes: () => remembered,
    remember(more) {
      const merged = { ...remembered, ...more };
      const changed = JSON.stringify(merged) !== JSON.stringify(remembered);
      remembered = merged;
      return changed;
    },
  };
}
