import {
  type Certificate,
  caName,
  checkBundle,
  checkCertificate,
  checkCrl,
  type Finding,
  type PlanContext,
  type Rendering,
  reach,
  sortCertificates,
  sortFindings,
  type Trust,
} from '@trustloom/core/adapter';
import type { Desired } from './model.ts';
import { nginxInfo } from './service.ts';
import type { NginxTarget } from './target.ts';

/** What the two files should hold. Pure. */
export function renderNginx(
  trust: Trust,
  { directory }: NginxTarget,
  { now, name }: PlanContext,
): Rendering<Desired> {
  const cas = sortCertificates(trust.cas);
  const known = sortCertificates(trust.known);
  const admitting = reach({ anchors: cas, known, chain: nginxInfo.capabilities.chain }).map(({ ca }) => ca);
  // One that has ended would refuse every client of its CA. What is in force stays.
  const crls = trust.revocation.crls
    .filter(({ expired, crl }) => !expired && crl.scope === 'complete')
    .sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
  return {
    desired: {
      cas,
      crls,
      known,
      reached: new Set(admitting.map(({ keySha256 }) => keySha256)),
      withdrawn: new Set(trust.revocation.withdrawn.map(({ keySha256 }) => keySha256)),
    },
    anchors: cas,
    artifacts: [],
    findings: sortFindings([
      ...cas.flatMap((ca) => checkCertificate(ca, nginxInfo, now)),
      ...checkBundle(cas, nginxInfo, now),
      ...trust.revocation.crls.flatMap(({ crl }) => checkCrl(crl, nginxInfo, now)),
      ...withoutCrl(admitting, trust).map(
        (ca): Finding => ({
          code: 'precondition',
          severity: 'error',
          about: directory,
          message: `${name}: no CRL of ${caName(ca)} is known, and with ssl_crl every client below such a CA is refused; name its CRL`,
          source: 'openssl-verification-options(1): -crl_check_all, which nginx sets',
        }),
      ),
    ]),
  };
}

/** CAs of which nothing is in force, so that OpenSSL would find no CRL of them. */
function withoutCrl(cas: readonly Certificate[], { revocation }: Trust): readonly Certificate[] {
  const keys = new Set([
    ...revocation.crls.map(({ issuer }) => issuer.keySha256),
    ...revocation.unread.keys(),
  ]);
  return cas.filter(({ keySha256 }) => !keys.has(keySha256));
}
