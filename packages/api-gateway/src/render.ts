import {
  bundleArtifact,
  checkBundle,
  checkCertificate,
  checkCrl,
  type Instant,
  notEnforced,
  type Rendering,
  sortCertificates,
  sortFindings,
  type TargetContext,
  type Trust,
} from '@trustloom/core';
import { desiredCheck } from './check.ts';
import { apiGatewayFacts } from './facts.ts';
import type { Desired } from './state.ts';
import type { ApiGatewayTarget } from './target.ts';

/** What the truststore should hold: every accepted CA, with chains that are complete inside it. */
export function renderApiGateway(
  trust: Trust,
  target: ApiGatewayTarget,
  context: TargetContext & { readonly now: Instant },
): Rendering<Desired> {
  const { now } = context;
  const cas = sortCertificates(trust.cas);
  const artifact = bundleArtifact(cas);
  const checked = target.authorizer !== undefined;
  return {
    desired: {
      cas,
      known: trust.known,
      artifact: artifact.sha256,
      managed: context.attach === 'managed',
      ...(checked ? { check: desiredCheck(trust) } : {}),
    },
    anchors: cas,
    artifacts: [artifact],
    mechanism: checked ? 'authorizer' : 'none',
    findings: sortFindings([
      ...cas.flatMap((ca) => checkCertificate(ca, apiGatewayFacts, now)),
      ...checkBundle(cas, apiGatewayFacts, now),
      ...trust.revocation.lists
        .filter(({ crl }) => crl.entryCount > 0)
        .flatMap(({ crl }) => [
          ...checkCrl(crl, apiGatewayFacts, now).filter(({ code }) => code !== 'crl-not-enforced'),
          ...(checked ? [] : [notEnforced(crl, apiGatewayFacts)]),
        ]),
    ]),
  };
}
