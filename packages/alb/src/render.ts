import {
  bundleArtifact,
  type Certificate,
  caName,
  checkBundle,
  checkCertificate,
  checkCrl,
  crlPem,
  type Finding,
  type Instant,
  type IssuerCrl,
  issuingCas,
  type PlanContext,
  type Rendering,
  type RuleFinding,
  reach,
  sha256Hex,
  sortCertificates,
  type Trust,
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
  const crls = trust.revocation.crls
    .filter((crl) => !isUnusable(crl, now))
    .map(desiredCrl)
    .sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
  return {
    desired: {
      cas,
      known: sortCertificates(trust.known),
      crls,
      unusable: unusableKeys(trust, now),
      withdrawn: trust.revocation.withdrawn,
      managed: context.attach === 'managed',
    },
    anchors: cas,
    artifacts: [bundleArtifact(cas), ...crls.map(({ file }) => file)],
    findings: [
      ...cas.flatMap((ca) => checkCertificate(ca, albInfo, now)),
      ...checkBundle(cas, albInfo, now),
      ...crlFindings(trust, cas, now),
      ...notInStore(trust, cas, context),
      ...tooManyVerify(target),
    ],
  };
}

/** A CRL with its file. */
export function desiredCrl({ issuer, crl }: Pick<DesiredCrl, 'issuer' | 'crl'>): DesiredCrl {
  const body = crlPem(crl);
  return { issuer, crl, file: { sha256: sha256Hex(body), kind: 'crl', body } };
}

/** Keys of the CAs whose clients are admitted when these stand in a store. */
export function reachedKeys(
  anchors: readonly Certificate[],
  known: readonly Certificate[],
): ReadonlySet<string> {
  const { chain } = albInfo.capabilities;
  return new Set(reach({ anchors, known, chain }).map(({ ca }) => ca.keySha256));
}

/**
 * An expired CRL is never attached: what it does there is unknown. One that breaks a rule of the
 * service (too large, a negative serial) would be refused. What is in force stays.
 */
function isUnusable({ expired, crl }: IssuerCrl, now: Instant): boolean {
  return expired || checkCrl(crl, albInfo, now).some(({ severity }) => severity === 'error');
}

/** Keys of CAs that may have revoked somebody, without a CRL that could be put in place. */
function unusableKeys(trust: Trust, now: Instant): readonly string[] {
  const { crls, unread, withdrawn } = trust.revocation;
  const unusable = crls.filter(
    (one) => one.crl.entryCount > 0 && isUnusable(one, now) && !hasCrl(trust, one.issuer, now),
  );
  const gone = withdrawn.filter(
    ({ keySha256, entries }) => entries > 0 && crls.every(({ issuer }) => issuer.keySha256 !== keySha256),
  );
  return [
    ...new Set([
      ...unread.keys(),
      ...unusable.map(({ issuer }) => issuer.keySha256),
      ...gone.map(({ keySha256 }) => keySha256),
    ]),
  ].sort();
}

/**
 * A CRL of this CA can be put in place, so that partitions and delta CRLs beside it are not missed.
 */
function hasCrl({ revocation: { crls } }: Trust, { keySha256 }: Certificate, now: Instant): boolean {
  return crls.some((one) => one.issuer.keySha256 === keySha256 && !isUnusable(one, now));
}

/**
 * What the rules say of the CRLs of CAs in the store. Expired ones were reported when they were
 * judged.
 */
function crlFindings(trust: Trust, cas: readonly Certificate[], now: Instant): readonly RuleFinding[] {
  const keys = new Set(cas.map(({ keySha256 }) => keySha256));
  return trust.revocation.crls
    .filter(({ issuer }) => keys.has(issuer.keySha256))
    .flatMap(({ issuer, crl }) => {
      const has = hasCrl(trust, issuer, now);
      // Without its partitions and delta CRLs the complete CRL of a CA still says everything; only
      // it may be behind.
      return checkCrl(crl, albInfo, now).map((one) =>
        has && one.code === 'crl-partial' ? { ...one, severity: 'warning' as const } : one,
      );
    })
    .filter(({ code }) => code !== 'crl-expired');
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
  const reached = reachedKeys(cas, known);
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
