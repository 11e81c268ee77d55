import type { HeldCrl, Holdings } from '../adapter/content.ts';
import { crlIssuer } from '../crl/verify-crl.ts';
import { defined } from '../util/defined.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { AcceptedList } from './state.ts';

/** A list in force is shown as late from this long before its end. */
const lastHourMs = 3_600_000;
/** While nobody knows how often a CA publishes: its next list should be there this long before the end of the last. */
const assumedOverlapMs = 600_000;

/** How fresh one list in force is. */
export interface ListFreshness {
  readonly issuer: string;
  readonly entries: number;
  /** ISO time. */
  readonly nextUpdate?: string;
  /** `overdue`: the CA should have published the next list by now. `expired` and `overdue` are red. */
  readonly state: 'fresh' | 'last-hour' | 'overdue' | 'expired';
  /** A newer list is accepted and not yet in force here. */
  readonly behind: boolean;
  /**
   * From the issue of the newest list until it got here, in milliseconds; while it is not in force, until now. The worst that a
   * revocation had to wait.
   */
  readonly lagMs?: number;
  /** The longest that this may take: `maxLag`, or what the list before lives on after the next one was issued. */
  readonly budgetMs?: number;
  /** What makes it red, with the setting that would mend it. */
  readonly red: readonly string[];
}

/** A row of the record with the key that it is about. */
export interface KeyedList extends AcceptedList {
  /** SHA-256 of the issuer's key. */
  readonly keySha256: string;
  /** False for partitions and delta lists. */
  readonly complete: boolean;
}

/** What freshness is judged by. */
export interface FreshnessInput {
  readonly rows: readonly KeyedList[];
  /** CAs that may have issued a list in force: re-keyed ones share their name. */
  readonly known: readonly Certificate[];
  /** Longest acceptable time from a list's issue to its enforcement, in milliseconds. */
  readonly maxLagMs?: number;
  /** How long a list is used past its end where Trustloom owns the check. */
  readonly graceMs: number;
}

/** Pure: how fresh the lists in force on one target are, judged by what the record knows of their issues. */
export function freshnessOf(
  holds: Holdings | undefined,
  input: FreshnessInput,
  now: Instant,
): readonly ListFreshness[] {
  const ownsCheck = holds?.enforcement !== undefined && holds.enforcement.mechanism !== 'list';
  return (holds?.crls ?? [])
    .filter(({ inForce }) => inForce)
    .map((held) => listFreshness(held, rowOf(held, input), ownsCheck, input, now));
}

function listFreshness(
  held: HeldCrl,
  row: KeyedList | undefined,
  ownsCheck: boolean,
  { maxLagMs, graceMs }: FreshnessInput,
  now: Instant,
): ListFreshness {
  const { issuer, entries, nextUpdate } = held;
  const behind = row !== undefined && row.sha256 !== held.sha256;
  const overlapMs = row === undefined ? undefined : overlapOf(row);
  const lagMs = row === undefined ? undefined : lagOf(row, behind, now);
  const budgetMs = smaller(maxLagMs, overlapMs);
  const state = stateOf(nextUpdate, overlapMs, now);
  const late = lagMs !== undefined && budgetMs !== undefined && lagMs > budgetMs;
  return {
    issuer,
    entries,
    state,
    behind,
    ...defined({ nextUpdate: nextUpdate === undefined ? undefined : isoTime(nextUpdate), lagMs, budgetMs }),
    red: [
      ...(state === 'expired' ? [expiredText(nextUpdate, ownsCheck, graceMs)] : []),
      ...(state === 'overdue' ? ['the next list is overdue: see why the CA has not published it'] : []),
      ...(late ? [lateText(lagMs, behind, { maxLagMs, overlapMs, budgetMs })] : []),
    ],
  };
}

/** By digest, else by the key that signed it, else by name: of a list that was read back the key is known. */
function rowOf(held: HeldCrl, { rows, known }: FreshnessInput): KeyedList | undefined {
  const exact = rows.find(({ sha256 }) => sha256 === held.sha256);
  if (exact !== undefined) return exact;
  if (held.crl === undefined) return rows.find(({ issuer }) => issuer === held.issuer);
  const key = crlIssuer(held.crl, known)?.keySha256;
  return rows.find(({ keySha256, complete }) => complete && keySha256 === key);
}

/** Of the first list that was ever accepted nothing is known: it was there before anybody looked. */
function lagOf(row: KeyedList, behind: boolean, now: Instant): number | undefined {
  if (behind) return now - Date.parse(row.thisUpdate);
  return row.recent === undefined ? undefined : Date.parse(row.acceptedAt) - Date.parse(row.thisUpdate);
}

function expiredText(nextUpdate: Instant | undefined, ownsCheck: boolean, graceMs: number): string {
  const stale = 'the CA has published no newer list';
  if (!ownsCheck || nextUpdate === undefined)
    return `${stale}; this one stays in force, and nobody has told whether the service then refuses good clients`;
  return `${stale}; this one is used until ${isoTime(nextUpdate + graceMs)} (revocation.grace), then every client of the CA is refused`;
}

function lateText(
  lagMs: number,
  behind: boolean,
  {
    maxLagMs,
    overlapMs,
    budgetMs,
  }: {
    readonly maxLagMs: number | undefined;
    readonly overlapMs: number | undefined;
    readonly budgetMs: number;
  },
): string {
  const took = behind
    ? `issued ${span(lagMs)} ago and not in force`
    : `it took ${span(lagMs)} from issue to here`;
  return budgetMs === maxLagMs
    ? `${took}, more than revocation.maxLag of ${span(maxLagMs)}: refresh at least that often`
    : `${took}, but the list before ends ${span(overlapMs ?? 0)} after the issue: refresh at least every ${span(overlapMs ?? 0)}, or have the CA issue lists that live longer (Serverless CA: issuing_crl_seconds)`;
}

/**
 * How long a list lives on after the next one was issued: its life less the time between issues. Lists by hand come between, runs are late
 * or missed: of the times between issues within one life, the upper quartile counts. Unknown before the third issue.
 */
function overlapOf({ thisUpdate, nextUpdate, recent = [] }: AcceptedList): number | undefined {
  if (nextUpdate === undefined || recent.length < 2) return undefined;
  const issues = [thisUpdate, ...recent].map((one) => Date.parse(one));
  const life = Date.parse(nextUpdate) - Date.parse(thisUpdate);
  const gaps = issues
    .map((issued, index) => issued - (issues[index + 1] ?? issued))
    .filter((gap) => gap > 0 && gap < life)
    .sort((a, b) => b - a);
  const usual = gaps[Math.floor(gaps.length / 4)];
  return usual === undefined ? undefined : life - usual;
}

/** The next list was to come `overlap` before this one ends; half of that is patience. */
function stateOf(
  nextUpdate: Instant | undefined,
  overlapMs = assumedOverlapMs,
  now: Instant,
): ListFreshness['state'] {
  if (nextUpdate === undefined) return 'fresh';
  if (nextUpdate <= now) return 'expired';
  if (now > nextUpdate - overlapMs / 2) return 'overdue';
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
