import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Crl } from '../crl/crl.ts';
import type { Code } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { bundleTooLarge, incompleteChain, tooManyCertificates } from './bundle-rules.ts';
import {
  caExpired,
  caExpiresSoon,
  caNotYetValid,
  certificateTooLarge,
  certificateVersion,
  keyAlgorithm,
  keyUsage,
  notACa,
  signatureHash,
  unknownCritical,
} from './certificate-rules.ts';
import {
  crlEmpty,
  crlExpired,
  crlNegativeSerial,
  crlNoNextUpdate,
  crlNotEnforced,
  crlPartial,
  crlTooLarge,
  crlTooManyEntries,
} from './crl-rules.ts';
import {
  type BundleRule,
  type CertificateRule,
  type Complaint,
  type CrlRule,
  type Rule,
  verdictOf,
} from './rule.ts';

const certificateRules: readonly CertificateRule[] = [
  certificateVersion,
  notACa,
  keyUsage,
  caExpired,
  caNotYetValid,
  caExpiresSoon,
  keyAlgorithm,
  signatureHash,
  unknownCritical,
  certificateTooLarge,
];
const bundleRules: readonly BundleRule[] = [tooManyCertificates, bundleTooLarge, incompleteChain];
const crlRules: readonly CrlRule[] = [
  crlPartial,
  crlExpired,
  crlTooLarge,
  crlTooManyEntries,
  crlEmpty,
  crlNegativeSerial,
  crlNoNextUpdate,
  crlNotEnforced,
];

/** Every rule, for the documentation and for tests. */
export const rules: readonly (Rule & { readonly about: 'certificate' | 'bundle' | 'crl' })[] = [
  ...certificateRules.map((rule) => ({ ...rule, about: 'certificate' as const })),
  ...bundleRules.map((rule) => ({ ...rule, about: 'bundle' as const })),
  ...crlRules.map((rule) => ({ ...rule, about: 'crl' as const })),
];

/** Codes of what is said of all CAs of a store together. */
export const bundleCodes: ReadonlySet<Code> = new Set(bundleRules.map(({ code }) => code));

/** A finding with the few words that a cell of the matrix shows. */
export interface RuleFinding extends Finding {
  readonly note?: string;
  readonly unknown: boolean;
}

/** One CA against one service, by all rules or only by some. */
export function checkCertificate(
  certificate: Certificate,
  info: ServiceInfo,
  now: Instant,
  by: readonly CertificateRule[] = certificateRules,
): readonly RuleFinding[] {
  return by.flatMap((rule) => findingOf(rule, rule.check(certificate, info, now), info, certificate.sha256));
}

/** All CAs of one store together, against one service. */
export function checkBundle(
  certificates: readonly Certificate[],
  info: ServiceInfo,
  now: Instant,
): readonly RuleFinding[] {
  return bundleRules.flatMap((rule) => findingOf(rule, rule.check(certificates, info, now), info, undefined));
}

/** One CRL against one service. */
export function checkCrl(crl: Crl, info: ServiceInfo, now: Instant): readonly RuleFinding[] {
  return crlRules.flatMap((rule) => findingOf(rule, rule.check(crl, info, now), info, crl.sha256));
}

function findingOf(
  rule: Rule,
  complaint: Complaint | false,
  info: ServiceInfo,
  about: string | undefined,
): readonly RuleFinding[] {
  const verdict = verdictOf(rule, info);
  if (!complaint || verdict === undefined) return [];
  const unknown = verdict.severity === 'unknown';
  return [
    {
      code: rule.code,
      severity: verdict.severity === 'unknown' ? 'warning' : verdict.severity,
      message: unknown ? `${complaint.message} (whether it is taken is not documented)` : complaint.message,
      service: info.service,
      source: verdict.source,
      unknown,
      ...defined({ about, note: complaint.note }),
    },
  ];
}
