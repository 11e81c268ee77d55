import {
  type Certificate,
  caName,
  type Finding,
  reachedKeys,
  type TargetContext,
} from '@trustloom/core/adapter';
import type { Desired, DesiredCrl, Observed, StoredStore } from '../../model.ts';
import { albInfo } from '../../service.ts';

/**
 * CRLs that a live store would get too late. The service takes a CRL only of a CA that it holds (by
 * the cautious reading), so between the CA and its CRL revoked clients of that CA would be
 * admitted. CAs whose clients are admitted already are not among them.
 */
export function crlsInGap(desired: Desired, store: StoredStore, observed: Observed): readonly DesiredCrl[] {
  const live = observed.listeners.some(({ mode, store: used }) => mode === 'verify' && used === store.arn);
  if (!live || !store.readable) return [];
  const added = newKeys(desired, store);
  const keys = new Set(desired.cas.map(({ keySha256 }) => keySha256));
  return desired.crls.filter(
    ({ issuer: { keySha256 }, crl }) => crl.entryCount > 0 && keys.has(keySha256) && added.has(keySha256),
  );
}

/**
 * CAs whose clients would be admitted although their CRL is unusable, and none of theirs is in
 * force.
 */
export function unguarded(desired: Desired, store: StoredStore | undefined): readonly Certificate[] {
  if (store?.readable === false) return [];
  const added = newKeys(desired, store);
  return desired.unusable.flatMap((key) => {
    const ca = added.has(key) ? desired.known.find(({ keySha256 }) => keySha256 === key) : undefined;
    return ca ?? [];
  });
}

/**
 * The consent to trust before the CRLs are in place, with the reason; none when nothing is exposed.
 */
export function exposure(
  late: readonly DesiredCrl[],
  open: readonly Certificate[],
  { name }: TargetContext,
): { readonly consents?: readonly string[]; readonly findings: readonly Finding[] } {
  const findings = [
    ...late.map(
      ({ issuer, crl }): Finding => ({
        code: 'attachment-external',
        severity: 'warning',
        about: crl.sha256,
        message: `${name}: for a moment clients revoked by ${caName(issuer)} are admitted: the store takes a CRL only after its CA, and listeners that are external cannot be switched to a second store; it needs the consent relax:${name}`,
        source: 'unknown; the cautious reading',
      }),
    ),
    ...open.map(
      (ca): Finding => ({
        code: 'crl-unusable',
        severity: 'warning',
        about: ca.sha256,
        message: `${name}: clients revoked by ${caName(ca)} are admitted, since its CRL was refused, has expired or not begun, or its enforcement was withdrawn; fix the CRL, or give the consent relax:${name}`,
      }),
    ),
  ];
  return findings.length === 0 ? { findings } : { consents: [`relax:${name}`], findings };
}

/**
 * Keys through which clients are admitted afterwards and not before, and of which no CRL is in
 * force.
 */
function newKeys(desired: Desired, store: StoredStore | undefined): ReadonlySet<string> {
  const before = new Set(reachedKeys(store?.cas ?? [], desired.known, albInfo));
  const inForce = new Set(store?.crls.map(({ crl }) => crl?.sha256));
  const guarded = new Set(
    desired.crls.filter(({ crl }) => inForce.has(crl.sha256)).map(({ issuer }) => issuer.keySha256),
  );
  const after = reachedKeys(desired.cas, desired.known, albInfo);
  return new Set(after.filter((key) => !before.has(key) && !guarded.has(key)));
}
