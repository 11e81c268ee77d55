import type { Crl, CrlRefusal } from '../crl/crl.ts';
import { lostEntries } from '../crl/diff.ts';
import type { ListedEntry } from '../crl/listed-entry.ts';
import { isTooMuch, sortLoss } from '../crl/loss.ts';
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
  readonly lost: readonly ListedEntry[];
  /** How it is reported; nothing is decided by them. */
  readonly findings: readonly Finding[];
} & (
  | { readonly outcome: 'accepted' | 'same' }
  | { readonly outcome: 'refused'; readonly reason: CrlRefusal }
);

/**
 * Judges one CRL of a known issuer, and compares it with the one in force; pure. Accepted is what has a
 * valid signature and a newer thisUpdate. A lower number, or the very second of the one in force without
 * a higher number, needs a CRL that lost nothing without a reason; one that lost much is refused. Only
 * the consent `readmit` takes those.
 *
 * @see RFC 5280, 6.3.3 and 5.2.3
 * @example
 * const { outcome, findings } = judgeCrl({ crl, issuer, now })
 */
export function judgeCrl(input: CrlCase): CrlVerdict {
  const { crl, inForce } = input;
  const wrong = defect(input);
  if (wrong !== undefined) return refused(input, wrong);
  if (inForce?.sha256 === crl.sha256)
    return { outcome: 'same', lost: [], findings: datesOf(input).map((one) => finding(input, one)) };
  // A delta CRL names what changed since its base, so that its entries come and go.
  const lost = inForce?.crl === undefined || crl.scope === 'delta' ? [] : lostEntries(inForce.crl, crl);
  const { unexplained } = sortLoss(lost, crl.thisUpdate, input.leafLifeMs);
  const back = stepBack(input, unexplained.length);
  if (back !== undefined && !input.readmit) return refused(input, back);
  const said = [...datesOf(input), ...numberOf(input), ...lossOf(input, unexplained)];
  return { outcome: 'accepted', lost, findings: said.map((one) => finding(input, one)) };
}

interface Said {
  readonly code: Code;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly source: string;
}

/** Why a CRL is refused, in a word and in a sentence. */
interface Refusal {
  readonly reason: CrlRefusal;
  readonly message: string;
  readonly source: string;
}

function finding({ crl }: CrlCase, said: Said): Finding {
  return { ...said, thing: crl.sha256 };
}

/** That the CRL in force stays is said together with its end: never silently beyond it. */
function refused(input: CrlCase, { reason, message, source }: Refusal): CrlVerdict {
  const { inForce, now } = input;
  const ended =
    inForce?.nextUpdate !== undefined && inForce.nextUpdate <= now
      ? `, although that one ended at ${isoTime(inForce.nextUpdate)}`
      : '';
  const text = `${message}; ${inForce === undefined ? 'it is not used' : `the CRL in force stays${ended}`}`;
  const said: Said = { code: reason, severity: 'error', message: text, source };
  return { outcome: 'refused', reason, lost: [], findings: [finding(input, said)] };
}

/** What no consent overrides: it is unknown whether the CA said it. */
function defect({ crl, issuer, now }: CrlCase): Refusal | undefined {
  const name = caName(issuer);
  const signature = verifyCrl(crl, issuer);
  if (signature === 'invalid')
    return {
      reason: 'crl-bad-signature',
      message: `the signature of the CRL of ${name} does not verify`,
      source: 'RFC 5280, 6.3.3 (g)',
    };
  if (signature === 'unsupported')
    return {
      reason: 'crl-signature-unsupported',
      message: `the CRL of ${name} is signed with ${crl.signatureName}, which cannot be verified here`,
      source: 'RFC 5280, 6.3.3 (g)',
    };
  if (crl.scope === 'indirect')
    return {
      reason: 'crl-indirect',
      message: `the CRL of ${name} is an indirect CRL: it may name certificates of other CAs`,
      source: 'RFC 5280, 5.2.5 and 5.3.3',
    };
  if (crl.thisUpdate > now + skewMs)
    return {
      reason: 'crl-not-yet-valid',
      message: `the CRL of ${name} begins at ${isoTime(crl.thisUpdate)}, in the future`,
      source: 'RFC 5280, 5.1.2.4',
    };
  return undefined;
}

