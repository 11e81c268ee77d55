import {
  bundleArtifact,
  type Certificate,
  checkBundle,
  checkCertificate,
  checkCrl,
  defined,
  type Finding,
  type Instant,
  issuingCas,
  type Rendering,
  reach,
  sortCertificates,
  sortFindings,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { generateConnectionFunction } from './connection-function/generate.ts';
import { cloudfrontFacts } from './facts.ts';
import { capacityFindings, caSerialFindings, shortSerialFindings } from './keys/capacity.ts';
import { desiredKeys } from './keys/desired.ts';
import { letGoOf } from './keys/let-go.ts';
import type { Desired, DesiredCheck } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** What the store should hold: the CAs as anchors. */
export function renderCloudfront(
  trust: Trust,
  target: CloudfrontTarget,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const { now } = context;
  const cas = sortCertificates(
    context.anchors === 'issuing' ? issuingCas(trust.cas, trust.known) : trust.cas,
  );
  const artifact = bundleArtifact(cas);
  const check = checkOf(trust, cas, target);
  return {
    desired: {
      cas,
      known: trust.known,
      artifact: artifact.sha256,
      managed: context.attach === 'managed',
      ...defined({ check }),
    },
    mechanism: check === undefined ? 'none' : 'function',
    anchors: cas,
    artifacts: [artifact],
    findings: sortFindings([
      ...cas.flatMap((ca) => checkCertificate(ca, cloudfrontFacts, now)),
      ...checkBundle(cas, cloudfrontFacts, now),
      ...trust.revocation.lists
        .filter(({ crl }) => crl.entryCount > 0)
        .flatMap(({ crl }) => checkCrl(crl, cloudfrontFacts, now)),
      ...ocspFindings(cas, trust, target),
      ...(check === undefined
        ? []
        : [
            ...capacityFindings(check.keys),
            ...shortSerialFindings(check.keys),
            ...caSerialFindings(check.keys),
          ]),
    ]),
  };
}

/** With the OCSP flag, every certificate below the anchor has to name a responder; what stands in the store is exempt. */
function ocspFindings(
  anchors: readonly Certificate[],
  { known, groups }: Trust,
  { ocsp, mode }: CloudfrontTarget,
): readonly Finding[] {
  if (!ocsp || mode === 'passthrough') return [];
  const source = 'AWS: CloudFront, Certificate revocation';
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
          thing: name,
          message: `the client certificates of ${name} name no OCSP responder, as Serverless CA supports none, so CloudFront would refuse them all; leave \`ocsp\` off`,
          source: 'Serverless CA: client certificates; AWS: CloudFront, Certificate revocation',
        }),
      ),
    ...silent.map(
      ({ ca, direct }): Finding => ({
        code: 'ocsp-no-url',
        severity: direct ? 'warning' : 'error',
        thing: ca.sha256,
        message: direct
          ? `${ca.subject.text} names no OCSP responder; if its clients name none either, CloudFront refuses them all`
          : `${ca.subject.text} names no OCSP responder, so CloudFront refuses every client that sends it`,
        source,
      }),
    ),
  ];
}

/** What refuses the revoked, by definition; nothing can in passthrough. */
function checkOf(
  trust: Trust,
  anchors: readonly Certificate[],
  { mode, revocation: form }: CloudfrontTarget,
): DesiredCheck | undefined {
  if (mode === 'passthrough') return undefined;
  const letGo = letGoOf(trust, anchors, form);
  return {
    code: generateConnectionFunction({ mode, graceMs: trust.revocation.graceMs }),
    keys: desiredKeys(trust, anchors, form),
    ...defined({ letGo }),
  };
}
