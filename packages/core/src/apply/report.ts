import type { Finding } from '../errors/finding.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { ContentSummary } from '../plan/content-summary.ts';
import type { Admission, Plan } from '../plan/plan.ts';
import type { CrlFreshness } from '../state/freshness.ts';

/** What became of one target. */
export interface TargetReport {
  readonly name: string;
  readonly service: string;
  /**
   * `holds`: it is as the definition says. `waits`: steps lack a consent. `failed`: see `failed`.
   * `left`: it is gone. `not-compared`: an error of the input leaves nothing to compare it with.
   */
  readonly state: 'in-sync' | 'waits' | 'failed' | 'removed' | 'incomplete' | 'not-compared';
  readonly done: readonly { readonly id: string; readonly effect: string; readonly summary: string }[];
  /** What is still different, in words, with the consents that it waits for. */
  readonly remaining: readonly PlannedStep[];
  readonly failed?: { readonly code: string; readonly message: string; readonly step?: string };
  readonly content?: ContentSummary;
  /**
   * The CRLs in force, by how much life they have left; what is red there makes the exit code of a
   * refresh 1.
   */
  readonly freshness: readonly CrlFreshness[];
}

/** What apply did, what now holds, and what is still wrong. */
export interface Report {
  readonly formatVersion: 1;
  readonly definition: string;
  readonly plan: Plan;
  readonly targets: readonly TargetReport[];
  readonly findings: readonly Finding[];
  /** Who is wrongly admitted or refused after the run, by what was observed last. */
  readonly now: Admission;
  /** Every reason for an exit code other than 0, in words. */
  readonly problems: readonly string[];
  /** Writes done. */
  readonly calls: number;
  readonly missing: readonly string[];
  /** 0 done; 1 error, or not converged; 3 refused by a safety rule (wins over 1). */
  readonly exitCode: 0 | 1 | 3;
}
