import type { ObservedEnforcement } from '../adapter/content.ts';
import type { ServiceInfo } from '../adapter/service-info.ts';
import { type Finding, isRefusal, sortFindings } from '../errors/finding.ts';
import { caNameOfKey } from '../kit/ca-words.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { ContentSummary } from '../plan/content-summary.ts';
import type { Admission, PlannedTarget } from '../plan/plan.ts';
import type { Prepared } from '../plan/prepared.ts';
import { type CrlFreshness, span } from '../state/freshness.ts';
import { accountRegionText } from '../util/account-region.ts';
import { defined } from '../util/defined.ts';
import { type Instant, isoTime } from '../util/time.ts';
import { endingCas, expiryIgnored } from './status-findings.ts';

/** The service checks the CRLs in force itself. */
const byService: ObservedEnforcement = { mechanism: 'crl', state: 'enforced', gaps: [] };
/** Without `maxLag`: what is not in force this long after its issue is not merely on its way. */
const assumedMaxLagMs = 600_000;

/** Revocation on one target, in a few figures. */
export interface RevocationStatus extends ObservedEnforcement {
  /** What refuses the revoked, for people: `CRLs, checked by the service`. */
  readonly title: string;
  /** Entries of the CRLs in force. */
  readonly entries: number;
  /** The longest that the newest CRLs took from their issue to here, in milliseconds. */
  readonly lagMs?: number;
  /** The shortest time that this may take. */
  readonly budgetMs?: number;
  /** When the first of the CRLs in force ends, in ISO time. */
  readonly nextUpdate?: string;
  /**
   * What is wrong with it, in words, with the setting that would fix it; the target's CRLs have
   * their own.
   */
  readonly red: readonly string[];
}

/** One target as it stands. */
export interface TargetStatus {
  readonly name: string;
  readonly service: string;
  /** The service, for people. */
  readonly title: string;
  readonly accountRegion: string;
  /**
   * `drift`: it differs from the definition, `differences` says how. `not-compared`: an error of
   * the input leaves nothing to compare it with.
   */
  readonly state: 'in-sync' | 'drift' | 'failed' | 'leaving' | 'not-compared';
  readonly content?: ContentSummary;
  readonly differences: readonly Pick<PlannedStep, 'effect' | 'summary' | 'reason'>[];
  /** How the revoked are refused here, as observed; `probe` tries it. */
  readonly revocation: RevocationStatus;
  /** CRLs in force by how much life they have left. */
  readonly freshness: readonly CrlFreshness[];
  readonly findings: readonly Finding[];
  readonly failed?: { readonly code: string; readonly message: string };
}

/** What the services hold now: content and drift, freshness, preconditions, bypasses. */
export interface Status {
  readonly formatVersion: 1;
  readonly definition: string;
  /** ISO time. */
  readonly now: string;
  readonly targets: readonly TargetStatus[];
  readonly findings: readonly Finding[];
  readonly drift: boolean;
  /** Who is wrongly admitted or refused, by what was observed. */
  readonly admission: Admission;
  /** Every reason for an exit code other than 0, in words. */
  readonly problems: readonly string[];
  /**
   * 3 when a safety rule said no; 1 for any other error, when a target cannot be read, a CRL is
   * overdue, expired or late, or somebody is wrongly admitted or refused.
   */
  readonly exitCode: 0 | 1 | 3;
}

/** Pure: the status that a plan implies. What would be changed is what differs. */
export function statusOf(prepared: Prepared, maxLagMs: number | undefined, now: Instant): Status {
  const { plan, resolved, targets: seen } = prepared;
  const infoOf = (name: string) => seen.find((target) => target.name === name)?.bound.info;
  const targets = plan.targets.map((target): TargetStatus => {
    const { name, service, title, accountRegion, content, findings, failed, freshness } = target;
    const steps = target.steps.filter((step) => !isHousekeeping(step));
    return {
      name,
      service,
      title,
      accountRegion: accountRegionText(accountRegion),
      state: stateOf(target, steps.length > 0),
      ...defined({ content }),
      differences: steps.map(({ effect, summary, reason }) => ({ effect, summary, reason })),
      revocation: {
        title: checkTitle(content?.enforcement, infoOf(name)),
        ...revocationStatus(target, resolved, maxLagMs, now),
      },
      freshness,
      findings: sortFindings([
        ...findings,
        ...expiryIgnored(target),
        ...endingCas(
          seen.find((one) => one.name === name),
          resolved,
          now,
        ),
      ]),
      ...(failed === undefined ? {} : { failed: { code: failed.code, message: failed.message } }),
    };
  });
  const problems = problemsOf(targets, plan);
  return {
    formatVersion: 1,
    definition: plan.definition,
    now: isoTime(now),
    targets,
    findings: plan.findings,
    drift: targets.some(({ state }) => state === 'drift' || state === 'leaving'),
    admission: plan.now,
    problems,
    exitCode: plan.findings.some(isRefusal) ? 3 : problems.length > 0 ? 1 : 0,
  };
}

