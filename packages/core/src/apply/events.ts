import type { Effect } from '../adapter/step.ts';
import type { Code } from '../errors/codes.ts';
import type { LeaseEvent } from '../state/leases.ts';

/**
 * What happens during a run, reported by callback as it happens: for progress, never for results (those
 * are in the report).
 */
export type ApplyEvent =
  | LeaseEvent
  | { readonly type: 'upload'; readonly target: string; readonly artifact: string; readonly bucket: string }
  | {
      readonly type: 'step';
      readonly target: string;
      readonly id: string;
      readonly effect: Effect;
      readonly summary: string;
      readonly state: 'started' | 'done';
    }
  | {
      readonly type: 'step-failed';
      readonly target: string;
      readonly id: string;
      readonly code: Code;
      readonly message: string;
    }
  | {
      readonly type: 'again';
      readonly target: string;
      readonly code: Code;
      readonly attempt: number;
      readonly waitMs: number;
    }
  | {
      readonly type: 'waiting';
      readonly target: string;
      readonly pending: readonly string[];
      readonly sinceMs: number;
    }
  | { readonly type: 'settled'; readonly target: string; readonly afterMs: number }
  | { readonly type: 'verifying'; readonly target: string };

/** Called with each event; what it throws ends the run. */
export type OnEvent = (event: ApplyEvent) => void;
