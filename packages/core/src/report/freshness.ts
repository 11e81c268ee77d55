import type { HeldCrl } from '../adapter/contract.ts';
import type { Instant } from '../base/time.ts';
import type { AcceptedList } from '../record/record.ts';

/** A list in force is shown as late from this long before its end. */
const lastHourMs = 3_600_000;

/** How fresh one list in force is. */
export interface ListFreshness {
  readonly issuer: string;
  readonly entries: number;
  readonly nextUpdate?: Instant;
  /** `overdue`: the CA should have published the next list by now. `expired` and `overdue` are red. */
  readonly state: 'fresh' | 'last-hour' | 'overdue' | 'expired';
  /** A newer list is accepted and not yet in force here. */
  readonly behind: boolean;
  /** How long the list took from its issue until it was accepted, in milliseconds: the worst that a revocation had to wait. */
  readonly lagMs?: number;
  /** What makes it red, with the setting that would mend it. */
  readonly red: readonly string[];
}

/** What is promised about freshness. */
export interface FreshnessBudget {
  /** Longest acceptable time from a list's issue to its enforcement, in milliseconds. */
  readonly maxLagMs?: number;
}

/** Pure: how fresh a list in force is, judged by what the record knows of its issues. */
export function freshnessOf(
  held: HeldCrl,
  rows: readonly AcceptedList[],
  { maxLagMs }: FreshnessBudget,
  now: Instant,
): ListFreshness {
  const { issuer, entries, nextUpdate } = held;
  const exact = rows.find(({ sha256 }) => sha256 === held.sha256);
  const row = exact ?? rows.find((one) => one.issuer === issuer);
  const lagMs = row === undefined ? undefined : Date.parse(row.acceptedAt) - Date.parse(row.thisUpdate);
  const overlapMs = row === undefined ? undefined : overlapOf(row);
  const state = stateOf(held, row, overlapMs, now);
  const red = [
    ...(state === 'expired' ? ['the CA has published no newer list'] : []),
    ...(state === 'overdue' ? ['the next list is overdue; see why the CA has not published it'] : []),
    ...(lagMs !== undefined && maxLagMs !== undefined && lagMs > maxLagMs
      ? [
          `it took ${span(lagMs)} from issue to here, more than maxLag ${span(maxLagMs)}; refresh at least that often`,
        ]
      : []),
    ...(lagMs !== undefined && overlapMs !== undefined && lagMs > overlapMs
      ? [
          `it took ${span(lagMs)} from issue to here, but the list before ends ${span(overlapMs)} after it: refresh at least every ${span(overlapMs)}, or have the CA issue lists that live longer (Serverless CA: issuing_crl_seconds)`,
        ]
      : []),
  ];
  return {
    issuer,
    entries,
    state,
    behind: exact === undefined && row !== undefined,
    red,
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    ...(lagMs === undefined ? {} : { lagMs }),
  };
}

/** How long a list lives on after the next one was issued: its life less the time between issues. Unknown before the second issue. */
function overlapOf({ thisUpdate, nextUpdate, previous }: AcceptedList): number | undefined {
  if (nextUpdate === undefined || previous === undefined) return undefined;
  const issued = Date.parse(thisUpdate);
  const overlap = Date.parse(nextUpdate) - issued - (issued - Date.parse(previous));
  return overlap > 0 ? overlap : undefined;
}

function stateOf(
  { nextUpdate }: HeldCrl,
  row: AcceptedList | undefined,
  overlapMs: number | undefined,
  now: Instant,
): ListFreshness['state'] {
  if (nextUpdate === undefined) return 'fresh';
  if (nextUpdate <= now) return 'expired';
  // The next list was to come `overlap` before this one ends; half of that is patience.
  if (row?.nextUpdate !== undefined && overlapMs !== undefined && now > nextUpdate - overlapMs / 2)
    return 'overdue';
  return nextUpdate - now > lastHourMs ? 'fresh' : 'last-hour';
}

/** `10 min`, `26 h`: short, for people. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 180 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
