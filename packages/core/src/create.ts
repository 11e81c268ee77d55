import type { Access, Service } from './adapter/contract.ts';
import type { Sources, Uploads } from './adapter/ports.ts';
import { createRateLimiters, type RateLimiters } from './adapter/rate-limit.ts';
import type { VersionedStore } from './adapter/versioned-store.ts';
import { type ApplyParts, applyPrepared } from './apply/apply.ts';
import { changeDenyList, type DenyRequest } from './apply/deny.ts';
import { type DenyReport, denyReport } from './apply/deny-report.ts';
import type { OnEvent } from './apply/events.ts';
import { type RebuildReport, rebuildState } from './apply/rebuild.ts';
import { refreshAndLook, refreshPrepared } from './apply/refresh.ts';
import type { Report } from './apply/report.ts';
import type { DenyEntry } from './crl/deny-list.ts';
import type { Definition } from './definition/definition.ts';
import type { Lock } from './definition/lock.ts';
import { TrustloomError } from './errors/error.ts';
import type { Offer } from './plan/load.ts';
import { gatherTrust, loadTrust, type PlanOptions, prepare } from './plan/prepare.ts';
import type { Prepared } from './plan/prepared.ts';
import { replanTarget } from './plan/replan.ts';
import { type CheckReport, checkDefinition } from './report/check.ts';
import { explainFor, type TargetExplanation } from './report/explain.ts';
import { type PlanWithSummary, planText } from './report/plan-text.ts';
import { type Status, statusOf } from './report/status.ts';
import { fingerprintOf, openState } from './state/state.ts';
import type { AccountRegion } from './util/account-region.ts';
import { type AbortOptions, allowManyListeners } from './util/signal.ts';
import type { Clock } from './util/time.ts';
import type { Certificate } from './x509/certificate.ts';

/** All that the core does not bring itself: what people decided, and the ways into the world. */
export interface TrustloomParts {
  readonly definition: Definition;
  readonly lock: Lock;
  /** One for each kind that the definition or the state names. */
  readonly services: readonly Service[];
  /**
   * The way to the services of one account and region, by the name that the definition gives the
   * account.
   */
  readonly access: (accountRegion: AccountRegion, accountName: string) => Access;
  readonly sources: Sources;
  readonly uploads: Uploads;
  /** Where the state lies. */
  readonly store: VersionedStore;
  readonly clock: Clock;
  /** Who holds leases, for people: `ann@laptop 4711`. */
  readonly holder: string;
  /**
   * Where several are made in one process, give all the same: a service counts its calls together.
   * Default: of its own.
   */
  readonly rateLimiters?: RateLimiters;
}

/** How to apply. */
export interface ApplyOptions extends PlanOptions {
  /**
   * Digest of the plan that was read and approved, at least its first 16 digits; or `any` to
   * approve whatever is planned now.
   */
  readonly approve: string;
  readonly onEvent?: OnEvent;
}

/** How to refresh. */
export interface RefreshOptions extends AbortOptions {
  /** Names of targets; all when absent. */
  readonly targets?: readonly string[];
  readonly onEvent?: OnEvent;
}

/** What is known of a client besides its certificate. */
export interface ExplainOptions extends AbortOptions {
  /** Intermediates that it sends; of the CAs that are known it may send any. */
  readonly sent?: readonly Certificate[];
}

/** One definition and what can be done with it. */
export interface Trustloom {
  readonly definition: Definition;
  /** What the sources offer now; trusted for nothing until it stands in the lock. */
  offers(
    options?: AbortOptions,
  ): Promise<{ readonly offers: readonly Offer[]; readonly findings: CheckReport['findings'] }>;
  /**
   * Rules against everything offered and accepted, per service; calls none of the four services.
   */
  check(options?: AbortOptions): Promise<CheckReport>;
  /** What would change. Reads only. */
  plan(options?: PlanOptions): Promise<PlanWithSummary>;
  /**
   * Plans again and does it, if the plan is still the approved one.
   *
   * @throws TrustloomError `approval-stale` when it is not; `lease-held` when another run writes
   */
  apply(options: ApplyOptions): Promise<Report>;
  /**
   * Moves revocation on and nothing else: newer CRLs and the deny list go where they are enforced.
   * Safe to run every minute; can never grant, and waits for no apply. Without news it writes
   * nothing.
   *
   * @throws TrustloomError `lease-held` when another run revokes for long
   */
  refresh(options?: RefreshOptions): Promise<Report>;
  /**
   * Puts a serial of a known CA on the deny list, refreshes, and reads every target back: in force
   * at once where Trustloom owns the check.
   *
   * @throws TrustloomError `serial-malformed`, `serial-ambiguous`, `ca-unknown`
   */
  revoke(request: DenyRequest, options?: RefreshOptions): Promise<DenyReport>;
  /**
   * Takes an entry off the deny list again, and refreshes. @throws TrustloomError `not-denied`,
   * `ca-unknown`
   */
  unrevoke(
    request: Pick<DenyRequest, 'serials' | 'decimal' | 'ca' | 'certificates'>,
    options?: RefreshOptions,
  ): Promise<DenyReport>;
  /**
   * Would a client with this certificate be admitted, target by target, and why? From definition, lock,
   * CRLs and deny list; asks no service.
   */
  explain(leaf: Certificate, options?: ExplainOptions): Promise<readonly TargetExplanation[]>;
  /**
   * Builds a lost state again from what the services hold: which targets are ours, the deny list,
   * and CRLs that a service gives back. Writes to the state alone, and grants nothing.
   *
   * @throws TrustloomError `lease-held` when another run writes
   * @example
   * const { targets } = await trustloom.rebuildState()
   */
  rebuildState(options?: RefreshOptions): Promise<RebuildReport>;
  /** Every entry of the deny list, as the state has it. Reads nothing else. */
  denied(options?: AbortOptions): Promise<readonly DenyEntry[]>;
  /** What the services hold now, and where that differs from the definition. Reads only. */
  status(options?: PlanOptions): Promise<Status>;
}

