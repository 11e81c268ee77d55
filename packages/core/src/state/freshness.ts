import type { Content, ObservedCrl } from '../adapter/content.ts';
import { crlIssuer } from '../crl/verify-crl.ts';
import { caName, caNameOfKey } from '../kit/ca-words.ts';
import { defined } from '../util/defined.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { AcceptedCrl } from './state.ts';

/** A CRL in force is shown as late from this long before its end. */
const lastHourMs = 3_600_000;
/** A CA is not late before this has passed since its usual time. */
const leastToleranceMs = 120_000;

/** How fresh one CRL in force is. */
export interface CrlFreshness {
  /** The CA for people; with digits of its SHA-256 where it is known. */
  readonly issuer: string;
  readonly entries: number;
  /** ISO time. */
  readonly nextUpdate?: string;
  /**
   * `overdue`: the CA should have published the next CRL by now. `expired` and `overdue` are red.
   */
  readonly state: 'fresh' | 'last-hour' | 'overdue' | 'expired';
  /** A newer CRL is accepted and not yet in force here. */
  readonly behind: boolean;
  /**
   * From the issue of the newest CRL until it got here, in milliseconds; while it is not in force,
   * until now. The worst that a revocation had to wait.
   */
  readonly lagMs?: number;
  /**
   * The longest that this may take: `maxLag`, or what the CRL before lives on after the next one
   * was issued.
   */
  readonly budgetMs?: number;
  /** What makes it red, with the setting that would fix it. */
  readonly red: readonly string[];
}

/** A row of the state with the key that it is about. */
export interface KeyedCrl extends AcceptedCrl {
  /** SHA-256 of the issuer's key. */
  readonly keySha256: string;
  /** False for partitions and delta CRLs. */
  readonly complete: boolean;
}

/** What freshness is judged by. */
export interface FreshnessInput {
  readonly rows: readonly KeyedCrl[];
  /** CAs that may have issued a CRL in force: re-keyed ones share their name. */
  readonly known: readonly Certificate[];
  /** Longest acceptable time from the issue of a CRL to its enforcement, in milliseconds. */
  readonly maxLagMs?: number;
  /** How long a CRL is used past its end where Trustloom enforces revocation itself. */
  readonly graceMs: number;
}

/**
 * Pure: how fresh the CRLs in force on one target are, judged by what the state has of their
 * issues.
 */
export function freshnessOf(
  content: Content | undefined,
  input: FreshnessInput,
  now: Instant,
): readonly CrlFreshness[] {
  const enforcedByUs = content?.enforcement !== undefined && content.enforcement.mechanism !== 'crl';
  return (content?.crls ?? [])
    .filter(({ inForce }) => inForce)
    .map((held, _, all) => crlFreshness(held, othersOf(held, all), enforcedByUs, input, now));
}

function crlFreshness(
  held: ObservedCrl,
  others: ReadonlySet<string>,
  enforcedByUs: boolean,
  input: FreshnessInput,
  now: Instant,
): CrlFreshness {
  const { maxLagMs, graceMs } = input;
  const { entries, nextUpdate } = held;
  const { issuer, row } = attributed(held, others, input);
  const behind = row !== undefined && row.sha256 !== held.sha256;
  const overlapMs = row === undefined ? undefined : overlapOf(row);
  const lagMs = row === undefined ? undefined : lagOf(row, behind, now);
  const budgetMs = smaller(maxLagMs, overlapMs);
  const state = stateOf(nextUpdate, behind ? undefined : overdueFrom(row), now);
  const late = lagMs !== undefined && budgetMs !== undefined && lagMs > budgetMs;
  return {
    issuer,
    entries,
    state,
    behind,
    ...defined({ nextUpdate: nextUpdate === undefined ? undefined : isoTime(nextUpdate), lagMs, budgetMs }),
    red: [
      ...(state === 'expired' ? [expiredText(nextUpdate, enforcedByUs, graceMs)] : []),
      ...(state === 'overdue' ? ['the next CRL is overdue: see why the CA has not published it'] : []),
      ...(late ? [lateText(lagMs, behind, { maxLagMs, overlapMs, budgetMs })] : []),
    ],
  };
}

/** Digests of the other CRLs in force on the target. */
function othersOf(held: ObservedCrl, all: readonly ObservedCrl[]): ReadonlySet<string> {
  return new Set(all.filter((one) => one !== held).map(({ sha256 }) => sha256));
}

/**
 * Whose it is, and its row: by digest, else by the key that signed it; of a CRL that was not read
 * back the only row of its name that no other CRL here belongs to.
 */
