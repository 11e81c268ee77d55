import type { Holdings } from '../adapter/contract.ts';
import type { Instant } from '../base/time.ts';
import type { Finding } from '../errors/finding.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { Plan } from '../plan/plan.ts';

/** A list in force is shown as late from this long before its end. */
const lastHourMs = 3_600_000;

/** One target as it stands. */
export interface TargetStatus {
  readonly name: string;
  readonly service: string;
  readonly place: string;
  /** `drift`: it differs from the definition, `differences` says how. */
  readonly state: 'holds' | 'drift' | 'failed' | 'leaving';
  readonly holds?: Holdings;
  readonly differences: readonly { readonly effect: string; readonly mends: string }[];
  /** Lists in force by how much life they have left. */
  readonly freshness: readonly {
    readonly issuer: string;
    readonly entries: number;
    readonly nextUpdate?: Instant;
    readonly state: 'fresh' | 'last-hour' | 'expired';
  }[];
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
export function statusOf(plan: Plan, now: Instant): Status {
  const targets = plan.targets.map(
    ({ name, service, place, steps, holds, findings, failed, leaving }): TargetStatus => ({
      name,
      service,
      place: `${place.account}/${place.region}`,
      state: failed !== undefined ? 'failed' : leaving ? 'leaving' : steps.length > 0 ? 'drift' : 'holds',
      ...(holds === undefined ? {} : { holds }),
      differences: steps.map(({ effect, mends }: PlannedStep) => ({ effect, mends })),
      freshness: (holds?.crls ?? [])
        .filter(({ inForce }) => inForce)
        .map(({ issuer, entries, nextUpdate }) => ({
          issuer,
          entries,
          ...(nextUpdate === undefined ? {} : { nextUpdate }),
          state:
            nextUpdate === undefined || nextUpdate - now > lastHourMs
              ? ('fresh' as const)
              : nextUpdate > now
                ? ('last-hour' as const)
                : ('expired' as const),
        })),
      findings,
      ...(failed === undefined ? {} : { failed: { code: failed.code, message: failed.message } }),
    }),
  );
  const wrong = targets.some(
    ({ failed, freshness }) => failed !== undefined || freshness.some(({ state }) => state === 'expired'),
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
