import type { ServiceInfo, Verdict } from '../adapter/service-info.ts';
import type { Crl } from '../crl/crl.ts';
import type { Code } from '../errors/codes.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/**
 * What a rule says about one thing on one service: a sentence, and a word or two for a cell of the
 * matrix.
 */
export interface Complaint {
  readonly message: string;
  readonly note?: string;
}

interface RuleOf<Subject> {
  /** The code of its findings. */
  readonly code: Code;
  readonly title: string;
  /**
   * What every service does about it, by a standard; a service may say otherwise. Absent: only
   * services that say so look at it.
   */
  readonly verdict?: Verdict;
  /** What is wrong; false when nothing is. */
  check(subject: Subject, info: ServiceInfo, now: Instant): Complaint | false;
}

/** A rule about one CA certificate. */
export type CertificateRule = RuleOf<Certificate>;
/** A rule about all CAs that stand in one store together. */
export type BundleRule = RuleOf<readonly Certificate[]>;
/** A rule about one list. */
export type CrlRule = RuleOf<Crl>;
/** Any rule. */
export type Rule = CertificateRule | BundleRule | CrlRule;

/** What a service does about what a rule finds; undefined: it does not look at it. */
export function verdictOf({ code, verdict }: Rule, { verdicts }: ServiceInfo): Verdict | undefined {
  return verdicts[code] ?? verdict;
}
