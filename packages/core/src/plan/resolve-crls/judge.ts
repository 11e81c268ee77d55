import type { Crl } from '../../crl/crl.ts';
import { type CrlInForce, type CrlVerdict, isAhead, isOlderIssue, judgeCrl } from '../../kit/judge-crl.ts';
import type { AcceptedCrl } from '../../state/state.ts';
import { defined } from '../../util/defined.ts';
import type { Loaded } from '../load.ts';
import type { AttributedCrl, CrlRow } from './issuers.ts';

/** A CRL with what becomes of it. */
type Judged<Outcome extends CrlVerdict['outcome']> = AttributedCrl &
  CrlVerdict & { readonly outcome: Outcome; readonly leafLifeMs: number | undefined };

/** A row with what was decided about the CRLs that are offered for it. */
export interface JudgedRow extends CrlRow {
  /** The newest first. */
  readonly refused: readonly Judged<'refused'>[];
  /** The newest that is not refused; `same`: it is in force already. */
  readonly taken: Judged<'accepted' | 'same'> | undefined;
}

/** What is asked of the run: what time it is, how long leaves live, which consents were given. */
export type JudgeParts = Pick<Loaded, 'definition' | 'now'> & { readonly allow: ReadonlySet<string> };

/**
 * Judges the CRLs that are offered for a row, and compares each with the one in force: down to the
 * newest that is taken.
 */
export function judgeRow(row: CrlRow, { definition, now, allow }: JudgeParts): JudgedRow {
  const { stored, copy } = row;
  const refused: Judged<'refused'>[] = [];
  const current = copy.crl ?? row.offered.find(({ crl }) => crl.sha256 === stored?.sha256)?.crl;
  const newestFirst = [...row.offered].sort(
    (a, b) =>
      // One in force that is dated ahead stays only where no other can take its place.
      Number(isAhead(a.crl, now)) - Number(isAhead(b.crl, now)) || byIssue(a.crl, b.crl, stored?.sha256),
  );
  for (const offered of newestFirst) {
    const { crl, issuer, from, group } = offered;
    const leafLifeMs = definition.groups.find(({ name }) => name === group)?.leafLifeMs;
    const readmit = allow.has(`readmit:${crl.sha256}`);
    const inForce = stored === undefined ? undefined : inForceOf(stored, current);
    const verdict = judgeCrl({ crl, issuer, now, readmit, leafLifeMs, inForce });
    const findings = verdict.findings.map((one) => ({ ...one, message: `${from}: ${one.message}` }));
    const judged = { ...offered, leafLifeMs, ...verdict, findings };
    if (judged.outcome !== 'refused') return { ...row, refused, taken: judged };
    refused.push(judged);
  }
  return { ...row, refused, taken: undefined };
}

/**
 * The newest first: by time, within one second by number, and of those that are still alike the one
 * in force.
 */
function byIssue(a: Crl, b: Crl, inForce: string | undefined): number {
  if (a.sha256 === b.sha256) return 0;
  if (a.thisUpdate !== b.thisUpdate) return b.thisUpdate - a.thisUpdate;
  if (isOlderIssue(a, b)) return 1;
  if (isOlderIssue(b, a) || a.sha256 === inForce) return -1;
  return b.sha256 === inForce || b.sha256 < a.sha256 ? 1 : -1;
}

function inForceOf(stored: AcceptedCrl, crl: Crl | undefined): CrlInForce {
  const { sha256, entries, number, thisUpdate, nextUpdate, recent = [] } = stored;
  return {
    sha256,
    entries,
    thisUpdate: Date.parse(thisUpdate),
    recent: recent.map((time) => Date.parse(time)),
    ...defined({ number, crl, nextUpdate: nextUpdate === undefined ? undefined : Date.parse(nextUpdate) }),
  };
}
