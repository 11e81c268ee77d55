import type { Crl, CrlRefusal } from '../crl/crl.ts';
import { lostEntries } from '../crl/diff.ts';
import { isTooMuch, unexplainedLoss } from '../crl/loss.ts';
import type { RevokedEntry } from '../crl/revoked-entry.ts';
import { verifyCrl } from '../crl/verify-crl.ts';
import type { Code } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { caName } from './ca-words.ts';

/** Clocks differ: a CRL may begin this much in the future. */
const skewMs = 5 * 60_000;
/** So many serials are named in a text; the rest is counted. */
const named = 5;

/** The newest CRL accepted of a CA key so far, as the state has it. */
export interface CrlInForce {
  readonly sha256: string;
  readonly number?: string;
  readonly thisUpdate: Instant;
  readonly nextUpdate?: Instant;
  readonly entries: number;
  /** thisUpdate of the issues accepted before it, newest first. */
  readonly recent?: readonly Instant[];
  /** The CRL itself; without it, it is unknown which serials a newer one lost. */
  readonly crl?: Crl;
}

/** What `judgeCrl` is given. */
export interface CrlCase {
  readonly crl: Crl;
  readonly issuer: Certificate;
  readonly now: Instant;
  /** Absent for the first CRL of a key. */
  readonly inForce?: CrlInForce | undefined;
  /** Longest life of a client certificate of the group, in milliseconds. */
  readonly leafLifeMs?: number | undefined;
  /** The consent `readmit:<sha256>` of this CRL was given. */
  readonly readmit?: boolean;
}

/** What becomes of one CRL. `same`: it is the one in force. `refused`: the one in force stays. */
export type CrlVerdict = {
  /** What the CRL in force had and this one has not. */
  readonly lost: readonly RevokedEntry[];
  /** How it is reported; nothing is decided by them. */
  readonly findings: readonly Finding[];
} & (
  | { readonly outcome: 'accepted' | 'same' }
  | { readonly outcome: 'refused'; readonly reason: CrlRefusal }
);

/**
 * True for a CRL that begins later than clocks differ: whoever accepted it had a wrong clock, or has
 * one now.
 *
 * @example
 * const honest = crls.filter((crl) => !isAhead(crl, now))
 */
export function isAhead({ thisUpdate }: Pick<Crl, 'thisUpdate'>, now: Instant): boolean {
  return thisUpdate > now + skewMs;
}

/**
 * Judges one CRL of a known issuer, and compares it with the one in force; pure. Accepted is what
 * has a valid signature and a newer thisUpdate. A lower number, or the very second of the one in
 * force without a higher number, needs a CRL that lost nothing without a reason; one that lost much
 * is refused. Only the consent `readmit` takes those. A CRL in force that is dated ahead of now
 * does not bury those that the CA issues today: newer than what was accepted before it, and without
 * a loss, they take its place (docs/decisions/crls-dated-ahead.md).
 *
 * @see RFC 5280, 6.3.3 and 5.2.3
 * @example
 * const { outcome, findings } = judgeCrl({ crl, issuer, now })
 */
export function judgeCrl(input: CrlCase): CrlVerdict {
  const { crl, inForce } = input;
  const wrong = defect(input);
  if (wrong !== undefined) return refused(input, wrong);
  if (isSame(input)) return { outcome: 'same', lost: [], findings: datesOf(input) };
  // A delta CRL names what changed since its base, so that its entries come and go.
  const lost = inForce?.crl === undefined || crl.scope === 'delta' ? [] : lostEntries(inForce.crl, crl);
  const unexplained = unexplainedLoss(lost, crl.thisUpdate, input.leafLifeMs);
  const back = stepBack(input, unexplained.length);
  if (back !== undefined && !input.readmit) return refused(input, back);
  const findings = [...datesOf(input), ...numberOf(input), ...lossOf(input, unexplained)];
  return { outcome: 'accepted', lost, findings };
}

