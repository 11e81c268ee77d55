/**
 * A program as a user writes it: every result, event and error is named by a type of `trustloom`,
 * and nothing else is imported. It is compiled, here against the sources and in the check of
 * packages against what is packed; nobody runs it.
 */
import {
  type ApplyEvent,
  type CheckReport,
  type Code,
  type DenyReport,
  type Explanation,
  type Finding,
  isTrustloomError,
  type LockChange,
  type Offer,
  type OpenedTrustloom,
  openTrustloom,
  type Plan,
  type PlannedStep,
  type PlannedTarget,
  type ProbeReport,
  type Report,
  readCertificate,
  type Severity,
  type Status,
  type TargetReport,
  type TargetStatus,
} from 'trustloom';

const worst = (findings: readonly Finding[]): Severity | undefined => findings[0]?.severity;
const stepsOf = ({ targets }: Plan): readonly PlannedStep[] =>
  targets.flatMap(({ steps }: PlannedTarget) => steps);
const failedOf = ({ targets }: Report): readonly TargetReport[] =>
  targets.filter(({ failed }) => failed !== undefined);
const namesOf = ({ targets }: Status): readonly string[] => targets.map(({ name }: TargetStatus) => name);

/** What an event says, in a word: its kinds can be told apart. */
function wordOf(event: ApplyEvent): string {
  return event.type === 'step' ? event.effect : event.type;
}

/** True where it is worth to try again. */
export function isRetried(error: unknown): boolean {
  const codes: readonly Code[] = ['lease-held', 'throttled'];
  return isTrustloomError(error) && (error.kind === 'transient' || codes.includes(error.code));
}

/** Every function of an opened definition, each with its result and a signal. */
export async function useAll(signal: AbortSignal, der: Uint8Array): Promise<readonly unknown[]> {
  await using trustloom: OpenedTrustloom = await openTrustloom('trustloom.yaml');
  const options = { signal };
  const { offers } = await trustloom.offers(options);
  const [offer]: readonly Offer[] = offers;
  const accepted: readonly LockChange[] = await trustloom.accept('all', options);
  const retired: readonly LockChange[] = await trustloom.retire(offer?.certificate.sha256 ?? '', options);
  const checked: CheckReport = await trustloom.check(options);
  const plan: Plan = await trustloom.plan(options);
  const onEvent = (event: ApplyEvent): void => void wordOf(event);
  const report: Report = await trustloom.apply({ ...options, approve: plan.digest, onEvent });
  const refreshed: Report = await trustloom.refresh({ ...options, onEvent });
  const status: Status = await trustloom.status(options);
  const explained: readonly Explanation[] = await trustloom.explain(readCertificate(der), options);
  const denied: DenyReport = await trustloom.revoke({ serials: ['3f'], by: 'ann', why: 'lost' }, options);
  const allowed: DenyReport = await trustloom.unrevoke({ serials: ['3f'] }, options);
  const probed: ProbeReport = await trustloom.probe([], options);
  return [
    accepted,
    retired,
    worst(checked.findings),
    stepsOf(plan),
    failedOf(report),
    failedOf(refreshed),
    namesOf(status),
    explained,
    denied.exitCode,
    allowed.exitCode,
    probed.rows,
  ];
}
