import {
  type Certificate,
  checkCertificate,
  defined,
  type Finding,
  type Instant,
  issuingCas,
  type Rendering,
  sortCertificates,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import { listsReaching, sortLists } from './reached.ts';
import type { Desired, DesiredAnchor } from './state.ts';

const { limits } = rolesAnywhereFacts;

/** One anchor for each key that issues client certificates, with the list of every known CA whose clients can reach it. */
export function renderRolesAnywhere(
  trust: Trust,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const { now } = context;
  const known = sortCertificates([...new Set([...trust.cas, ...trust.known])]);
  // An anchor of a revoked CA is not wanted, also when there is no other: without anchors nobody gets in.
  const revoked = new Set(trust.revoked.map(({ sha256 }) => sha256));
  const good = trust.cas.filter(({ sha256 }) => !revoked.has(sha256));
  const issuing = sortCertificates(issuingCas(good, known));
  const { findings, ...revocation } = sortLists(trust.revocation, known, now);
  const keys = [...new Set(issuing.map(({ keySha256 }) => keySha256))].sort();
  const anchors = keys.map((key): DesiredAnchor => {
    const cas = issuing.filter(({ keySha256 }) => keySha256 === key);
    return { key, cas, ...listsReaching(cas, known, revocation) };
  });
  const reached = new Set(anchors.flatMap((anchor) => anchor.keys));
  const about = new Set(
    trust.revocation.lists.filter(({ issuer }) => reached.has(issuer.keySha256)).map(({ crl }) => crl.sha256),
  );
  return {
    desired: { anchors, known, revocation },
    anchors: issuing,
    artifacts: [],
    findings: [
      ...issuing.flatMap((ca) => checkCertificate(ca, rolesAnywhereFacts, now)),
      ...findings.filter(({ thing }) => thing !== undefined && about.has(thing)),
      ...anchors.flatMap((anchor) => [...limitFindings(anchor), ...unlisted(anchor, known)]),
    ],
  };
}

/** What does not fit one anchor keeps everything from being written: an anchor without one of its lists lets the revoked in. */
function limitFindings({ cas, lists }: DesiredAnchor): readonly Finding[] {
  const name = cas[0]?.subject.text ?? '';
  const thing = cas[0]?.sha256;
  const about = { severity: 'error', ...defined({ thing }) } as const;
  const full = lists.filter(({ crl }) => crl.entryCount > 0);
  const characters = cas.reduce((sum, { pem }) => sum + pem.length, 0);
  const fits = cas.length <= limits.anchorCertificates.max && characters <= limits.anchorCharacters.max;
  return [
    ...(fits
      ? []
      : [
          {
            code: 'anchor-certificate-limit' as const,
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
            message: `${name}: ${full.length} CAs can get clients in through it and have revoked some (${full.map(({ issuer }) => issuer.subject.text).join('; ')}); a trust anchor takes ${limits.crlLists.max} lists, so some revoked clients would get in. Make the issuing CAs anchors instead.`,
            source: limits.crlLists.source,
            ...about,
          },
        ]),
  ];
}

/** Where no list of a CA is known at all, nobody can be revoked: that is said, and left to the definition. */
function unlisted(anchor: DesiredAnchor, known: readonly Certificate[]): readonly Finding[] {
  // That a list was let go is told where it is seen.
  const listed = new Set([
    ...[...anchor.lists, ...anchor.withheld].map(({ issuer }) => issuer.keySha256),
    ...anchor.letGo.map(({ keySha256 }) => keySha256),
  ]);
  return anchor.keys
    .filter((key) => !listed.has(key))
    .flatMap((key) => {
      const ca = known.find(({ keySha256 }) => keySha256 === key);
      return ca === undefined
        ? []
        : [
            {
              code: 'anchor-no-list' as const,
              severity: 'warning' as const,
              thing: ca.sha256,
              message: `no list of ${ca.subject.text} is known, so none of its clients can be revoked here; add its address to \`crls\``,
            },
          ];
    });
}
