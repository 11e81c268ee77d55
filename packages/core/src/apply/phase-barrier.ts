import type { Phase } from './phases.ts';

/**
 * Who waits for whom: a target comes to the next phase when no target blocks the others in this
 * one.
 */
export interface PhaseBarrier {
  /** Resolves once each target was seen, since the first call for this phase, not to block it. */
  passed(phase: Phase): Promise<void>;
  /** To be called whenever a target has come further. */
  advanced(): void;
}

/** A phase that somebody waits for, with the targets that still block it. */
interface Gate {
  readonly phase: Phase;
  readonly blocking: Set<BlocksPhase>;
  readonly isOpen: Promise<void>;
  readonly open: () => void;
}

/**
 * True while a target has something left in this phase, or an earlier one, that others wait for.
 */
export type BlocksPhase = (phase: Phase) => boolean;

/**
 * Each target goes through the phases by itself: while one service still takes its time for a CRL
 * or a tag, a slower one has begun with what nobody needs to wait for.
 *
 * @param targets one function for each target of the run
 */
export function createPhaseBarrier(targets: readonly BlocksPhase[]): PhaseBarrier {
  const gates = new Map<Phase, Gate>();
  const look = ({ phase, blocking, open }: Gate) => {
    for (const blocks of blocking) if (!blocks(phase)) blocking.delete(blocks);
    if (blocking.size === 0) open();
  };
  return {
    passed(phase) {
      const gate = gates.get(phase) ?? newGate(phase, targets);
      gates.set(phase, gate);
      look(gate);
      return gate.isOpen;
    },
    advanced() {
      for (const gate of gates.values()) look(gate);
    },
  };
}

function newGate(phase: Phase, targets: readonly BlocksPhase[]): Gate {
  let open: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { phase, blocking: new Set(targets), isOpen, open };
}
