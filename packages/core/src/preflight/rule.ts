import type { Facts } from '../adapter/facts.ts';
import type { Crl } from '../crl/crl.ts';
import type { Code } from '../errors/codes.ts';
import type { Severity } from '../errors/finding.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** What one service does about what a rule finds; `unknown` where nobody has told, which is reported as a warning. */
export interface Verdict {
  readonly severity: Severity | 'unknown';
  /** RFC section, title of the AWS page, or who saw it. */
  readonly source: string;
}

/** What a rule says about one thing on one service: a sentence, and a word or two for a cell of the matrix. */
export interface Complaint {
  readonly message: string;
  readonly note?: string;
}

interface RuleOf<About extends string, Thing> {
  /** The code of its findings. */
  readonly code: Code;
  readonly about: About;
  readonly title: string;
  /** By service; a service that is not named is not touched by the rule. */
  readonly services: Readonly<Record<string, Verdict>>;
  /** For services that are not named: adapters of others. */
  readonly others?: Verdict;
  check(thing: Thing, facts: Facts, now: Instant): Complaint | undefined;
}

/** A rule about one CA certificate. */
export type CertificateRule = RuleOf<'certificate', Certificate>;
/** A rule about all CAs that stand in one store together. */
export type BundleRule = RuleOf<'bundle', readonly Certificate[]>;
/** A rule about one list. */
export type CrlRule = RuleOf<'crl', Crl>;
/** Any rule. */
export type Rule = CertificateRule | BundleRule | CrlRule;

/** The same verdict for all four services. */
export function everywhere(severity: Severity, source: string): Readonly<Record<string, Verdict>> {
  return {
    cloudfront: { severity, source },
    alb: { severity, source },
    'api-gateway': { severity, source },
    'roles-anywhere': { severity, source },
  };
}
