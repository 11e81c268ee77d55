import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Crl } from '../crl/crl.ts';
import type { Finding } from '../errors/finding.ts';
import { count } from '../util/count.ts';
import { isoTime } from '../util/time.ts';
import { pemLength } from '../x509/pem.ts';
import type { CrlRule } from './rule.ts';

/**
 * A service that checks CRLs itself gets them as signed; checks of ours merge partitions and delta
 * lists.
 */
export const crlPartial: CrlRule = {
  code: 'crl-partial',
  title: 'the CRL is complete',
  check: ({ scope, issuer }) =>
    scope !== 'complete' && {
      message: `the CRL of ${issuer.text} is a ${scope} CRL; name the complete one, too`,
      note: scope,
    },
};

/** A CRL without nextUpdate never goes stale, so nobody notices that it did. */
export const crlNoNextUpdate: CrlRule = {
  code: 'crl-no-next-update',
  title: 'the CRL says when the next one comes',
  verdict: { severity: 'warning', source: 'RFC 5280, 5.1.2.5' },
  check: ({ nextUpdate, issuer }) =>
    nextUpdate === undefined && {
      message: `the CRL of ${issuer.text} has no nextUpdate; a missing newer one cannot be noticed`,
      note: 'no nextUpdate',
    },
};

/** It is not documented what an expired CRL does on ALB and Roles Anywhere; so none is put there. */
export const crlExpired: CrlRule = {
  code: 'crl-expired',
  title: 'the CRL is not past its nextUpdate',
  check: ({ nextUpdate, issuer }, _info, now) =>
    nextUpdate !== undefined &&
    nextUpdate <= now && {
      message: `the CRL of ${issuer.text} ended at ${isoTime(nextUpdate)}; it is not attached, and what is in force stays`,
      note: 'expired',
    },
};

/** The CRL fits the service, in the form in which it goes there (PEM). */
export const crlTooLarge: CrlRule = {
  code: 'crl-too-large',
  title: 'the CRL fits',
  check: (crl, { limits, title }) => {
    const limit = limits.crlBytes;
    const bytes = pemLength('X509 CRL', crl.der.length);
    if (limit === undefined || bytes <= limit.max) return false;
    const fit = Math.floor((crl.entryCount * limit.max) / bytes);
    return {
      message: `the CRL of ${crl.issuer.text} has ${count(bytes)} characters in PEM; ${title} takes ${count(limit.max)}: about ${count(fit)} of its ${count(crl.entryCount)} entries would fit`,
      note: `crl-too-large: ${count(limit.max)} characters; ${count(fit)} of ${count(crl.entryCount)} fit`,
    };
  },
};

/** The entries fit the service. */
export const crlTooManyEntries: CrlRule = {
  code: 'crl-too-many-entries',
  title: 'the entries fit',
  check: ({ entryCount, issuer }, { limits: { crlEntries: limit }, title }) =>
    limit !== undefined &&
    entryCount > limit.max && {
      message: `the CRL of ${issuer.text} has ${count(entryCount)} entries; one store of ${title} takes ${count(limit.max)}`,
      note: `${count(entryCount)} of ${count(limit.max)} entries`,
    },
};

/** The service refuses CRLs without entries. */
export const crlEmpty: CrlRule = {
  code: 'crl-empty',
  title: 'the CRL has entries',
  check: ({ entryCount, issuer }, { capabilities }) =>
    entryCount === 0 &&
    !capabilities.emptyCrl && {
      message: `the CRL of ${issuer.text} has no entries; it counts as in place, and is imported with its first entry`,
    },
};

/** ALB cannot revoke a certificate with a negative serial. */
export const crlNegativeSerial: CrlRule = {
  code: 'crl-negative-serial',
  title: 'no negative serial',
  check: ({ negativeSerials, issuer }) =>
    negativeSerials && {
      message: `the CRL of ${issuer.text} has a negative serial, which cannot be revoked here`,
      note: 'negative serial',
    },
};

/**
 * Where the service checks no CRLs and what refuses the revoked is not ours to put in place, the
 * target has to name it.
 */
export const crlNotEnforced: CrlRule = {
  code: 'crl-not-enforced',
  title: 'the service checks CRLs',
  check: ({ entryCount, issuer }, { capabilities, title }) =>
    capabilities.revocation !== 'crl' && {
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
