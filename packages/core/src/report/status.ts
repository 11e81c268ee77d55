import type { HeldEnforcement, Holdings } from '../adapter/contract.ts';
import type { Instant } from '../base/time.ts';
import type { Finding } from '../errors/finding.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { Prepared } from '../plan/prepared.ts';
import { type FreshnessBudget, freshnessOf, type ListFreshness } from './freshness.ts';

/** The service checks the lists in force itself. */
const listsThemselves: HeldEnforcement = { mechanism: 'list', state: 'enforced', gaps: [] };

/** One target as it stands. */
export interface TargetStatus {
  readonly name: string;
  readonly service: string;
  readonly place: string;
  /** `drift`: it differs from the definition, `differences` says how. */
  readonly state: 'holds' | 'drift' | 'failed' | 'leaving';
  readonly holds?: Holdings;
  readonly differences: readonly { readonly effect: string; readonly mends: string }[];
  /** How the revoked are refused here. */
  readonly enforcement: HeldEnforcement;
  /** Lists in force by how much life they have left. */
  readonly freshness: readonly ListFreshness[];
  readonly findings: readonly Finding[];
  readonly failed?: { readonly code: string; readonly message: string };
}

/** What the services hold now: content and drift, freshness, preconditions, doors. */
export interface Status {
  readonly formatVersion: 1;
  readonly definition: string;
  readonly now: Instant;
  readonly targets: readonly TargetStatus[];
  readonly findings: readonly Finding[];
  readonly drift: boolean;
  readonly exitCode: 0 | 1;
}

/** Pure: the status that a plan implies. What would be changed is what differs. */
export function statusOf({ plan, view }: Prepared, budget: FreshnessBudget, now: Instant): Status {
  const targets = plan.targets.map(
    ({ name, service, place, steps, holds, findings, failed, leaving }): TargetStatus => ({
      name,
      service,
      place: `${place.account}/${place.region}`,
      state: failed !== undefined ? 'failed' : leaving ? 'leaving' : steps.length > 0 ? 'drift' : 'holds',
      ...(holds === undefined ? {} : { holds }),
      differences: steps.map(({ effect, mends }: PlannedStep) => ({ effect, mends })),
      enforcement: holds?.enforcement ?? listsThemselves,
      freshness: (holds?.crls ?? [])
        .filter(({ inForce }) => inForce)
        .map((held) => freshnessOf(held, view.lists.rows, budget, now)),
      findings,
      ...(failed === undefined ? {} : { failed: { code: failed.code, message: failed.message } }),
    }),
  );
  const wrong = targets.some(
    ({ failed, freshness }) => failed !== undefined || freshness.some(({ red }) => red.length > 0),
  );
  return {
    formatVersion: 1,
    definition: plan.definition,
    now,
    targets,
    findings: plan.findings,
    drift: targets.some(({ state }) => state === 'drift' || state === 'leaving'),
    exitCode: wrong ? 1 : 0,
  };
}
