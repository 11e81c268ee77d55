/**
 * Something that goes wrong on purpose, so that a client's way of dealing with it can be tested.
 */
export interface Fault {
  /** Signing name, for example `cloudfront`; left out: every service. */
  readonly service?: string;
  /** Operation name, for example `UpdateTrustStore`; left out: every operation. */
  readonly action?: string;
  /** How many calls it hits; default 1. */
  readonly times?: number;
  /**
   * `before` (default): the work is not done. `after`: the work is done, and the caller is
   * answered otherwise, as when an answer gets lost or a gateway times out.
   */
  readonly when?: 'before' | 'after';
  /** The answer instead of the real one. */
  readonly error?: { readonly name: string; readonly status: number; readonly message?: string };
  /** The connection is closed without an answer. */
  readonly drop?: boolean;
  /** The connection is reset (RST) without an answer. */
  readonly reset?: boolean;
  /** Half of the answer's body is sent, then the connection is closed. The work is done. */
  readonly half?: boolean;
  /**
   * A reading call (Get, List, Describe, Head) answers as it did before the last write; where the
   * same call was never made since the fault was planted, as it is.
   */
  readonly stale?: boolean;
  /** Waits this many milliseconds on the emulator's clock first. */
  readonly delay?: number;
}

export interface Faults {
  /** Plants a fault; the function that comes back takes it away again. */
  add(fault: Fault): () => void;
  /** True while a fault that needs old answers is planted. */
  wantsOldAnswers(): boolean;
  /** The fault that hits this call, counted down; undefined when none does. */
  take(service: string, action: string): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let planted: readonly { readonly fault: Fault; left: number }[] = [];
  return Object.freeze({
    add(fault: Fault) {
      const entry = { fault, left: fault.times ?? 1 };
      planted = [...planted, entry];
      return () => {
        planted = planted.filter((other) => other !== entry);
      };
    },
    take(service: string, action: string) {
      const hit = planted.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.service ?? service) === service &&
          (fault.action ?? action) === action &&
          // Stale answers are about reads; writes are not affected.
          (fault.stale !== true || /^(Get|List|Describe|Head)/.test(action)),
      );
      if (!hit) return undefined;
      hit.left -= 1;
      if (hit.left === 0) planted = planted.filter((other) => other !== hit);
      return hit.fault;
    },
    wantsOldAnswers: () => planted.some(({ fault }) => fault.stale === true),
    clear: () => {
      planted = [];
    },
  });
}
