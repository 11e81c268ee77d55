import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import { caName, caNameOfKey } from '../kit/ca-words.ts';
import type { Certificate } from '../x509/certificate.ts';
import { issuingCas, type ReachedCa, reach } from '../x509/reach.ts';
import type { Gathered } from './load.ts';
import type { CaChange } from './plan.ts';
import type { RunTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';

/** Which CA keys get a leaf into a target once the plan is done (as far as its steps may run). */
export interface TargetAdmission {
  readonly target: string;
  readonly reached: readonly ReachedCa[];
}

/**
 * Computes reach after the plan: the anchors to be, and those held today whose removal has to wait.
 */
export function admissionOf(target: RunTarget, resolved: ResolvedTrust): TargetAdmission {
  const { name, bound, planned, rendered } = target;
  const staying = planned.steps.some(({ effect, skipped }) => effect === 'remove' && skipped === undefined)
    ? []
    : observedCertificates(target);
  const anchors = [...(rendered?.rendering?.anchors ?? []), ...staying];
  const known = [...new Map([...resolved.known, ...anchors].map((ca) => [ca.sha256, ca])).values()];
  return {
    target: name,
    reached: reach({ anchors, known, chain: bound.info.capabilities.chain }),
  };
}

/** Proposed, kept and retired CAs, and where their clients are admitted. */
export function caChangesOf(input: {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly resolved: ResolvedTrust;
  readonly gathered: Gathered;
  readonly reached: readonly TargetAdmission[];
}): readonly CaChange[] {
  const { definition, lock, resolved, gathered, reached } = input;
  const admissionOn = (ca: Certificate, group: string) => {
    const admittedOn = reached.flatMap(({ target, reached: keys }) => {
      const through = keys.find((key) => key.ca.keySha256 === ca.keySha256);
      return through === undefined ? [] : [{ target, through: caName(through.via) }];
    });
    const open = new Set(admittedOn.map(({ target }) => target));
    const notOn = definition.targets
      .filter(({ name, trust }) => trust.includes(group) && !open.has(name))
      .map(({ name }) => name);
    return { admittedOn, notOn };
  };
  const changeOf = (kind: CaChange['change'], certificate: Certificate, group: string): CaChange => ({
    change: kind,
    sha256: certificate.sha256,
    subject: certificate.subject.text,
    group,
    ...admissionOn(certificate, group),
  });
  const offered = new Set(gathered.offers.map(({ certificate }) => certificate.sha256));
  const answered = new Set(gathered.offers.map(({ group }) => group));
  return [
    ...resolved.proposals.map(({ certificate, group }) => changeOf('propose', certificate, group)),
    ...lock.entries
      .filter(
        ({ state, sha256, group }) => state === 'trusted' && !offered.has(sha256) && answered.has(group),
      )
      .map(({ certificate, group }) => changeOf('keep', certificate, group)),
    ...lock.entries
      .filter(({ state }) => state === 'retired')
      .map(({ certificate, group }) => changeOf('retired', certificate, group))
      .filter(({ admittedOn }) => admittedOn.length > 0),
  ];
}

/** Clients that are good by the definition and would be refused. */
export function lockoutOf(
  targets: readonly RunTarget[],
  resolved: ResolvedTrust,
  reached: readonly TargetAdmission[],
): readonly string[] {
  return targets.flatMap(({ name, rendered }) => {
    const keys = keySetOf(reached, name);
    const trust = rendered?.rendering === undefined ? undefined : resolved.trusts.get(name);
    // A CA that only issues other CAs has no clients of its own to lock out.
    const issuing = trust === undefined ? [] : issuingCas(trust.cas, trust.known);
    const unreached = issuing.filter(({ keySha256 }) => !keys.has(keySha256));
    return unreached.map((ca) => `${name}: clients of ${caName(ca)} find no complete chain`);
  });
}

/** Clients that are not good by the definition and would be admitted. */
export function exposureOf(
  targets: readonly RunTarget[],
  resolved: ResolvedTrust,
  lock: Lock,
  reached: readonly TargetAdmission[],
): readonly string[] {
  const unwanted = lock.entries.filter(({ state }) => state !== 'trusted');
  const lockedKeys = new Set(
    lock.entries.filter(({ state }) => state === 'trusted').map(({ certificate }) => certificate.keySha256),
  );
  return targets.flatMap((target) => {
    const { name } = target;
    const keys = keySetOf(reached, name);
    const known = new Set(resolved.known.map(({ keySha256 }) => keySha256));
    const foreign = observedCertificates(target).filter(
      ({ keySha256 }) => keys.has(keySha256) && !known.has(keySha256),
    );
    const { crls = [], withdrawn = [] } = resolved.trusts.get(name)?.revocation ?? {};
    const unenforced = crls.some(({ crl }) => crl.entryCount > 0) ? unenforcedOn(target) : undefined;
    return [
      ...unwanted
        .filter(
          ({ certificate }) => keys.has(certificate.keySha256) && !lockedKeys.has(certificate.keySha256),
        )
        .map(
          ({ state, certificate }) => `${name}: clients of ${caName(certificate)} (${state}) are admitted`,
        ),
      ...foreign.map(
        (ca) => `${name}: clients of ${caName(ca)} are admitted, which the definition does not name`,
      ),
      ...(unenforced === undefined ? [] : [`${name}: revoked clients are admitted (${unenforced})`]),
      ...withdrawn
        .filter(({ keySha256, entries }) => entries > 0 && keys.has(keySha256))
        .map(({ keySha256, issuer }) => caNameOfKey(keySha256, resolved.known, issuer))
        .map(
          (ca) => `${name}: clients that ${ca} revoked are admitted (enforcement of its CRL is withdrawn)`,
        ),
    ];
  });
}

/**
 * Why the revoked are admitted once the plan is done: nothing checks, or a check that others attach
 * is not asked everywhere.
 */
function unenforcedOn({ bound, rendered, observed }: RunTarget): string | undefined {
  if (bound.info.capabilities.revocation === 'crl') return undefined;
  const mechanism = rendered?.rendering?.mechanism ?? 'none';
  if (mechanism === 'none') return 'nothing checks CRLs there';
  const { enforcement } = observed?.content ?? {};
  const { check } = bound.info.capabilities;
  if (check?.attachedBy !== 'owner' || enforcement === undefined || enforcement.state === 'enforced')
    return undefined;
  const [first = `${check.title} is not asked everywhere`, ...more] = enforcement.gaps;
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}

function keySetOf(reached: readonly TargetAdmission[], name: string): ReadonlySet<string> {
  return new Set(reached.find(({ target }) => target === name)?.reached.map(({ ca }) => ca.keySha256) ?? []);
}

function observedCertificates({ observed }: RunTarget): readonly Certificate[] {
  const cas = observed?.content.cas ?? [];
  return cas === 'unknown' ? [] : cas.flatMap(({ certificate }) => certificate ?? []);
}
