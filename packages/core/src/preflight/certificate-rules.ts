import type { ServiceInfo } from '../adapter/service-info.ts';
import { count } from '../util/count.ts';
import { isoTime } from '../util/time.ts';
import { pemLength } from '../x509/pem.ts';
import type { CertificateRule } from './rule.ts';

/** All four take X.509 version 3 only. */
export const certificateVersion: CertificateRule = {
  code: 'certificate-version',
  title: 'X.509 version 3',
  check: ({ version, subject }) =>
    version !== 3 && {
      message: `${subject.text} is an X.509 version ${version} certificate; only version 3 is taken`,
      note: `version ${version}`,
    },
};

/** A trust anchor is a CA. */
export const notACa: CertificateRule = {
  code: 'not-a-ca',
  title: 'basicConstraints says CA',
  verdict: { severity: 'error', source: 'RFC 5280, 4.2.1.9' },
  check: ({ isCa, subject }) => !isCa && { message: `${subject.text} is not a CA`, note: 'not a CA' },
};

/** When keyUsage is there, it allows signing certificates; Roles Anywhere wants it to be there. */
export const keyUsage: CertificateRule = {
  code: 'key-usage',
  title: 'keyUsage allows signing certificates',
  verdict: { severity: 'error', source: 'RFC 5280, 4.2.1.3' },
  check: ({ keyUsage: usage, subject }, { capabilities }) => {
    if (usage === undefined)
      return (
        capabilities.caKeyUsage === 'required' && {
          message: `${subject.text} has no keyUsage; a trust anchor needs keyCertSign`,
          note: 'no keyUsage',
        }
      );
    return (
      !usage.includes('keyCertSign') && {
        message: `${subject.text} may not sign certificates (keyUsage lacks keyCertSign)`,
        note: 'no keyCertSign',
      }
    );
  },
};

const soonMs = 90 * 86_400_000;

/** Nobody is admitted through a CA past its end. */
export const caExpired: CertificateRule = {
  code: 'ca-expired',
  title: 'the CA is not past its end',
  verdict: { severity: 'error', source: 'RFC 5280, 6.1.3 (a)(2)' },
  check: ({ notAfter, subject }, _info, now) =>
    notAfter <= now && { message: `${subject.text} ended at ${isoTime(notAfter)}`, note: 'expired' },
};

/** Nobody is admitted before its beginning either. */
export const caNotYetValid: CertificateRule = {
  code: 'ca-not-yet-valid',
  title: 'the CA has begun',
  verdict: { severity: 'warning', source: 'RFC 5280, 6.1.3 (a)(2)' },
  check: ({ notBefore, subject }, _info, now) =>
    notBefore > now && { message: `${subject.text} begins at ${isoTime(notBefore)}`, note: 'not yet valid' },
};

/** Ninety days are what replacing a CA takes. */
export const caExpiresSoon: CertificateRule = {
  code: 'ca-expires-soon',
  title: 'the CA lives for another ninety days',
  verdict: { severity: 'warning', source: 'our own threshold' },
  check: ({ notAfter, subject }, _info, now) =>
    notAfter > now &&
    notAfter - now <= soonMs && {
      message: `${subject.text} ends at ${isoTime(notAfter)}; renew it and accept the new certificate`,
      note: `ends in ${Math.ceil((notAfter - now) / 86_400_000)} d`,
    },
};

/** The service can use the CA's key. */
export const keyAlgorithm: CertificateRule = {
  code: 'key-algorithm',
  title: 'the service takes this kind of key',
  check: ({ key, subject }, { capabilities: { caKeys }, title }) => {
    if (caKeys === undefined) return false;
    const fits =
      key.kind === 'rsa'
        ? isTaken(key.bits ?? 0, caKeys.rsaBits)
        : key.kind === 'ec' && caKeys.curves.includes(key.curve ?? '');
    return (
      !fits && {
        message: `${subject.text} has a ${key.name} key; ${title} takes ${rsaText(caKeys.rsaBits)} and ${caKeys.curves.join(', ')}`,
        note: `key-algorithm: ${key.name}`,
      }
    );
  },
};

type RsaBits = NonNullable<ServiceInfo['capabilities']['caKeys']>['rsaBits'];

function isTaken(bits: number, taken: RsaBits): boolean {
  return 'sizes' in taken ? taken.sizes.includes(bits) : bits >= taken.min && bits <= (taken.max ?? bits);
}

function rsaText(taken: RsaBits): string {
  if ('sizes' in taken) return `RSA ${taken.sizes.join(', ')}`;
  return taken.max === undefined ? `RSA from ${taken.min}` : `RSA ${taken.min} to ${taken.max}`;
}

/** What all four take in signatures. */
export const strongHashes: readonly string[] = ['SHA-256', 'SHA-384', 'SHA-512'];

/**
 * All four want SHA-256 or stronger; a self-signed root's own signature proves nothing, but the
 * services look at it all the same.
 */
export const signatureHash: CertificateRule = {
  code: 'signature-hash',
  title: 'signed with SHA-256 or stronger',
  check: ({ signature, subject }) =>
    signature.hash !== undefined &&
    !strongHashes.includes(signature.hash) && {
      message: `${subject.text} is signed with ${signature.name}; SHA-256 or stronger is needed`,
      note: `signature-hash: ${signature.hash}`,
    },
};

/** A path checker must refuse what it does not understand and is marked critical (RFC 5280, 6.1.4 (o)). */
export const unknownCritical: CertificateRule = {
  code: 'unknown-critical-extension',
  title: 'no unknown critical extension',
  verdict: { severity: 'warning', source: 'RFC 5280, 6.1.4 (o)' },
  check: ({ unknownCritical: oids, subject }) =>
    oids.length > 0 && {
      message: `${subject.text} has critical extensions that may not be understood: ${oids.join(', ')}`,
      note: 'unknown critical extension',
    },
};

/** One certificate fits the service. */
export const certificateTooLarge: CertificateRule = {
  code: 'certificate-too-large',
  title: 'one certificate fits',
  verdict: { severity: 'error', source: 'quotas of the service' },
  check: ({ der, subject }, { limits, title }) => {
    const bytes = pemLength('CERTIFICATE', der.length);
    // An anchor of Roles Anywhere has no limit a certificate, but one for all of its text.
    const limit = limits.certificateBytes ?? limits.anchorCharacters;
    return (
      limit !== undefined &&
      bytes > limit.max && {
        message: `${subject.text} has ${count(bytes)} bytes; ${title} takes ${count(limit.max)} (${limit.source})`,
        note: `certificate-too-large: ${count(bytes)} of ${count(limit.max)}`,
      }
    );
  },
};
