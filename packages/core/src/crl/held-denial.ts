import type { Instant } from '../util/time.ts';
import type { RevocationSet } from './crl.ts';
import { mergeCrls } from './merged.ts';

/** A serial that a check of ours refuses by an entry of its own. */
export interface HeldDenial {
  /** SHA-256 of the CA's key. */
  readonly caKey: string;
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  /** `denied`: of the deny list. `retained`: it left its CRL, and nothing explained that. */
  readonly origin: 'denied' | 'retained';
  /** ISO time since when it stands there. */
  readonly since: string;
  /** End of the certificate in ISO time, where it was known. */
  readonly notAfter?: string;
}

/**
 * Of the entries that a check of ours holds, those that stay although the state does not name them:
 * nothing explains why they should go. An entry of the deny list goes when `unrevoke` named it or
 * its certificate has ended; a retained one when a CRL lists it again or no certificate lives so
 * long. Memory alone is no reason: a state that was lost, restored or written by hand has no
 * explanation.
 *
 * @param held what the check holds, each with its origin
 * @param expiryIgnored the target admits clients past their end, so that an end explains nothing
 * @example
 * const stay = unexplainedDenials(held, trust.revocation, { now, expiryIgnored: false })
 */
export function unexplainedDenials<Held extends HeldDenial>(
  held: readonly Held[],
  revocation: Pick<RevocationSet, 'crls' | 'denied' | 'retained' | 'released' | 'leafLifeMs'>,
  { now, expiryIgnored }: { readonly now: Instant; readonly expiryIgnored: boolean },
): readonly Held[] {
  const pair = ({ caKey, serial }: Pick<HeldDenial, 'caKey' | 'serial'>) => `${caKey} ${serial}`;
  const denied = new Set(revocation.denied.map(pair));
  const released = new Map(revocation.released.map((one) => [pair(one), Date.parse(one.since)]));
  const hasEnded = ({ notAfter }: HeldDenial) =>
    !expiryIgnored && notAfter !== undefined && Date.parse(notAfter) <= now;
  return held.filter((one) => {
    const { caKey, serial, origin, since } = one;
    if (denied.has(pair(one)) || revocation.retained.get(caKey)?.includes(serial)) return false;
    if (hasEnded(one)) return false;
    if (origin === 'denied') return !((released.get(pair(one)) ?? -1) >= Date.parse(since));
    const crls = revocation.crls.filter(({ issuer }) => issuer.keySha256 === caKey);
    const life = revocation.leafLifeMs.get(caKey);
    const newest = Math.max(...crls.map(({ crl }) => crl.thisUpdate));
    const isOver = life !== undefined && Date.parse(since) + life < newest;
    return !isOver && !mergeCrls(crls).has(serial);
  });
}
