import {
  bundleArtifact,
  checkBundle,
  checkCertificate,
  checkCrl,
  defined,
  notEnforced,
  type PlanContext,
  type Rendering,
  sortCertificates,
  sortFindings,
  type Trust,
} from '@trustloom/core/adapter';
import type { Desired } from './model.ts';
import { desiredManifest } from './revocation/index.ts';
import { apiGatewayInfo } from './service.ts';
import type { ApiGatewayTarget } from './target.ts';

/** What the truststore should hold: every accepted CA, with chains that are complete inside it. */
export function renderApiGateway(
  trust: Trust,
  target: ApiGatewayTarget,
  { attach, now }: PlanContext,
): Rendering<Desired> {
  const cas = sortCertificates(trust.cas);
  const bundle = bundleArtifact(cas);
  const checked = target.authorizer !== undefined;
  return {
    desired: {
      cas,
      known: trust.known,
      bundle: bundle.sha256,
      managed: attach === 'managed',
      ...defined({ authorizer: target.authorizer }),
      manifest: desiredManifest(trust),
    },
    anchors: cas,
    artifacts: [bundle],
    mechanism: checked ? 'authorizer' : 'none',
    findings: sortFindings([
      ...cas.flatMap((ca) => checkCertificate(ca, apiGatewayInfo, now)),
      ...checkBundle(cas, apiGatewayInfo, now),
      ...trust.revocation.crls
        .filter(({ crl }) => crl.entryCount > 0)
        .flatMap(({ crl }) => [
          ...checkCrl(crl, apiGatewayInfo, now).filter(({ code }) => code !== 'crl-not-enforced'),
          ...(checked ? [] : [notEnforced(crl, apiGatewayInfo)]),
        ]),
    ]),
  };
}