function attributed(
  held: ObservedCrl,
  others: ReadonlySet<string>,
  { rows, known }: FreshnessInput,
): { readonly issuer: string; readonly row: KeyedCrl | undefined } {
  const row = rows.find(({ sha256 }) => sha256 === held.sha256);
  if (row !== undefined) return { issuer: caNameOfKey(row.keySha256, known, held.issuer), row };
  if (held.crl === undefined) {
    const [named, ...more] = rows.filter((one) => one.issuer === held.issuer && !others.has(one.sha256));
    // Of several CAs of one name it may be any: the name is all that is known.
    if (named === undefined || more.length > 0) return { issuer: held.issuer, row: named };
    return { issuer: caNameOfKey(named.keySha256, known, held.issuer), row: named };
  }
  const ca = crlIssuer(held.crl, known);
  return {
    issuer: ca === undefined ? held.issuer : caName(ca),
    row: rows.find(({ keySha256, complete }) => complete && keySha256 === ca?.keySha256),
  };
}

/** Of the first CRL that was ever accepted nothing is known: it was there before anybody looked. */
function lagOf(row: KeyedCrl, behind: boolean, now: Instant): number | undefined {
  if (behind) return now - Date.parse(row.thisUpdate);
  return row.recent === undefined ? undefined : Date.parse(row.acceptedAt) - Date.parse(row.thisUpdate);
}

function expiredText(nextUpdate: Instant | undefined, enforcedByUs: boolean, graceMs: number): string {
  const stale = 'the CA has published no newer CRL';
  if (!enforcedByUs || nextUpdate === undefined)
    return `${stale}; this one stays in force, and it is unknown whether the service then refuses good clients`;
  return `${stale}; this one is used until ${isoTime(nextUpdate + graceMs)} (revocation.grace), then every client of the CA is refused`;
}

function lateText(
  lagMs: number,
  behind: boolean,
  {
    maxLagMs,
    overlapMs,
    budgetMs,
  }: Readonly<Record<'maxLagMs' | 'overlapMs' | 'budgetMs', number | undefined>>,
): string {
  const took = behind
    ? `issued ${span(lagMs)} ago and not in force`
    : `it took ${span(lagMs)} from issue to here`;
  return maxLagMs !== undefined && budgetMs === maxLagMs
    ? `${took}, more than revocation.maxLag of ${span(maxLagMs)}: refresh at least that often`
    : `${took}, but the CRL before ends ${span(overlapMs ?? 0)} after the issue: refresh at least every ${span(overlapMs ?? 0)}, or have the CA issue CRLs that live longer (Serverless CA: issuing_crl_seconds)`;
}

/** Times between issues within one life, the longest first; none before the third issue. */
function gapsOf({ thisUpdate, nextUpdate, recent = [] }: AcceptedCrl): {
  readonly life: number;
  readonly gaps: readonly number[];
} {
  const life = nextUpdate === undefined ? 0 : Date.parse(nextUpdate) - Date.parse(thisUpdate);
  if (recent.length < 2) return { life, gaps: [] };
  const issues = [thisUpdate, ...recent].map((one) => Date.parse(one));
  const gaps = issues
    .map((issued, index) => issued - (issues[index + 1] ?? issued))
    .filter((gap) => gap > 0 && gap < life)
    .sort((a, b) => b - a);
  return { life, gaps };
}

/**
 * How long a CRL lives on after the next one was issued: its life less the time between issues.
 * CRLs by hand come between, runs are late or missed: of the times between issues within one life,
 * the upper quartile counts. Unknown before the third issue.
 */
function overlapOf(row: AcceptedCrl): number | undefined {
  const { life, gaps } = gapsOf(row);
  const usual = gaps[Math.floor(gaps.length / 4)];
  return usual === undefined ? undefined : life - usual;
}

/**
 * From when on a CA is late: it never took longer from one issue to the next, and half of what then
 * remained of the CRL's life is gone. Unknown before the third issue: nobody is called late whose
 * usual time is not known.
 */
function overdueFrom(row: AcceptedCrl | undefined): Instant | undefined {
  if (row === undefined) return undefined;
  const { life, gaps } = gapsOf(row);
  const [longest] = gaps;
  if (longest === undefined) return undefined;
  return Date.parse(row.thisUpdate) + longest + Math.max((life - longest) / 2, leastToleranceMs);
}

function stateOf(
  nextUpdate: Instant | undefined,
  overdueAt: Instant | undefined,
  now: Instant,
): CrlFreshness['state'] {
  if (nextUpdate === undefined) return 'fresh';
  if (nextUpdate <= now) return 'expired';
  if (overdueAt !== undefined && now > overdueAt) return 'overdue';
  return nextUpdate - now > lastHourMs ? 'fresh' : 'last-hour';
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

/** `10 min`, `26 h`: short, for people. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 180 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