/** What would readmit revoked clients: an earlier issue, or one that lost what it should not. */
function stepBack(input: CrlCase, unexplained: number): Refusal | undefined {
  const { crl, issuer, inForce } = input;
  if (inForce === undefined) return undefined;
  const name = caName(issuer);
  const way = `Only --allow readmit:${crl.sha256} would take it`;
  if (isOlderIssue(crl, inForce))
    return {
      reason: 'crl-older',
      message: `the CRL of ${name} was issued at ${issued(crl)}, before the one in force (${issued(inForce)}). ${way}`,
      source: 'RFC 5280, 5.2.3',
    };
  const doubt = whyNotNewer(crl, inForce);
  if (doubt !== undefined && inForce.crl === undefined)
    return {
      reason: doubt.reason,
      message: `it is unknown which serials the CRL of ${name} lost, since the CRL in force is not available, and ${doubt.text}. ${way}`,
      source: 'RFC 5280, 5.2.3',
    };
  if ((doubt !== undefined && unexplained > 0) || isTooMuch(unexplained, inForce.entries))
    return {
      reason: 'crl-shrunk',
      message: `the CRL of ${name} lost ${unexplained} of ${inForce.entries} serials without a reason${doubt === undefined ? '' : `, and ${doubt.text}`}. ${way}; where expired certificates leave the CRL, \`leafLife\` of the group explains them`,
      source: 'RFC 5280, 3.3; the practice of crl-monitor',
    };
  return undefined;
}

/** Why a CRL that is no earlier issue may not be newer either: it must have lost nothing without a reason. */
function whyNotNewer(
  crl: Crl,
  inForce: CrlInForce,
): { readonly reason: CrlRefusal; readonly text: string } | undefined {
  if (numberWentBack(crl, inForce))
    return {
      reason: 'crl-number-back',
      text: `its number went back from ${inForce.number} to ${crl.number}`,
    };
  if (crl.thisUpdate > inForce.thisUpdate || numberWentBack(inForce, crl)) return undefined;
  return { reason: 'crl-older', text: 'it was issued in the same second, under no higher number' };
}

function datesOf({ crl, issuer, now }: CrlCase): readonly Said[] {
  const name = caName(issuer);
  const source = 'RFC 5280, 5.1.2.5';
  if (crl.nextUpdate === undefined)
    return [
      {
        code: 'crl-no-next-update',
        severity: 'warning',
        message: `the CRL of ${name} has no nextUpdate; it is unknown when a newer one is missing`,
        source,
      },
    ];
  if (crl.nextUpdate > now) return [];
  return [
    {
      code: 'crl-expired',
      severity: 'error',
      message: `the CRL of ${name} ended at ${isoTime(crl.nextUpdate)}; it is used where Trustloom enforces revocation itself and not attached elsewhere, where the CRL in force stays`,
      source,
    },
  ];
}

function numberOf({ crl, issuer, inForce }: CrlCase): readonly Said[] {
  if (inForce === undefined || !numberWentBack(crl, inForce)) return [];
  const message = `the number of the CRL of ${caName(issuer)} went back from ${inForce.number} to ${crl.number}, though it is newer and lost nothing without a reason`;
  return [{ code: 'crl-number-back', severity: 'warning', message, source: 'RFC 5280, 5.2.3' }];
}

function lossOf({ issuer }: CrlCase, unexplained: readonly ListedEntry[]): readonly Said[] {
  if (unexplained.length === 0) return [];
  const first = unexplained.slice(0, named).map(({ serial }) => serial);
  const more = unexplained.length > named ? ` and ${unexplained.length - named} more` : '';
  const message = `the CRL of ${caName(issuer)} no longer names ${first.join(', ')}${more}; nothing explains that. Where Trustloom enforces revocation itself they stay refused`;
  return [{ code: 'crl-serials-lost', severity: 'warning', message, source: 'RFC 5280, 3.3' }];
}

function issued({ thisUpdate, number }: Pick<CrlInForce, 'thisUpdate' | 'number'>): string {
  return number === undefined ? isoTime(thisUpdate) : `${isoTime(thisUpdate)} with number ${number}`;
}

/**
 * True when a CRL is an earlier issue than another of the same CA: by its time; of two of one second, by number.
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
