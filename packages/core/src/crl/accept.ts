import type { Code } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Crl } from './crl.ts';
import { lostEntries } from './diff.ts';
import type { ListedEntry } from './listed-entry.ts';
import { isTooMuch, sortLoss } from './loss.ts';
import { verifyCrl } from './verify-crl.ts';

/** Clocks differ: a list may begin this much in the future. */
const skewMs = 5 * 60_000;
/** So many serials are named in a text; the rest is counted. */
const named = 5;

/** What is remembered of the newest list accepted for a key. */
export interface ListInForce {
  readonly sha256: string;
  readonly number?: string;
  readonly thisUpdate: Instant;
  readonly nextUpdate?: Instant;
  readonly entries: number;
  /** The list itself; without it nobody can tell which serials a newer one lost. */
  readonly crl?: Crl;
}

/** What `judgeCrl` is given. */
export interface CrlCase {
  readonly crl: Crl;
  readonly issuer: Certificate;
  readonly now: Instant;
  /** The newest list accepted so far; absent for the first one. */
  readonly inForce?: ListInForce;
  /** Longest life of a client certificate of the group, in milliseconds. */
  readonly leafLifeMs?: number;
  /** The consent `readmit:<sha256>` of this list was given. */
  readonly readmit?: boolean;
}

/** What became of one list. */
export interface CrlVerdict {
  /** `same`: it is the one in force. `refused`: what is in force stays. */
  readonly verdict: 'accepted' | 'same' | 'refused';
  /** What the list in force had and this one has not. */
  readonly lost: readonly ListedEntry[];
  readonly findings: readonly Finding[];
}

/**
 * Judges one list of a known issuer against what is in force; pure. Accepted is what has a valid signature and a newer thisUpdate. A
 * lower number, or the very second of the one in force without a higher number, needs a list that lost nothing without a reason; a list
 * that lost much is refused. Only `readmit` takes those.
 *
 * @see RFC 5280, 6.3.3 and 5.2.3
 */
export function judgeCrl(input: CrlCase): CrlVerdict {
  const { crl, inForce } = input;
  const wrong = defect(input);
  if (wrong !== undefined) return refused(input, wrong);
  if (inForce?.sha256 === crl.sha256)
    return { verdict: 'same', lost: [], findings: datesOf(input).map((one) => finding(input, one)) };
  // A delta list names what changed since its base, so that its entries come and go.
  const lost = inForce?.crl === undefined || crl.scope === 'delta' ? [] : lostEntries(inForce.crl, crl);
  const { unexplained } = sortLoss(lost, crl.thisUpdate, input.leafLifeMs);
  const back = stepBack(input, unexplained.length);
  if (back !== undefined && !input.readmit) return refused(input, back);
  const said = [...datesOf(input), ...numberOf(input), ...lossOf(input, unexplained)];
  return { verdict: 'accepted', lost, findings: said.map((one) => finding(input, one)) };
}

interface Said {
  readonly code: Code;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly source: string;
}

function finding({ crl }: CrlCase, said: Said): Finding {
  return { ...said, thing: crl.sha256 };
}

/** The list in force stays, which is said together with how long that one still lasts: never silently beyond its end. */
function refused(input: CrlCase, { code, message, source }: Omit<Said, 'severity'>): CrlVerdict {
  const { inForce, now } = input;
  const ended =
    inForce?.nextUpdate !== undefined && inForce.nextUpdate <= now
      ? `, although that one ended at ${isoTime(inForce.nextUpdate)}`
      : '';
  const text = `${message}; ${inForce === undefined ? 'it is not used' : `the list in force stays${ended}`}`;
  return {
    verdict: 'refused',
    lost: [],
    findings: [finding(input, { code, severity: 'error', message: text, source })],
  };
}

/** What no consent mends: nobody can tell whether the CA said it. */
function defect({ crl, issuer, now }: CrlCase): Omit<Said, 'severity'> | undefined {
  const name = issuer.subject.text;
  const signature = verifyCrl(crl, issuer);
  if (signature === 'invalid')
    return {
      code: 'crl-bad-signature',
      message: `the signature of the list of ${name} does not verify`,
      source: 'RFC 5280, 6.3.3 (g)',
    };
  if (signature === 'unsupported')
    return {
      code: 'crl-signature-unsupported',
      message: `the list of ${name} is signed with ${crl.signatureName}, which cannot be checked here`,
      source: 'RFC 5280, 6.3.3 (g)',
    };
  if (crl.scope === 'indirect')
    return {
      code: 'crl-indirect',
      message: `the list of ${name} is an indirect one: it may name certificates of other CAs`,
      source: 'RFC 5280, 5.2.5 and 5.3.3',
    };
  if (crl.thisUpdate > now + skewMs)
    return {
      code: 'crl-not-yet-valid',
      message: `the list of ${name} begins at ${isoTime(crl.thisUpdate)}, in the future`,
      source: 'RFC 5280, 5.1.2.4',
    };
  return undefined;
}

