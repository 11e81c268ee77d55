import {
  type Certificate,
  checkCertificate,
  checkCrl,
  type Finding,
  type Instant,
  issuingCas,
  type Rendering,
  reach,
  sortCertificates,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import type { Desired, DesiredAnchor } from './state.ts';

const { limits } = rolesAnywhereFacts;

/** One anchor for each key that issues client certificates, with the list of every known CA whose clients can reach it. */
export function renderRolesAnywhere(
  trust: Trust,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const issuing = sortCertificates(issuingCas(trust.cas, trust.known));
  const keys = [...new Set(issuing.map(({ keySha256 }) => keySha256))].sort();
  const anchors = keys.map((key) =>
    anchorOf(
      key,
      issuing.filter(({ keySha256 }) => keySha256 === key),
      trust,
    ),
  );
  return {
    desired: { anchors, known: trust.known },
    anchors: issuing,
    artifacts: [],
    findings: [
      ...issuing.flatMap((ca) => checkCertificate(ca, rolesAnywhereFacts, context.now)),
      ...[
        ...new Map(anchors.flatMap(({ lists }) => lists).map(({ crl }) => [crl.sha256, crl])).values(),
      ].flatMap((crl) => checkCrl(crl, rolesAnywhereFacts, context.now)),
      ...anchors.flatMap(anchorFindings),
    ],
  };
}

function anchorOf(key: string, cas: readonly Certificate[], trust: Trust): DesiredAnchor {
  const reached = new Set(
    reach({ anchors: cas, known: trust.known, chain: 'any-anchor' }).map(({ ca }) => ca.keySha256),
  );
  const lists = trust.revocation.lists
    // An expired list is never put in force: nobody has told what it does there. What is in force stays.
    .filter(({ issuer, expired }) => reached.has(issuer.keySha256) && !expired)
    .map(({ issuer, crl }) => ({ issuer, crl }))
    .sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
  return { key, cas, lists };
}

/** What does not fit one anchor keeps the whole target from being written: an anchor without one of its lists lets the revoked in. */
function anchorFindings({ cas, lists }: DesiredAnchor): readonly Finding[] {
  const name = cas[0]?.subject.text ?? '';
  const thing = cas[0]?.sha256;
  const about = thing === undefined ? {} : { thing };
  const full = lists.filter(({ crl }) => crl.entryCount > 0);
  const characters = cas.reduce((sum, { pem }) => sum + pem.length, 0);
  return [
    ...(cas.length <= limits.anchorCertificates.max && characters <= limits.anchorCharacters.max
      ? []
      : [
          {
            code: 'anchor-certificate-limit' as const,
            severity: 'error' as const,
            message: `${name}: ${cas.length} certificates with one key and ${characters} characters; a trust anchor takes ${limits.anchorCertificates.max} and ${limits.anchorCharacters.max}. Retire the older ones.`,
            source: limits.anchorCertificates.source,
            ...about,
          },
        ]),
    ...(full.length <= limits.crlLists.max
      ? []
      : [
          {
            code: 'anchor-crl-limit' as const,
            severity: 'error' as const,
            message: `${name}: ${full.length} CAs can get clients in through it and have revoked some (${full.map(({ issuer }) => issuer.subject.text).join('; ')}); a trust anchor takes ${limits.crlLists.max} lists, so some revoked clients would get in. Make the issuing CAs anchors instead.`,
            source: limits.crlLists.source,
            ...about,
          },
        ]),
  ];
}