/** Where each rule comes from. */
const sources = {
  'crl-bad-signature': 'RFC 5280, 6.3.3 (g)',
  'crl-signature-unsupported': 'RFC 5280, 6.3.3 (g)',
  'crl-indirect': 'RFC 5280, 5.2.5 and 5.3.3',
  'crl-not-yet-valid': 'RFC 5280, 5.1.2.4',
  'crl-older': 'RFC 5280, 5.2.3',
  'crl-number-back': 'RFC 5280, 5.2.3',
  'crl-shrunk': 'RFC 5280, 3.3; the practice of crl-monitor',
  'crl-no-next-update': 'RFC 5280, 5.1.2.5',
  'crl-expired': 'RFC 5280, 5.1.2.5',
  'crl-serials-lost': 'RFC 5280, 3.3',
} as const satisfies Partial<Record<Code, string>> & Record<CrlRefusal, string>;

function finding(
  { crl }: CrlCase,
  code: keyof typeof sources,
  severity: Finding['severity'],
  message: string,
): Finding {
  return { code, severity, message, about: crl.sha256, source: sources[code] };
}

/** Why a CRL is refused, in a word and in a sentence. */
interface Refusal {
  readonly reason: CrlRefusal;
  readonly message: string;
}

/** That the CRL in force stays is said together with its end: never silently beyond it. */
function refused(input: CrlCase, { reason, message }: Refusal): CrlVerdict {
  const { inForce, now } = input;
  const ended =
    inForce?.nextUpdate !== undefined && inForce.nextUpdate <= now
      ? `, although that one ended at ${isoTime(inForce.nextUpdate)}`
      : '';
  const stays = inForce === undefined ? 'it is not used' : `the CRL in force stays${ended}`;
  const findings = [finding(input, reason, 'error', `${message}; ${stays}`)];
  return { outcome: 'refused', reason, lost: [], findings };
}

/** What no consent overrides: it is unknown whether the CA said it. */
function defect(input: CrlCase): Refusal | undefined {
  const { crl, issuer, now } = input;
  const about = `the CRL of ${caName(issuer)}`;
  const signature = verifyCrl(crl, issuer);
  if (signature === 'invalid')
    return { reason: 'crl-bad-signature', message: `the signature of ${about} does not verify` };
  if (signature === 'unsupported')
    return {
      reason: 'crl-signature-unsupported',
      message: `${about} is signed with ${crl.signatureName}, which cannot be verified here`,
    };
  if (crl.scope === 'indirect')
    return {
      reason: 'crl-indirect',
      message: `${about} is an indirect CRL: it may name certificates of other CAs`,
    };
  if (isAhead(crl, now) && !isSame(input))
    return {
      reason: 'crl-not-yet-valid',
      message: `${about} begins at ${isoTime(crl.thisUpdate)}, in the future`,
    };
  return undefined;
}

function isSame({ crl, inForce }: CrlCase): boolean {
  return inForce?.sha256 === crl.sha256;
}

/** What would readmit revoked clients: an earlier issue, or one that lost what it should not. */
function stepBack({ crl, issuer, inForce, now }: CrlCase, unexplained: number): Refusal | undefined {
  if (inForce === undefined) return undefined;
  const ahead = isAhead(inForce, now);
  const name = caName(issuer);
  const way = `Only --allow readmit:${crl.sha256} would take it`;
  if (ahead && crl.thisUpdate <= lastBefore(inForce, now))
    return {
      reason: 'crl-older',
      message: `the CRL of ${name} was issued at ${issued(crl)}, not after the last one that was accepted before the one in force, which is dated ahead (${issued(inForce)}). ${way}`,
    };
  if (!ahead && isOlderIssue(crl, inForce))
    return {
      reason: 'crl-older',
      message: `the CRL of ${name} was issued at ${issued(crl)}, before the one in force (${issued(inForce)}). ${way}`,
    };
  const doubt = ahead ? datedAhead(inForce) : whyNotNewer(crl, inForce);
  if (doubt !== undefined && inForce.crl === undefined)
    return {
      reason: doubt.reason,
      message: `it is unknown which serials the CRL of ${name} lost, since the CRL in force is not available, and ${doubt.message}. ${way}`,
    };
  if ((doubt !== undefined && unexplained > 0) || isTooMuch(unexplained, inForce.entries))
    return {
      reason: 'crl-shrunk',
      message: `the CRL of ${name} lost ${unexplained} of ${inForce.entries} serials without a reason${doubt === undefined ? '' : `, and ${doubt.message}`}. ${way}; where expired certificates leave the CRL, \`leafLife\` of the group explains them`,
    };
  return undefined;
}

