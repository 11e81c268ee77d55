import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Crl } from '../crl/crl.ts';
import type { Finding } from '../errors/finding.ts';
import { count } from '../util/count.ts';
import type { CrlRule } from './rule.ts';

/**
 * Where the service checks no CRLs and what refuses the revoked is not ours to put in place, the
 * target has to name it.
 */
export const crlNotEnforced: CrlRule = {
  code: 'crl-not-enforced',
  about: 'crl',
  title: 'the service checks CRLs',
  check: ({ entryCount, issuer }, { capabilities, title }) =>
    capabilities.revocation === 'crl'
      ? undefined
      : {
          message: `${title} checks no CRL by itself: ${clients(entryCount, issuer.text)} admitted here, unless the target names what refuses them`,
          note: `needs ${capabilities.check?.mechanism ?? 'a check of its own'}`,
        },
};

/** For a target of a service that checks no CRL, where the definition names nothing that would. */
export function notEnforced({ entryCount, issuer, sha256 }: Crl, { service, title }: ServiceInfo): Finding {
  return {
    code: 'crl-not-enforced',
    severity: 'warning',
    service,
    about: sha256,
    message: `${title} checks no CRL: ${clients(entryCount, issuer.text)} admitted here`,
  };
}

function clients(entries: number, issuer: string): string {
  if (entries === 0) return `clients that ${issuer} revokes are`;
  return entries === 1
    ? `the client revoked by ${issuer} is`
    : `the ${count(entries)} clients revoked by ${issuer} are`;
}
