import { type PlanContext, unexplainedDenials } from '@trustloom/core/adapter';
import type { Observed } from '../../model/index.ts';
import { denialsIn, sinceWhen } from '../../revocation/entries/denials.ts';
import { type DesiredEntries, withDenials } from '../../revocation/entries/index.ts';
import type { DesiredRevocation } from '../../revocation/index.ts';
import type { CloudfrontTarget } from '../../target.ts';

/**
 * What is desired, with what the stores of the target hold and nothing explains away: a state that
 * was lost, restored or written by hand readmits nobody.
 */
export function withHeld(
  revocation: DesiredRevocation,
  { keyValueStores }: Observed,
  { ignoreExpiry }: CloudfrontTarget,
  { now, stateLost = false }: PlanContext,
): DesiredRevocation {
  const held = keyValueStores.flatMap((store) => denialsIn(store.held?.items ?? new Map()));
  const remembered = (entries: DesiredEntries): DesiredEntries => {
    const more = unexplainedDenials(held, entries.revocation, { now, expiryIgnored: ignoreExpiry });
    const all = withDenials(entries, more);
    return { ...all, denials: sinceWhen(all.denials, held, now), lost: stateLost };
  };
  const { withdrawn } = revocation;
  return {
    ...revocation,
    entries: remembered(revocation.entries),
    ...(withdrawn === undefined ? {} : { withdrawn: { ...withdrawn, before: remembered(withdrawn.before) } }),
  };
}