/** thisUpdate of the newest CRL accepted before one that is dated ahead. */
function lastBefore({ recent = [] }: CrlInForce, now: Instant): Instant {
  return Math.max(...recent.filter((thisUpdate) => !isAhead({ thisUpdate }, now)), 0);
}

/**
 * Either the CRL in force was accepted by a wrong clock, or the clock is wrong now and the one
 * offered may be a replayed one: it must have lost nothing without a reason.
 */
function datedAhead(inForce: CrlInForce): Refusal {
  return { reason: 'crl-older', message: `the one in force is dated ahead, ${issued(inForce)}` };
}

/**
 * Why a CRL that is no earlier issue may not be newer either: it must have lost nothing without a
 * reason.
 */
function whyNotNewer(crl: Crl, inForce: CrlInForce): Refusal | undefined {
  if (numberWentBack(crl, inForce))
    return {
      reason: 'crl-number-back',
      message: `its number went back from ${inForce.number} to ${crl.number}`,
    };
  if (crl.thisUpdate > inForce.thisUpdate || numberWentBack(inForce, crl)) return undefined;
  return { reason: 'crl-older', message: 'it was issued in the same second, under no higher number' };
}

function datesOf(input: CrlCase): readonly Finding[] {
  const { crl, issuer, now } = input;
  const about = `the CRL of ${caName(issuer)}`;
  if (isAhead(crl, now)) {
    const message = `${about} in force begins at ${isoTime(crl.thisUpdate)}, in the future: it was accepted by a wrong clock, or the clock is wrong now. A CRL that the CA issues today takes its place if it lost nothing`;
    return [finding(input, 'crl-not-yet-valid', 'warning', message)];
  }
  if (crl.nextUpdate === undefined) {
    const message = `${about} has no nextUpdate; a missing newer one cannot be noticed`;
    return [finding(input, 'crl-no-next-update', 'warning', message)];
  }
  if (crl.nextUpdate > now) return [];
  const message = `${about} ended at ${isoTime(crl.nextUpdate)}; it is used where Trustloom enforces revocation itself and not attached elsewhere, where the CRL in force stays`;
  return [finding(input, 'crl-expired', 'error', message)];
}

function numberOf(input: CrlCase): readonly Finding[] {
  const { crl, issuer, inForce } = input;
  if (inForce === undefined || !numberWentBack(crl, inForce)) return [];
  const message = `the number of the CRL of ${caName(issuer)} went back from ${inForce.number} to ${crl.number}, though it is newer and lost nothing without a reason`;
  return [finding(input, 'crl-number-back', 'warning', message)];
}

function lossOf(input: CrlCase, unexplained: readonly RevokedEntry[]): readonly Finding[] {
  if (unexplained.length === 0) return [];
  const first = unexplained.slice(0, named).map(({ serial }) => serial);
  const more = unexplained.length > named ? ` and ${unexplained.length - named} more` : '';
  const message = `the CRL of ${caName(input.issuer)} no longer names ${first.join(', ')}${more}; nothing explains that. Where Trustloom enforces revocation itself they stay refused`;
  return [finding(input, 'crl-serials-lost', 'warning', message)];
}

function issued({ thisUpdate, number }: Pick<CrlInForce, 'thisUpdate' | 'number'>): string {
  return number === undefined ? isoTime(thisUpdate) : `${isoTime(thisUpdate)} with number ${number}`;
}

/**
 * True when a CRL is an earlier issue than another of the same CA: by its time; of two of one
 * second, by number.
 *
 * @see RFC 5280, 5.2.3
 * @example
 * const newest = crls.find((crl) => crls.every((other) => !isOlderIssue(crl, other)))
 */
export function isOlderIssue(
  crl: Pick<Crl, 'sha256' | 'thisUpdate' | 'number'>,
  inForce: Pick<Crl, 'sha256' | 'thisUpdate' | 'number'>,
): boolean {
  if (crl.sha256 === inForce.sha256 || crl.thisUpdate > inForce.thisUpdate) return false;
  return crl.thisUpdate < inForce.thisUpdate || numberWentBack(crl, inForce);
}

function numberWentBack(crl: Pick<Crl, 'number'>, inForce: Pick<Crl, 'number'>): boolean {
  return (
    crl.number !== undefined && inForce.number !== undefined && BigInt(crl.number) < BigInt(inForce.number)
  );
}
