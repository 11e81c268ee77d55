import type { Lock } from '../../definition/lock.ts';
import type { CrlSlot } from '../../state/accepted-crls.ts';
import type { AcceptedCrl } from '../../state/state.ts';
import type { Instant } from '../../util/time.ts';
import type { Certificate } from '../../x509/certificate.ts';

/** One row of the state as this run leaves it. */
export interface StateRow {
  readonly slot: CrlSlot;
  readonly row: AcceptedCrl;
  /** Its CRL is accepted by this very run. */
  readonly isNew: boolean;
}

/**
 * CRLs that missed two issues in a row: their CA publishes them no more, and they stay in force.
 */
export interface MissedCrls {
  /** Accepted CAs with the key; never empty. */
  readonly cas: readonly Certificate[];
  readonly missed: readonly StateRow[];
  /**
   * Nothing else of that CA is in force: it publishes nothing any more, neither complete CRLs nor
   * parts.
   */
  readonly stopped: boolean;
}

/** By CA key: what accepted CAs publish no more. */
export function missedCrls(
  rows: readonly StateRow[],
  { lock, now }: { readonly lock: Lock; readonly now: Instant },
): readonly MissedCrls[] {
  const inForce = rows.filter(({ row }) => row.withdrawn === undefined);
  return [...new Set(inForce.map(({ slot }) => slot.keySha256))].flatMap((key) => {
    const own = inForce.filter(({ slot }) => slot.keySha256 === key);
    const missed = own.filter(({ row }) => missedTwo(row, now));
    const cas = lock.entries
      .filter(({ state, certificate }) => state === 'trusted' && certificate.keySha256 === key)
      .map(({ certificate }) => certificate);
    return missed.length === 0 || cas.length === 0
      ? []
      : [{ cas, missed, stopped: missed.length === own.length }];
  });
}

/**
 * True when enforcement of these CRLs is withdrawn now: of all CRLs of a CA or of none, each by its
 * consent. A CRL that comes only now is never among them: the same words readmit an older CRL.
 */
export function isWithdrawn(
  { missed, stopped }: MissedCrls,
  { allow }: { readonly allow: ReadonlySet<string> },
): boolean {
  return stopped && missed.every(({ row, isNew }) => !isNew && allow.has(`readmit:${row.sha256}`));
}

function missedTwo({ thisUpdate, nextUpdate }: AcceptedCrl, now: Instant): boolean {
  if (nextUpdate === undefined) return false;
  const life = Date.parse(nextUpdate) - Date.parse(thisUpdate);
  return now > Date.parse(nextUpdate) + life;
}
