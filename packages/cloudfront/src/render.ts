import {
  bundleArtifact,
  type Certificate,
  caName,
  checkBundle,
  checkCertificate,
  checkCrl,
  defined,
  type Finding,
  issuingCas,
  type PlanContext,
  type Rendering,
  reach,
  sortCertificates,
  sortFindings,
  type Trust,
} from '@trustloom/core/adapter';
import type { Desired } from './model/index.ts';
import { entryFindings } from './revocation/entries/findings.ts';
import { desiredRevocation } from './revocation/index.ts';
import { cloudfrontInfo } from './service.ts';
import type { CloudfrontTarget } from './target.ts';

/** What the target should hold: the CAs as anchors, and what refuses the revoked. */
export function renderCloudfront(
  trust: Trust,
  target: CloudfrontTarget,
  { now, anchors, attach }: PlanContext,
): Rendering<Desired> {
  const cas = sortCertificates(anchors === 'issuing' ? issuingCas(trust.cas, trust.known) : trust.cas);
  const bundle = bundleArtifact(cas);
  const revocation = desiredRevocation(trust, cas, target);
  return {
    desired: { cas, bundle: bundle.sha256, managed: attach === 'managed', ...defined({ revocation }) },
    mechanism: revocation === undefined ? 'none' : 'function',
    anchors: cas,
    artifacts: [bundle],
    findings: sortFindings([
      ...cas.flatMap((ca) => checkCertificate(ca, cloudfrontInfo, now)),
      ...checkBundle(cas, cloudfrontInfo, now),
      ...trust.revocation.crls
        .filter(({ crl }) => crl.entryCount > 0)
        .flatMap(({ crl }) => checkCrl(crl, cloudfrontInfo, now)),
      ...ocspFindings(cas, trust, target),
      ...(revocation === undefined ? [] : entryFindings(revocation.entries)),
    ]),
  };
}

/**
 * With the OCSP flag, every certificate below the anchor has to name a responder; what stands in
 * the store is exempt.
 */
function ocspFindings(
  anchors: readonly Certificate[],
  { known, groups }: Trust,
  { ocsp, mode }: CloudfrontTarget,
): readonly Finding[] {
  if (!ocsp || mode === 'passthrough') return [];
  const silent = reach({ anchors, known, chain: 'any-anchor' }).filter(
    ({ ca }) => !ca.selfSigned && ca.ocspUrls.length === 0,
  );
  return [
    ...groups
      .filter(({ leavesHaveOcsp }) => leavesHaveOcsp === false)
      .map(
        ({ name }): Finding => ({
          code: 'ocsp-no-url',
          severity: 'error',
          about: name,
          message: `the client certificates of ${name} name no OCSP responder, as Serverless CA supports none, so CloudFront would refuse them all; leave \`ocsp\` off`,
          source: 'Serverless CA: client certificates; AWS: CloudFront, Certificate revocation',
        }),
      ),
    ...silent.map(
      ({ ca, direct }): Finding => ({
        code: 'ocsp-no-url',
        severity: direct ? 'warning' : 'error',
        about: ca.sha256,
        message: direct
          ? `${caName(ca)} names no OCSP responder; if its clients name none either, CloudFront refuses them all`
          : `${caName(ca)} names no OCSP responder, so CloudFront refuses every client that sends it`,
        source: 'AWS: CloudFront, Certificate revocation',
      }),
    ),
  ];
}
