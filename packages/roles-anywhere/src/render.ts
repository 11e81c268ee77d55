import {
  type AttachableCrls,
  type Certificate,
  caDigests,
  caName,
  caNames,
  checkCertificate,
  defined,
  type Finding,
  issuingCas,
  type PlanContext,
  type Rendering,
  reachedKeys,
  sortCertificates,
  type Trust,
  usableCrls,
} from '@trustloom/core/adapter';
import type { Desired, DesiredAnchor, ReachingCrls } from './model.ts';
import { rolesAnywhereInfo } from './service.ts';

const { limits } = rolesAnywhereInfo;

/**
 * One anchor for each key that issues client certificates, with the CRL of every known CA whose
 * clients can reach it.
 */
export function renderRolesAnywhere(trust: Trust, { now }: Pick<PlanContext, 'now'>): Rendering<Desired> {
  const known = sortCertificates([...new Set([...trust.cas, ...trust.known])]);
  // An anchor of a revoked CA is not wanted, also when there is no other: without anchors nobody is
  // admitted.
  const revoked = new Set(trust.revoked.map(({ sha256 }) => sha256));
  const good = trust.cas.filter(({ sha256 }) => !revoked.has(sha256));
  const issuing = sortCertificates(issuingCas(good, known));
  const { findings, ...crls } = usableCrls(trust, rolesAnywhereInfo, now);
  const keys = [...new Set(issuing.map(({ keySha256 }) => keySha256))].sort();
  const anchors = keys.map((key): DesiredAnchor => {
    const cas = issuing.filter(({ keySha256 }) => keySha256 === key);
    return { key, cas, leafLifeMs: trust.revocation.leafLifeMs, ...reachingCrls(cas, known, crls) };
  });
  const reached = new Set(anchors.flatMap((anchor) => anchor.keys));
  return {
    desired: {
      anchors,
      known,
      revoked: caDigests([...trust.revoked, ...trust.revocation.revokedCas]),
      suspended: caDigests(trust.revoked),
      crls,
    },
    anchors: issuing,
    artifacts: [],
    findings: [
      ...issuing.flatMap((ca) => checkCertificate(ca, rolesAnywhereInfo, now)),
      ...[...findings].flatMap(([key, found]) => (reached.has(key) ? found : [])),
      ...anchors.flatMap(limitFindings),
    ],
  };
}

/**
 * Of all CRLs, those of the CAs whose clients are admitted through an anchor with these
 * certificates.
 */
export function reachingCrls(
  anchors: readonly Certificate[],
  known: readonly Certificate[],
  { usable, unusable, withdrawn }: AttachableCrls,
): ReachingCrls {
  const keys = reachedKeys(anchors, known, rolesAnywhereInfo);
  return {
    usable: usable.filter(({ issuer }) => keys.includes(issuer.keySha256)),
    unusable: unusable.filter(({ issuer }) => keys.includes(issuer.keySha256)),
    withdrawn: withdrawn.filter(({ keySha256 }) => keys.includes(keySha256)),
    keys,
  };
}

/**
 * What does not fit one anchor keeps everything from being written: without one of its CRLs, an
 * anchor admits the revoked.
 */
function limitFindings({ cas, usable }: DesiredAnchor): readonly Finding[] {
  const { anchorCertificates, anchorCharacters, crls } = limits;
  const common = { severity: 'error', ...defined({ about: cas[0]?.sha256 }) } as const;
  const findings: Finding[] = [];
  const characters = cas.reduce((sum, { pem }) => sum + pem.length, 0);
  if (cas.length > anchorCertificates.max || characters > anchorCharacters.max)
    findings.push({
      code: 'anchor-certificate-limit',
      message: `${caNames(cas)}: ${cas.length} certificates with one key and ${characters} characters; a trust anchor takes ${anchorCertificates.max} and ${anchorCharacters.max}. Retire the older ones.`,
      source: anchorCertificates.source,
      ...common,
    });
  const full = usable.filter(({ crl }) => crl.entryCount > 0);
  if (full.length > crls.max)
    findings.push({
      code: 'anchor-crl-limit',
      message: `${caNames(cas)}: clients of ${full.length} CAs that have revoked some are admitted through it (${full.map(({ issuer }) => caName(issuer)).join('; ')}); a trust anchor takes ${crls.max} CRLs, so some revoked clients would be admitted. Make the issuing CAs anchors instead.`,
      source: crls.source,
      ...common,
    });
  return findings;
}
