import {
  bundleArtifact,
  type Certificate,
  checkBundle,
  checkCertificate,
  checkCrl,
  type Finding,
  type Instant,
  issuingCas,
  type Rendering,
  type RevocationList,
  type RuleFinding,
  reach,
  sortCertificates,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { listArtifact, listOf } from './artifacts.ts';
import { albFacts } from './facts.ts';
import type { Desired } from './state.ts';
import type { AlbTarget } from './target.ts';

/** What the store should hold: the CAs as anchors, and the lists that go with them. */
export function renderAlb(
  trust: Trust,
  target: AlbTarget,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const { now } = context;
  const cas = sortCertificates(
    context.anchors === 'issuing' ? issuingCas(trust.cas, trust.known) : trust.cas,
  );
  const keys = new Set(cas.map(({ keySha256 }) => keySha256));
  const lists = trust.revocation.lists
    .filter((list) => !isWithheld(list, now))
    .map(listOf)
    .sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
  const known = sortCertificates(trust.known);
  return {
    desired: {
      cas,
      known,
      lists,
      withheld: withheldKeys(trust, now),
      letGo: trust.revocation.letGo,
      managed: context.attach === 'managed',
    },
    anchors: cas,
    artifacts: [bundleArtifact(cas), ...lists.map(listArtifact)],
    findings: [
      ...cas.flatMap((ca) => checkCertificate(ca, albFacts, now)),
      ...checkBundle(cas, albFacts, now),
      // Expired ones were told once when they were judged.
      ...trust.revocation.lists
        .filter(({ issuer }) => keys.has(issuer.keySha256))
        .flatMap(({ issuer, crl }) =>
          siblingCounts(checkCrl(crl, albFacts, now), hasList(trust, issuer, now)),
        )
        .filter(({ code }) => code !== 'crl-expired'),
      ...notInStore(trust, cas, context),
      ...tooManyVerify(target),
    ],
  };
}

/**
 * An expired list is never attached: nobody has told what it does there. One that breaks a rule of the service (too large, a negative
 * serial) would be refused. What is in force stays.
 */
function isWithheld({ expired, crl }: RevocationList, now: Instant): boolean {
  return expired || checkCrl(crl, albFacts, now).some(({ severity }) => severity === 'error');
}

/** Keys of CAs that may have revoked somebody, without a list that could be put in place. */
function withheldKeys(trust: Trust, now: Instant): readonly string[] {
  const { lists, kept, letGo } = trust.revocation;
  const withheld = lists.filter(
    (list) => list.crl.entryCount > 0 && isWithheld(list, now) && !hasList(trust, list.issuer, now),
  );
  const gone = letGo.filter(
    ({ keySha256, entries }) => entries > 0 && lists.every(({ issuer }) => issuer.keySha256 !== keySha256),
  );
  return [
    ...new Set([
      ...kept.keys(),
      ...withheld.map(({ issuer }) => issuer.keySha256),
      ...gone.map(({ keySha256 }) => keySha256),
    ]),
  ].sort();
}

/** A list of this CA can be put in place, so that partitions and delta lists beside it are not missed. */
function hasList({ revocation: { lists } }: Trust, { keySha256 }: Certificate, now: Instant): boolean {
  return lists.some((list) => list.issuer.keySha256 === keySha256 && !isWithheld(list, now));
}

/** Without its partitions and delta lists the complete list of a CA still says everything; only it may be behind. */
function siblingCounts(findings: readonly RuleFinding[], has: boolean): readonly RuleFinding[] {
  return findings.map((one) =>
    has && one.code === 'crl-partial' ? { ...one, severity: 'warning' as const } : one,
  );
}

/** Lists of CAs that get clients in without standing in the store: the service may refuse them, so their revoked clients get in. */
function notInStore(
  trust: Trust,
  cas: readonly Certificate[],
  { name, anchors }: TargetContext,
): readonly Finding[] {
  const keys = new Set(cas.map(({ keySha256 }) => keySha256));
  const { chain } = albFacts.capabilities;
  const reached = new Set(reach({ anchors: cas, known: trust.known, chain }).map(({ ca }) => ca.keySha256));
  const way = anchors === 'issuing' ? 'Accept it.' : 'Accept it, or use `anchors: issuing`.';
  return trust.revocation.lists
    .filter(
      ({ issuer: { keySha256 }, crl }) =>
        !keys.has(keySha256) && reached.has(keySha256) && crl.entryCount > 0,
    )
    .map(({ issuer, crl }) => ({
      code: 'crl-issuer-not-in-store',
      severity: 'warning',
      thing: crl.sha256,
      message: `${name}: clients revoked by ${issuer.subject.text} get in: their CA is reached but does not stand in the store, which takes no list of such a CA. ${way}`,
      source: 'unknown; the cautious reading',
    }));
}

/** More listeners of one load balancer than may verify. */
function tooManyVerify({ listeners, mode }: AlbTarget): readonly Finding[] {
  if (mode !== 'verify') return [];
  const { max, source } = albFacts.limits.attachments;
  const balancers = [...new Set(listeners.map(balancerOf))];
  return balancers.flatMap((balancer): readonly Finding[] => {
    const count = listeners.filter((arn) => balancerOf(arn) === balancer).length;
    if (count <= max) return [];
    const message = `${count} listeners of the load balancer ${balancer} are to verify clients; one load balancer takes ${max}`;
    return [{ code: 'precondition', severity: 'error', thing: balancer, message, source }];
  });
}

/** `edge/50dc6c495c0c9188`: name and id of the load balancer of a listener. */
function balancerOf(listener: string): string {
  return listener.split('/').slice(2, 4).join('/');
}
