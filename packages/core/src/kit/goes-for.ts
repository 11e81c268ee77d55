import type { PlanContext } from '../adapter/target.ts';
import type { Crl } from '../crl/crl.ts';
import { diffCrls } from '../crl/diff.ts';
import { defined } from '../util/defined.ts';
import { isAhead, isOlderIssue, judgeCrl } from './judge-crl.ts';
import type { UsableCrl } from './usable-crls.ts';

/**
 * Does a CRL that stands in a service go for one that is wanted by the CA's own word, without a
 * consent to readmit? Both are complete and signed by that CA. An older one never replaces a newer.
 * One that stands and is dated ahead of now has no precedence, and goes only when it loses nothing.
 * Where the state is lost nobody compared the two when the wanted one was accepted: it is judged
 * here against the one that stands.
 *
 * @example
 * const effect = goesFor(held, { crl, issuer }, context) ? 'revoke' : 'readmit'
 */
export function goesFor(
  held: Crl,
  { crl, issuer }: UsableCrl,
  { now, stateLost = false }: Pick<PlanContext, 'now' | 'stateLost'>,
  leafLifeMs?: number,
): boolean {
  if (held.sha256 === crl.sha256) return true;
  if (isAhead(held, now)) return diffCrls(held, crl).removed === 0;
  if (isOlderIssue(crl, held)) return false;
  if (!stateLost) return true;
  const { sha256, thisUpdate, nextUpdate, number, entryCount: entries } = held;
  const inForce = { sha256, thisUpdate, entries, crl: held, ...defined({ nextUpdate, number }) };
  return judgeCrl({ crl, issuer, now, inForce, leafLifeMs }).outcome !== 'refused';
}