/** So many digits of a digest stand for a plan. */
const approvedDigits = 16;

type RunOptions = Pick<ApplyOptions, 'allow' | 'onEvent' | 'signal'>;

/**
 * Puts the parts together. Does no I/O, reads no environment, prints nothing.
 *
 * @example
 * const trustloom = createTrustloom({ definition, lock, services: [alb], access, sources, uploads, store, clock, holder: 'ci 4711' })
 * const plan = await trustloom.plan()
 * await trustloom.apply({ approve: plan.digest, allow: ['enforce:edge'] })
 */
export function createTrustloom(parts: TrustloomParts): Trustloom {
  const state = openState(parts.store, parts.clock);
  const prepareParts = {
    ...parts,
    state,
    rateLimiters: parts.rateLimiters ?? createRateLimiters(parts.clock),
  };
  /** What a run needs, with plans made again within what this one was allowed. */
  const runParts = (
    { resolved, retired, revocationFingerprint }: Prepared,
    { allow = [], onEvent = () => undefined, signal }: RunOptions,
    urgent = false,
  ): ApplyParts => {
    const allowed = new Set(allow);
    const isOutdated = async () => fingerprintOf(await state.revocation.read()) !== revocationFingerprint;
    return {
      clock: parts.clock,
      state,
      holder: parts.holder,
      onEvent,
      signal: allowManyListeners(signal),
      isOutdated,
      urgent,
      replan: async (target, observed, stateless) => {
        const outdated = stateless === undefined && (await isOutdated());
        const now = parts.clock.now();
        return replanTarget({
          target,
          observed,
          resolved,
          now,
          allow: allowed,
          retired: new Set(Object.keys(retired)),
          outdated,
        });
      },
    };
  };
  const denied = async (change: 'revoke' | 'unrevoke', request: DenyRequest, options: RefreshOptions) => {
    const { gathered, resolved } = await loadTrust(prepareParts, options);
    const { known } = resolved;
    const { crls } = resolved.crls;
    const inventories = gathered.inventories.map(({ inventory, group }) => ({
      inventory,
      cas: [...parts.lock.entries, ...gathered.offers]
        .filter((one) => one.group === group)
        .map(({ certificate }) => certificate),
    }));
    const evidence = { known, crls, inventories };
    const changed = await changeDenyList(change, request, { evidence, state, now: parts.clock.now() });
    const prepared = await prepare(prepareParts, options);
    const refreshed = await refreshAndLook(prepared, runParts(prepared, options, true));
    return denyReport(change, changed, refreshed, { known, crls, now: parts.clock.now() });
  };
  return Object.freeze({
    definition: parts.definition,
    async offers(options: AbortOptions = {}) {
      const { gathered } = await gatherTrust(prepareParts, options);
      return { offers: gathered.offers, findings: gathered.findings };
    },
    async check(options: AbortOptions = {}) {
      const { gathered, resolved } = await gatherTrust(prepareParts, options);
      return checkDefinition({ ...parts, gathered, resolved, now: parts.clock.now() });
    },
    async plan(options: PlanOptions = {}) {
      const { plan } = await prepare(prepareParts, options);
      return { ...plan, summary: planText(plan) };
    },
    async apply(options: ApplyOptions) {
      const prepared = await prepare(prepareParts, options);
      const { plan } = prepared;
      if (!isApproved(options.approve, plan.digest)) {
        throw new TrustloomError(
          'approval-stale',
          `the plan is now ${plan.digest}, approved was ${options.approve}`,
          {
            context: { digest: plan.digest },
          },
        );
      }
      return applyPrepared(prepared, runParts(prepared, options));
    },
    async refresh(options: RefreshOptions = {}) {
      const prepared = await prepare(prepareParts, options);
      return refreshPrepared(prepared, runParts(prepared, options));
    },
    async revoke(request: DenyRequest, options: RefreshOptions = {}) {
      return denied('revoke', request, options);
    },
    async unrevoke(
      request: Pick<DenyRequest, 'serials' | 'decimal' | 'ca' | 'certificates'>,
      options: RefreshOptions = {},
    ) {
      return denied('unrevoke', { ...request, by: '', why: '' }, options);
    },
    async rebuildState(options: RefreshOptions = {}) {
      const prepared = await prepare(prepareParts, options);
      return rebuildState(prepared, runParts(prepared, options));
    },
    async denied() {
      return (await state.revocation.read()).deny;
    },
    async explain(leaf: Certificate, { sent = [], ...options }: ExplainOptions = {}) {
      const { resolved, now } = await loadTrust(prepareParts, options);
      return parts.definition.targets.map((target) =>
        explainFor(target, leaf, { ...parts, sent, resolved, now }),
      );
    },
    async status(options: PlanOptions = {}) {
      return statusOf(
        await prepare(prepareParts, options),
        parts.definition.revocation.maxLagMs,
        parts.clock.now(),
      );
    },
  });
}

function isApproved(approve: string, digest: string): boolean {
  return approve === 'any' || (approve.length >= approvedDigits && digest.startsWith(approve));
}
