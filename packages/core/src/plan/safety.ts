import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import type { Certificate } from '../x509/certificate.ts';
import { issuingCas, type ReachedCa, reach } from '../x509/reach.ts';
import type { Gathered } from './gather.ts';
import type { CaNews } from './plan.ts';
import type { RunTarget } from './prepared.ts';
import type { TrustView } from './trust.ts';

/** Which CA keys get a leaf into a target once the plan is done (as far as its steps may run). */
export interface LetIn {
  readonly target: string;
  readonly reached: readonly ReachedCa[];
}

/** Computes reach after the plan: the anchors to be, and those held today whose removal has to wait. */
export function letIn(target: RunTarget, view: TrustView): LetIn {
  const { name, bound, planned, rendered } = target;
  const staying = planned.steps.some(({ effect, leftOut }) => effect === 'remove' && leftOut === undefined)
    ? []
    : heldCertificates(target);
  const anchors = [...(rendered?.rendering?.anchors ?? []), ...staying];
  const known = [...new Map([...view.known, ...anchors].map((ca) => [ca.sha256, ca])).values()];
  return {
    target: name,
    reached: reach({ anchors, known, chain: bound.facts.capabilities.chain }),
  };
}

/** Proposed, kept and retired CAs, and where their clients get in. */
export function newsOf(input: {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly view: TrustView;
  readonly gathered: Gathered;
  readonly reached: readonly LetIn[];
}): readonly CaNews[] {
  const { definition, lock, view, gathered, reached } = input;
  const places = (ca: Certificate, group: string) => {
    const letInOn = reached.flatMap(({ target, reached: keys }) => {
      const through = keys.find((key) => key.ca.keySha256 === ca.keySha256);
      return through === undefined ? [] : [{ target, through: through.via.subject.text }];
    });
    const open = new Set(letInOn.map(({ target }) => target));
    const notOn = definition.targets
      .filter(({ name, trust }) => trust.includes(group) && !open.has(name))
      .map(({ name }) => name);
    return { letInOn, notOn };
  };
  const news = (kind: CaNews['news'], certificate: Certificate, group: string): CaNews => ({
    news: kind,
    sha256: certificate.sha256,
    subject: certificate.subject.text,
    group,
    ...places(certificate, group),
  });
  const offered = new Set(gathered.offers.map(({ certificate }) => certificate.sha256));
  const answered = new Set(gathered.offers.map(({ group }) => group));
  return [
    ...view.proposals.map(({ certificate, group }) => news('propose', certificate, group)),
    ...lock.entries
      .filter(
        ({ state, sha256, group }) => state === 'trusted' && !offered.has(sha256) && answered.has(group),
      )
      .map(({ certificate, group }) => news('keep', certificate, group)),
    ...lock.entries
      .filter(({ state }) => state === 'retired')
      .map(({ certificate, group }) => news('retired', certificate, group))
      .filter(({ letInOn }) => letInOn.length > 0),
  ];
}

/** Clients that are good by the definition and would be refused. */
export function lockoutOf(
  targets: readonly RunTarget[],
  view: TrustView,
  reached: readonly LetIn[],
): readonly string[] {
  return targets.flatMap(({ name, rendered }) => {
    const keys = keysOf(reached, name);
    const trust = rendered?.rendering === undefined ? undefined : view.trusts.get(name);
    // A CA that only issues other CAs has no clients of its own to lock out.
    const issuing = trust === undefined ? [] : issuingCas(trust.cas, trust.known);
    const unreached = issuing.filter(({ keySha256 }) => !keys.has(keySha256));
    return unreached.map(({ subject }) => `${name}: clients of ${subject.text} find no complete chain`);
  });
}

/** Clients that are not good by the definition and would be let in. */
export function exposureOf(
  targets: readonly RunTarget[],
  view: TrustView,
  lock: Lock,
  reached: readonly LetIn[],
): readonly string[] {
  const unwanted = lock.entries.filter(({ state }) => state !== 'trusted');
  const lockedKeys = new Set(
    lock.entries.filter(({ state }) => state === 'trusted').map(({ certificate }) => certificate.keySha256),
  );
  return targets.flatMap((target) => {
    const { name } = target;
    const keys = keysOf(reached, name);
    const known = new Set(view.known.map(({ keySha256 }) => keySha256));
    const strangers = heldCertificates(target).filter(
      ({ keySha256 }) => keys.has(keySha256) && !known.has(keySha256),
    );
    const { lists = [], letGo = [] } = view.trusts.get(name)?.revocation ?? {};
    const unenforced = lists.some(({ crl }) => crl.entryCount > 0) ? unenforcedOn(target) : undefined;
    return [
      ...unwanted
        .filter(
          ({ certificate }) => keys.has(certificate.keySha256) && !lockedKeys.has(certificate.keySha256),
        )
        .map(({ state, certificate }) => `${name}: clients of ${certificate.subject.text} (${state}) get in`),
      ...strangers.map(
        ({ subject }) => `${name}: clients of ${subject.text} get in, which the definition does not name`,
      ),
      ...(unenforced === undefined ? [] : [`${name}: revoked clients get in (${unenforced})`]),
      ...letGo
        .filter(({ keySha256, entries }) => entries > 0 && keys.has(keySha256))
        .map(({ issuer }) => `${name}: clients that ${issuer} revoked get in (its list was let go)`),
    ];
  });
}

/** Why the revoked get in once the plan is done: nothing checks, or a check that others attach is not asked everywhere. */
function unenforcedOn({ bound, rendered, observed }: RunTarget): string | undefined {
  if (bound.facts.capabilities.revocation === 'list') return undefined;
  const mechanism = rendered?.rendering?.mechanism ?? 'none';
  if (mechanism === 'none') return 'nothing checks the lists there';
  const { enforcement } = observed?.holds ?? {};
  if (mechanism !== 'authorizer' || enforcement === undefined || enforcement.state === 'enforced')
    return undefined;
  const [first = 'the authorizer is not asked everywhere', ...more] = enforcement.gaps;
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}

function keysOf(reached: readonly LetIn[], name: string): ReadonlySet<string> {
  return new Set(reached.find(({ target }) => target === name)?.reached.map(({ ca }) => ca.keySha256) ?? []);
}

function heldCertificates({ observed }: RunTarget): readonly Certificate[] {
  const cas = observed?.holds.cas ?? [];
  return cas === 'unknown' ? [] : cas.flatMap(({ certificate }) => certificate ?? []);
}