/** Why the exit code is not 0, each in one line. */
function problemsOf(
  targets: readonly TargetStatus[],
  { findings, now: { exposure, lockout } }: Prepared['plan'],
): readonly string[] {
  const exposed = exposure.filter(({ kind }) => kind !== 'consented').map(({ text }) => text);
  const own = targets.flatMap(({ name, failed, freshness, revocation, findings: said }) => [
    ...said.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ...(failed === undefined ? [] : [`${name}: could not be read: ${failed.message}`]),
    ...revocation.red.map((text) => `${name}: ${text}`),
    ...freshness.flatMap((crl) => crl.red.map((text) => `${name}: CRL of ${crl.issuer}: ${text}`)),
  ]);
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  const said = [...errors, ...exposed, ...lockout];
  // What an observation says with its reason is not said again without one.
  return [...new Set([...said, ...own.filter((text) => !said.some((one) => one.startsWith(text)))])];
}

/** What refuses the revoked on a target, for people. */
function checkTitle({ mechanism }: ObservedEnforcement = byService, info: ServiceInfo | undefined): string {
  if (mechanism === 'crl') return 'CRLs, checked by the service';
  if (mechanism === 'none') return 'nothing checks CRLs here';
  const check = info?.capabilities.check;
  return check?.mechanism === mechanism ? check.title : mechanism;
}

function stateOf({ failed, leaving, compared }: PlannedTarget, differs: boolean): TargetStatus['state'] {
  if (failed !== undefined) return 'failed';
  if (leaving) return 'leaving';
  if (!compared) return 'not-compared';
  return differs ? 'drift' : 'in-sync';
}

/** Files that nothing reads are no difference from the definition. */
function isHousekeeping({ effect, affects }: PlannedStep): boolean {
  return effect === 'cleanup' && affects.length === 0;
}

function revocationStatus(
  { content, freshness, steps }: PlannedTarget,
  resolved: Prepared['resolved'],
  maxLagMs: number | undefined,
  now: Instant,
): Omit<RevocationStatus, 'title'> {
  const enforcement = content?.enforcement ?? byService;
  const entries = freshness.reduce((sum, crl) => sum + crl.entries, 0);
  const lags = freshness.flatMap((crl) => crl.lagMs ?? []);
  const budgets = freshness.flatMap((crl) => crl.budgetMs ?? []);
  const lagMs = lags.length === 0 ? undefined : Math.max(...lags);
  const budgetMs = budgets.length === 0 ? undefined : Math.min(...budgets);
  const [nextUpdate] = freshness.flatMap((crl) => crl.nextUpdate ?? []).sort();
  return {
    ...enforcement,
    entries,
    ...defined({ lagMs, budgetMs, nextUpdate }),
    red: [
      ...(enforcement.state !== 'enforced' && entries > 0 ? ['revoked clients are admitted'] : []),
      ...(enforcement.refusing ?? []),
      ...waiting(steps, resolved, maxLagMs ?? assumedMaxLagMs, now),
    ],
  };
}

/** Revocations that should be in force by now and are not. */
function waiting(
  steps: readonly PlannedStep[],
  { known, crls }: Prepared['resolved'],
  maxLagMs: number,
  now: Instant,
): readonly string[] {
  return steps.flatMap(({ effect, affects, revocation }) => {
    const row = crls.rows.find(({ sha256 }) => affects.includes(sha256));
    if (effect !== 'revoke' || revocation === undefined || revocation.added === 0 || row === undefined)
      return [];
    const lagMs = now - Date.parse(row.thisUpdate);
    if (lagMs <= maxLagMs) return [];
    const what = revocation.added === 1 ? 'a revocation' : `${revocation.added} revocations`;
    return [
      `${what} of ${caNameOfKey(row.keySha256, known, row.issuer)} issued ${span(lagMs)} ago not in force: refresh at least every ${span(maxLagMs)} (revocation.maxLag)`,
    ];
  });
}

/**
 * The same status, judged by what it is to fail on: with `warning`, each warning is a reason for
 * exit code 1 too.
 *
 * @example
 * process.exitCode = failingOn(await trustloom.status(), 'warning').exitCode
 */
export function failingOn(status: Status, severity: 'warning' | 'error'): Status {
  if (severity === 'error') return status;
  const all = [...status.findings, ...status.targets.flatMap(({ findings }) => findings)];
  const warnings = all.filter((finding) => finding.severity === 'warning').map(({ message }) => message);
  const problems = [...new Set([...status.problems, ...warnings])];
  return {
    ...status,
    problems,
    exitCode: status.exitCode === 0 && problems.length > 0 ? 1 : status.exitCode,
  };
}
