import {
  type Artifact,
  bundlePem,
  checkBundle,
  checkCertificate,
  checkCrl,
  crlPem,
  type Finding,
  type Instant,
  issuingCas,
  type Rendering,
  type RevocationList,
  reach,
  sha256Hex,
  sortCertificates,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { albFacts } from './facts.ts';
import type { Desired, DesiredList } from './state.ts';

/** What the store should hold: the CAs as anchors, and the list of each CA that stands in it. */
export function renderAlb(
  trust: Trust,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const { now } = context;
  const cas = sortCertificates(
    context.anchors === 'issuing' ? issuingCas(trust.cas, trust.known) : trust.cas,
  );
  const keys = new Set(cas.map(({ keySha256 }) => keySha256));
  const inStore = trust.revocation.lists.filter(({ issuer }) => keys.has(issuer.keySha256));
  const lists = inStore
    // An expired list is never attached: nobody has told what it does there. What is in force stays.
    .filter(({ expired }) => !expired)
    .map(({ issuer, crl }): DesiredList => ({ issuer, crl, artifact: sha256Hex(crlPem(crl)) }))
    .sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
  const artifacts: readonly Artifact[] = [
    bundleArtifact(cas),
    ...lists.map(({ crl, artifact }) => ({ sha256: artifact, kind: 'crl' as const, body: crlPem(crl) })),
  ];
  return {
    desired: { cas, known: trust.known, lists, managed: context.attach === 'managed' },
    anchors: cas,
    artifacts,
    findings: [
      ...cas.flatMap((ca) => checkCertificate(ca, albFacts, now)),
      ...checkBundle(cas, albFacts, now),
      // Expired ones were told once when they were judged.
      ...inStore
        .flatMap(({ crl }) => checkCrl(crl, albFacts, now))
        .filter(({ code }) => code !== 'crl-expired'),
      ...notInStore(trust, keys, context.name),
    ],
  };
}

/** The canonical bundle of a set of CAs, as a file to upload. */
export function bundleArtifact(cas: Desired['cas']): Artifact {
  const body = bundlePem(cas);
  return { sha256: sha256Hex(body), kind: 'bundle', body };
}

/** Lists of CAs that get clients in without standing in the store: the service may refuse them, so their revoked clients get in. */
function notInStore(trust: Trust, keys: ReadonlySet<string>, target: string): readonly Finding[] {
  const reached = new Set(
    reach({ anchors: trust.cas, known: trust.known, chain: albFacts.capabilities.chain }).map(
      ({ ca }) => ca.keySha256,
    ),
  );
  return trust.revocation.lists
    .filter(
      ({ issuer, crl }: RevocationList) =>
        !keys.has(issuer.keySha256) && reached.has(issuer.keySha256) && crl.entryCount > 0,
    )
    .map(({ issuer, crl }) => ({
      code: 'crl-issuer-not-in-store',
      severity: 'warning',
      thing: crl.sha256,
      message: `${target}: clients revoked by ${issuer.subject.text} get in: their CA is reached but not accepted, and the store takes no list of a CA that it does not hold. Accept it, or use \`anchors: issuing\`.`,
      source: 'unknown; the cautious reading',
    }));
}