/** What would bring revoked clients back: an earlier issue, or one that lost what it should not. */
function stepBack(input: CrlCase, unexplained: number): Omit<Said, 'severity'> | undefined {
  const { crl, issuer, inForce } = input;
  if (inForce === undefined) return undefined;
  const name = issuer.subject.text;
  const way = `Only --allow readmit:${crl.sha256} would take it`;
  if (isOlderIssue(crl, inForce))
    return {
      code: 'crl-older',
      message: `the list of ${name} was issued at ${issued(crl)}, before the one in force (${issued(inForce)}). ${way}`,
      source: 'RFC 5280, 5.2.3',
    };
  const doubt = whyNotNewer(crl, inForce);
  if (doubt !== undefined && inForce.crl === undefined)
    return {
      code: doubt.code,
      message: `of the list of ${name} nobody can tell what it lost, since the list in force is not at hand, and ${doubt.text}. ${way}`,
      source: 'RFC 5280, 5.2.3',
    };
  if ((doubt !== undefined && unexplained > 0) || isTooMuch(unexplained, inForce.entries))
    return {
      code: 'crl-shrunk',
      message: `the list of ${name} lost ${unexplained} of ${inForce.entries} serials without a reason${doubt === undefined ? '' : `, and ${doubt.text}`}. ${way}; where expired certificates leave the list, \`leafLife\` of the group explains them`,
      source: 'RFC 5280, 3.3; the practice of crl-monitor',
    };
  return undefined;
}

/** Why a list that is no earlier issue may still be none that is newer: it then must have lost nothing without a reason. */
function whyNotNewer(
  crl: Crl,
  inForce: ListInForce,
): { readonly code: Code; readonly text: string } | undefined {
  if (numberWentBack(crl, inForce))
    return {
      code: 'crl-number-back',
      text: `its number went back from ${inForce.number} to ${crl.number}`,
    };
  if (crl.thisUpdate > inForce.thisUpdate || numberWentBack(inForce, crl)) return undefined;
  return { code: 'crl-older', text: 'it was issued in the same second, under no higher number' };
}

function datesOf({ crl, issuer, now }: CrlCase): readonly Said[] {
  const name = issuer.subject.text;
  const source = 'RFC 5280, 5.1.2.5';
  if (crl.nextUpdate === undefined)
    return [
      {
        code: 'crl-no-next-update',
        severity: 'warning',
        message: `the list of ${name} has no nextUpdate; nobody can tell when a newer one is missing`,
        source,
      },
    ];
  if (crl.nextUpdate > now) return [];
  return [
    {
      code: 'crl-expired',
      severity: 'error',
      message: `the list of ${name} ended at ${isoTime(crl.nextUpdate)}; it is used where Trustloom owns the check and not attached elsewhere, where what is in force stays`,
      source,
    },
  ];
}

function numberOf({ crl, issuer, inForce }: CrlCase): readonly Said[] {
  if (inForce === undefined || !numberWentBack(crl, inForce)) return [];
  const message = `the number of the list of ${issuer.subject.text} went back from ${inForce.number} to ${crl.number}, though it is newer and lost nothing without a reason`;
  return [{ code: 'crl-number-back', severity: 'warning', message, source: 'RFC 5280, 5.2.3' }];
}

function lossOf({ issuer }: CrlCase, unexplained: readonly ListedEntry[]): readonly Said[] {
  if (unexplained.length === 0) return [];
  const first = unexplained.slice(0, named).map(({ serial }) => serial);
  const more = unexplained.length > named ? ` and ${unexplained.length - named} more` : '';
  const message = `the list of ${issuer.subject.text} no longer names ${first.join(', ')}${more}; nothing explains that. Where Trustloom owns the check they stay refused`;
  return [{ code: 'crl-serials-lost', severity: 'warning', message, source: 'RFC 5280, 3.3' }];
}

function issued({ thisUpdate, number }: Pick<ListInForce, 'thisUpdate' | 'number'>): string {
  return number === undefined ? isoTime(thisUpdate) : `${isoTime(thisUpdate)} with number ${number}`;
}

/**
 * True when a list is an earlier issue than another of the same CA: by its time; of two lists of one second, by number.
 *
 * @see RFC 5280, 5.2.3
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
