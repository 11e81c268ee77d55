import {
  type AttachableCrls,
  bundleArtifact,
  type Certificate,
  caDigests,
  caName,
  checkBundle,
  checkCertificate,
  crlPem,
  type Finding,
  issuingCas,
  type PlanContext,
  type Rendering,
  reachedKeys,
  sha256Hex,
  sortCertificates,
  type Trust,
  type UsableCrl,
  usableCrls,
} from '@trustloom/core/adapter';
import type { Desired, DesiredCrl } from './model.ts';
import { albInfo } from './service.ts';
import type { AlbTarget } from './target.ts';

/** What the store should hold: the CAs as anchors, and the CRLs that go with them. */
export function renderAlb(trust: Trust, target: AlbTarget, context: PlanContext): Rendering<Desired> {
  const { now } = context;
  const cas = sortCertificates(
    context.anchors === 'issuing' ? issuingCas(trust.cas, trust.known) : trust.cas,
  );
  const judged = usableCrls(trust, albInfo, now);
  const crls = judged.usable.map(desiredCrl).sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
  const inStore = new Set(cas.map(({ keySha256 }) => keySha256));
  return {
    desired: {
      cas,
      known: sortCertificates(trust.known),
      crls,
      unusable: exposedKeys(judged),
      revoked: caDigests([...trust.revoked, ...trust.revocation.revokedCas]),
      withdrawn: trust.revocation.withdrawn,
      leafLifeMs: trust.revocation.leafLifeMs,
      managed: context.attach === 'managed',
    },
    anchors: cas,
    artifacts: [bundleArtifact(cas), ...crls.map(({ file }) => file)],
    findings: [
      ...cas.flatMap((ca) => checkCertificate(ca, albInfo, now)),
      ...checkBundle(cas, albInfo, now),
      ...[...judged.findings].flatMap(([key, found]) => (inStore.has(key) ? found : [])),
      ...notInStore(trust, cas, context),
      ...tooManyVerify(target),
    ],
  };
}

/** A CRL with its file. */
export function desiredCrl({ issuer, crl }: UsableCrl): DesiredCrl {
  const body = crlPem(crl);
  return { issuer, crl, file: { sha256: sha256Hex(body), kind: 'crl', body } };
}

/**
 * Keys of CAs that may have revoked somebody, without a CRL that could be put in place: a consent is
 * asked only where a revoked client may be admitted.
 */
function exposedKeys({ unusable, withdrawn }: AttachableCrls): readonly string[] {
  return [
    ...unusable.filter(({ entries }) => entries !== 0).map(({ issuer }) => issuer.keySha256),
    ...withdrawn.filter(({ entries }) => entries > 0).map(({ keySha256 }) => keySha256),
  ].sort();
}

/**
 * CRLs of CAs that are reached without standing in the store: it may refuse them, and so admit
 * revoked clients.
 */
function notInStore(
  { known, revocation: { crls } }: Trust,
  cas: readonly Certificate[],
  { name, anchors }: PlanContext,
): readonly Finding[] {
  const keys = new Set(cas.map(({ keySha256 }) => keySha256));
  const reached = new Set(reachedKeys(cas, known, albInfo));
  const way = anchors === 'issuing' ? 'Accept it.' : 'Accept it, or use `anchors: issuing`.';
  return crls
    .filter(
      ({ issuer: { keySha256 }, crl }) =>
        !keys.has(keySha256) && reached.has(keySha256) && crl.entryCount > 0,
    )
    .map(({ issuer, crl }) => ({
      code: 'crl-issuer-not-in-store',
      severity: 'warning',
      about: crl.sha256,
      message: `${name}: clients revoked by ${caName(issuer)} are admitted: their CA is reached but does not stand in the store, which takes no CRL of such a CA. ${way}`,
      source: 'unknown; the cautious reading',
    }));
}

/** More listeners of one load balancer than may verify. */
function tooManyVerify({ listeners, mode }: AlbTarget): readonly Finding[] {
  if (mode !== 'verify') return [];
  const { max, source } = albInfo.limits.attachments;
  const balancers = [...new Set(listeners.map(balancerOf))];
  return balancers.flatMap((balancer): readonly Finding[] => {
    const count = listeners.filter((arn) => balancerOf(arn) === balancer).length;
    if (count <= max) return [];
    const message = `${count} listeners of the load balancer ${balancer} are to verify clients; one load balancer takes ${max}`;
    return [{ code: 'precondition', severity: 'error', about: balancer, message, source }];
  });
}

/** `edge/50dc6c495c0c9188`: name and id of the load balancer of a listener. */
function balancerOf(listener: string): string {
  return listener.split('/').slice(2, 4).join('/');
}
