import {
  type Artifact,
  bundlePem,
  type Certificate,
  checkBundle,
  checkCertificate,
  checkCrl,
  type Instant,
  issuingCas,
  type Rendering,
  sha256Hex,
  sortCertificates,
  sortFindings,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { cloudfrontFacts } from './facts.ts';
import type { Desired } from './state.ts';

/** What the store should hold: the CAs as anchors. */
export function renderCloudfront(
  trust: Trust,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const { now } = context;
  const cas = sortCertificates(
    context.anchors === 'issuing' ? issuingCas(trust.cas, trust.known) : trust.cas,
  );
  const artifact = bundleArtifact(cas);
  return {
    desired: { cas, known: trust.known, artifact: artifact.sha256, managed: context.attach === 'managed' },
    anchors: cas,
    artifacts: [artifact],
    findings: sortFindings([
      ...cas.flatMap((ca) => checkCertificate(ca, cloudfrontFacts, now)),
      ...checkBundle(cas, cloudfrontFacts, now),
      ...trust.revocation.lists
        .filter(({ crl }) => crl.entryCount > 0)
        .flatMap(({ crl }) => checkCrl(crl, cloudfrontFacts, now)),
    ]),
  };
}

/** The canonical bundle of a set of CAs, as a file to upload. */
export function bundleArtifact(cas: readonly Certificate[]): Artifact {
  const body = bundlePem(cas);
  return { sha256: sha256Hex(body), kind: 'bundle', body };
}
