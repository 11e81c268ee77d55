import { type Instant, isoTime } from '../base/time.ts';
import type { Certificate } from '../bundle/certificate.ts';
import type { Code } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import type { Crl } from './crl.ts';
import { verifyCrl } from './verify-crl.ts';

/** Clocks differ: a list may begin this much in the future. */
const skewMs = 5 * 60_000;

/** What is remembered of the newest list accepted for a key. */
export interface ListInForce {
  readonly sha256: string;
  readonly number?: string;
  readonly thisUpdate: Instant;
  readonly entries: number;
}

/** Judges one list of a known issuer against what is in force; pure. */
export function judgeCrl(input: {
  readonly crl: Crl;
  readonly issuer: Certificate;
  readonly now: Instant;
  readonly inForce?: ListInForce;
}): {
  /** `same`: it is the one in force. `refused`: what is in force stays. */
  readonly verdict: 'accepted' | 'same' | 'refused';
  readonly findings: readonly Finding[];
} {
  const { crl, issuer, now, inForce } = input;
  const finding = (code: Code, severity: Finding['severity'], message: string, source: string): Finding => ({
    code,
    severity,
    message,
    thing: crl.sha256,
    source,
  });
  const refuse = (code: Code, message: string, source: string) => ({
    verdict: 'refused' as const,
    findings: [finding(code, 'error', message, source)],
  });
  const name = issuer.subject.text;
  const signature = verifyCrl(crl, issuer);
  if (signature === 'invalid')
    return refuse(
      'crl-bad-signature',
      `the signature of the list of ${name} does not verify; the list in force stays`,
      'RFC 5280, 6.3.3 (g)',
    );
  if (signature === 'unsupported') {
    return refuse(
      'crl-signature-unsupported',
      `the list of ${name} is signed with ${crl.signatureName}, which cannot be checked here; the list in force stays`,
      'RFC 5280, 6.3.3 (g)',
    );
  }
  if (crl.scope !== 'complete')
    return refuse(
      'crl-partial',
      `the list of ${name} is a ${crl.scope} list, not a complete one; the list in force stays`,
      'RFC 5280, 5.2.4 and 5.2.5',
    );
  if (crl.thisUpdate > now + skewMs)
    return refuse(
      'crl-not-yet-valid',
      `the list of ${name} begins at ${isoTime(crl.thisUpdate)}, in the future; the list in force stays`,
      'RFC 5280, 5.1.2.4',
    );
  if (inForce !== undefined && isOlder(crl, inForce)) {
    const issued = (at: Instant, number: string | undefined) =>
      number === undefined ? isoTime(at) : `${isoTime(at)} with number ${number}`;
    return refuse(
      'crl-older',
      `the list of ${name} was issued at ${issued(crl.thisUpdate, crl.number)}, before the one in force (${issued(inForce.thisUpdate, inForce.number)}); the one in force stays. Only --allow readmit:${crl.sha256} would take it.`,
      'RFC 5280, 5.2.3',
    );
  }
  const findings: Finding[] = [];
  if (crl.nextUpdate === undefined) {
    findings.push(
      finding(
        'crl-no-next-update',
        'warning',
        `the list of ${name} has no nextUpdate; nobody can tell when a newer one is missing`,
        'RFC 5280, 5.1.2.5',
      ),
    );
  } else if (crl.nextUpdate <= now) {
    findings.push(
      finding(
        'crl-expired',
        'error',
        `the list of ${name} ended at ${isoTime(crl.nextUpdate)}; it is not attached, and what is in force stays`,
        'RFC 5280, 5.1.2.5',
      ),
    );
  }
  if (inForce !== undefined && numberWentBack(crl, inForce)) {
    findings.push(
      finding(
        'crl-number-back',
        'warning',
        `the number of the list of ${name} went back from ${inForce.number} to ${crl.number}, though it is newer`,
        'RFC 5280, 5.2.3',
      ),
    );
  }
  return { verdict: inForce?.sha256 === crl.sha256 ? 'same' : 'accepted', findings };
}

/** By its time; of two lists of one second, by number. */
function isOlder(crl: Crl, inForce: ListInForce): boolean {
  if (crl.sha256 === inForce.sha256 || crl.thisUpdate > inForce.thisUpdate) return false;
  return crl.thisUpdate < inForce.thisUpdate || numberWentBack(crl, inForce);
}

function numberWentBack(crl: Crl, inForce: ListInForce): boolean {
  return (
    crl.number !== undefined && inForce.number !== undefined && BigInt(crl.number) < BigInt(inForce.number)
  );
}
