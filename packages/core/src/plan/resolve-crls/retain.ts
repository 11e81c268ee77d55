import { type RetainedSerial, retain } from '../../crl/retained.ts';
import { acceptedRow, type NewlyAccepted } from '../../state/accepted-crls.ts';
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

/** A CRL that is accepted now may lose serials; all others keep what is retained. */
export function retainSerials(row: JudgedRow, now: Instant): RetainedRow {
  const { stored, copy, taken } = row;
  if (taken?.outcome !== 'accepted') return { ...row, retained: copy.retained, accepted: undefined };
  const { crl, lost, leafLifeMs } = taken;
  const { thisUpdate } = crl;
  const isRevoked = (serial: string) => crl.has(serial);
  const retained = retain({ before: copy.retained, lost, isRevoked, thisUpdate, ...defined({ leafLifeMs }) });
  const accepted = {
    row: acceptedRow(taken, retained, stored, now),
    crl,
    retained,
    comparedWith: stored?.sha256,
  };
  return { ...row, retained, accepted };
}
