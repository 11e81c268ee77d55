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
import { generateConnectionFunction } from './connection-function/generate.ts';
import { cloudfrontFacts } from './facts.ts';
import { capacityFindings, shortSerialFindings } from './keys/capacity.ts';
import { desiredKeys } from './keys/desired.ts';
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
      ...(check === undefined ? {} : { check }),
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
      ...(check === undefined ? [] : [...capacityFindings(check.keys), ...shortSerialFindings(check.keys)]),
    ]),
  };
}

/** What refuses the revoked, by definition; nothing can in passthrough. */
function checkOf(
  trust: Trust,
  anchors: readonly Certificate[],
  { mode, revocation: form }: CloudfrontTarget,
): DesiredCheck | undefined {
  if (mode === 'passthrough') return undefined;
  return {
    code: generateConnectionFunction({ mode, graceMs: trust.revocation.graceMs }),
    keys: desiredKeys(trust, anchors, form),
  };
}

/** The canonical bundle of a set of CAs, as a file to upload. */
export function bundleArtifact(cas: readonly Certificate[]): Artifact {
  const body = bundlePem(cas);
  return { sha256: sha256Hex(body), kind: 'bundle', body };
}
