import type { Adapter } from './adapter/contract.ts';
import { applyPrepared } from './apply/apply.ts';
import type { OnEvent } from './apply/events.ts';
import type { Report } from './apply/report.ts';
import type { Clock } from './base/time.ts';
import type { Definition } from './definition/definition.ts';
import type { Lock } from './definition/lock.ts';
import { TrustloomError } from './errors/error.ts';
import { replanTarget } from './plan/assemble.ts';
import type { Offer } from './plan/gather.ts';
import type { Plan } from './plan/plan.ts';
import type { Sources, Uploads } from './plan/ports.ts';
import { gatherView, type PlanOptions, prepare } from './plan/prepare.ts';
import { openRecord } from './record/record.ts';
import type { VersionedStore } from './record/store.ts';
import { type CheckReport, checkDefinition } from './report/check.ts';
import { type Status, statusOf } from './report/status.ts';

/** All that the core does not bring itself: what people decided, and the ways into the world. */
export interface TrustloomParts {
  readonly definition: Definition;
  readonly lock: Lock;
  /** One for each kind that the definition or the record names. */
  readonly adapters: readonly Adapter[];
  readonly sources: Sources;
  readonly uploads: Uploads;
  /** Where the record lies. */
  readonly store: VersionedStore;
  readonly clock: Clock;
  /** Who holds leases, for people: `ann@laptop 4711`. */
  readonly holder: string;
}

/** How to apply. */
export interface ApplyOptions extends PlanOptions {
  /** Digest of the plan that was read and approved, or `any` to approve whatever is planned now. */
  readonly approve: string;
  readonly onEvent?: OnEvent;
}

/** One definition and what can be done with it. */
export interface Trustloom {
  readonly definition: Definition;
  /** What the sources offer now; trusted for nothing until it stands in the lock. */
  offers(
    signal?: AbortSignal,
  ): Promise<{ readonly offers: readonly Offer[]; readonly findings: CheckReport['findings'] }>;
  /** Rules against everything offered and accepted, per service; calls none of the four services. */
  check(signal?: AbortSignal): Promise<CheckReport>;
  /** What would change. Reads only. */
  plan(options?: PlanOptions): Promise<Plan>;
  /**
   * Plans again and does it, if the plan is still the approved one.
   *
   * @throws TrustloomError `approval-stale` when it is not; `lease-held` when another run writes
   */
  apply(options: ApplyOptions): Promise<Report>;
  /** What the services hold now, and where that differs from the definition. Reads only. */
  status(options?: PlanOptions): Promise<Status>;
}

/**
 * Puts the parts together. Does no I/O, reads no environment, prints nothing.
 *
 * @example
 * const trustloom = createTrustloom({ definition, lock, adapters: [alb({ client })], sources, uploads, store, clock, holder: 'ci 4711' })
 * const plan = await trustloom.plan()
 * await trustloom.apply({ approve: plan.digest, allow: ['enforce:edge'] })
 */
export function createTrustloom(parts: TrustloomParts): Trustloom {
  const record = openRecord(parts.store, parts.clock);
  const prepareParts = { ...parts, record };
  return Object.freeze({
    definition: parts.definition,
    async offers(signal?: AbortSignal) {
      const { gathered } = await gatherView(prepareParts, signal);
      return { offers: gathered.offers, findings: gathered.findings };
    },
    async check(signal?: AbortSignal) {
      const { gathered, view } = await gatherView(prepareParts, signal);
      return checkDefinition({ ...parts, gathered, view, now: parts.clock.now() });
    },
    async plan(options: PlanOptions = {}) {
      return (await prepare(prepareParts, options)).plan;
    },
    async apply(options: ApplyOptions) {
      const prepared = await prepare(prepareParts, options);
      const { plan, view } = prepared;
      if (options.approve !== 'any' && options.approve !== plan.digest) {
        throw new TrustloomError(
          'approval-stale',
          `the plan is now ${plan.digest}, approved was ${options.approve}`,
          {
            context: { digest: plan.digest },
          },
        );
      }
      const allow = new Set(options.allow ?? []);
      const approved = new Set(plan.lines);
      return applyPrepared(prepared, {
        clock: parts.clock,
        uploads: parts.uploads,
        record,
        holder: parts.holder,
        onEvent: options.onEvent ?? (() => undefined),
        signal: options.signal ?? new AbortController().signal,
        replan: async (work, observation) =>
          replanTarget({ work, observation, view, now: parts.clock.now(), allow, approved }),
      });
    },
    async status(options: PlanOptions = {}) {
      return statusOf((await prepare(prepareParts, options)).plan, parts.clock.now());
    },
  });
}
