import { type RetainedSerial, retain } from '../../crl/retained.ts';
import { isAhead } from '../../kit/judge-crl.ts';
import { acceptedRow, type NewlyAccepted } from '../../state/accepted-crls.ts';
import type { AcceptedCrl } from '../../state/state.ts';
import { defined } from '../../util/defined.ts';
import type { Instant } from '../../util/time.ts';
import type { JudgedRow } from './judge.ts';

/**
 * A row with the serials that left its CRL and stay refused where Trustloom enforces revocation
 * itself.
 */
export interface RetainedRow extends JudgedRow {
  readonly retained: readonly RetainedSerial[];
  /** What the state is to have of it; undefined when that stays as it is. */
  readonly accepted: NewlyAccepted | undefined;
}

/**
 * What a CRL that is accepted now comes after: no issue that is dated ahead, so that what was
 * accepted before it stays the floor.
 */
function predecessor(stored: AcceptedCrl | undefined, now: Instant): AcceptedCrl | undefined {
  if (stored === undefined) return undefined;
  const issues = [stored.thisUpdate, ...(stored.recent ?? [])].filter(
    (time) => !isAhead({ thisUpdate: Date.parse(time) }, now),
  );
  const [thisUpdate, ...recent] = issues;
  return thisUpdate === undefined ? undefined : { ...stored, thisUpdate, recent };
}

/** A CRL that is accepted now may lose serials; all others keep what is retained. */
export function retainSerials(row: JudgedRow, now: Instant): RetainedRow {
  const { stored, copy, taken } = row;
  if (taken?.outcome !== 'accepted') return { ...row, retained: copy.retained, accepted: undefined };
  const { crl, lost, leafLifeMs } = taken;
  const { thisUpdate } = crl;
  const isRevoked = (serial: string) => crl.has(serial);
  const retained = retain({ before: copy.retained, lost, isRevoked, thisUpdate, ...defined({ leafLifeMs }) });
  const accepted = {
    row: acceptedRow(taken, retained, predecessor(stored, now), now),
    crl,
    retained,
    comparedWith: stored?.sha256,
  };
  return { ...row, retained, accepted };
}
