import {
  type Certificate,
  type Crl,
  crlIssuer,
  diffCrls,
  goesFor,
  type Instant,
  isAhead,
  isOlderIssue,
  type PlanContext,
  verifyCrl,
} from '@trustloom/core/adapter';
import type { Desired, DesiredCrl, StoredCrl, StoredStore } from '../../model.ts';
import { desiredCrl } from '../../render.ts';

/**
 * Of each CA the newer of its wanted CRL and of the one in force: nothing is readmitted by a
 * switch.
 */
export function newestCrls(
  desired: Desired,
  now: Instant,
  ...stores: readonly StoredStore[]
): readonly DesiredCrl[] {
  const newest = new Map(desired.crls.map((one) => [one.issuer.keySha256, one]));
  for (const { crl } of stores.flatMap(({ crls }) => crls)) {
    const issuer = issuerOf(crl, desired, stores);
    if (crl === undefined || issuer === undefined) continue;
    const known = newest.get(issuer.keySha256);
    if (known === undefined || (supersedes(crl, known.crl, issuer) && !isAhead(crl, now)))
      newest.set(issuer.keySha256, desiredCrl({ issuer, crl }));
  }
  return [...newest.values()].sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
}

/**
 * Consents for CRLs in force that a second store is not given: unreadable ones, those of unknown
 * CAs, and those that the CRL of the same CA there does not stand for.
 *
 * @param given the CRLs of the second store
 */
export function lostCrls(
  desired: Desired,
  given: readonly DesiredCrl[],
  store: StoredStore,
  context: Pick<PlanContext, 'now' | 'stateLost'>,
): readonly string[] {
  const isLost = (stored: StoredCrl): boolean => {
    const issuer = issuerOf(stored.crl, desired, [store]);
    if (issuer === undefined) return stored.entries > 0;
    const { keySha256 } = issuer;
    const next = given.find((one) => one.issuer.keySha256 === keySha256);
    return (
      next !== undefined && !goesWithoutConsent(stored, next, context, desired.leafLifeMs.get(keySha256))
    );
  };
  return store.crls.filter(isLost).map(({ crl, id }) => `readmit:${crl?.sha256 ?? `${store.arn}/${id}`}`);
}

/** True when a CRL is a later issue than another of the same CA, and may stand for it. */
export function supersedes(crl: Crl, other: Crl, issuer: Certificate): boolean {
  return isOlderIssue(other, crl) && isWhole(crl, issuer);
}

/**
 * A complete CRL with a valid signature of its CA; anything else may have been put there by hand.
 */
export function isWhole(crl: Crl, issuer: Certificate): boolean {
  return crl.scope === 'complete' && verifyCrl(crl, issuer) === 'valid';
}

function issuerOf(crl: Crl | undefined, desired: Desired, stores: readonly StoredStore[]) {
  if (crl === undefined) return undefined;
  return crlIssuer(crl, [...stores.flatMap(({ cas }) => cas), ...desired.cas, ...desired.known]);
}

/**
 * A later issue by the same CA takes its place by the CA's own word; anything else only if every
 * serial of it stays revoked.
 */
export function goesWithoutConsent(
  { crl }: StoredCrl,
  wanted: DesiredCrl,
  context: Pick<PlanContext, 'now' | 'stateLost'>,
  leafLifeMs: number | undefined,
): boolean {
  if (crl === undefined) return false;
  return (
    (isWhole(crl, wanted.issuer) && goesFor(crl, wanted, context, leafLifeMs)) ||
    diffCrls(crl, wanted.crl).removed === 0
  );
}
