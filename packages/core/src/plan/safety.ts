import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import { caName } from '../kit/ca-words.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type ReachedCa, reach } from '../x509/reach.ts';
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

function observedCertificates({ observed }: RunTarget): readonly Certificate[] {
  const cas = observed?.content.cas ?? [];
  return cas === 'unknown' ? [] : cas.flatMap(({ certificate }) => certificate ?? []);
}
