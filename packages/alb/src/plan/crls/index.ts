import {
  caName,
  crlIssuer,
  type Finding,
  isOlderIssue,
  outputOf,
  reachedKeys,
} from '@trustloom/core/adapter';
import type { AlbStep, Desired, StoredCrl, StoredStore } from '../../model.ts';
import { albInfo } from '../../service.ts';
import { type CrlsWhere, type IssuerPlan, planIssuer } from './issuer.ts';
import { arrange } from './room.ts';
import { crls, digests, removeCrls } from './steps.ts';

/** The writes on the CRLs of one store. */
export interface CrlPlan {
  /** In order: those to add, and those that an added or present one replaces. */
  readonly steps: readonly AlbStep[];
  /** Ids of the steps after which every CRL is in force that no consent holds back. */
  readonly added: readonly string[];
  /**
   * CRLs of CAs through which no client is admitted any more: they do nothing, and count against
   * the quota.
   */
  readonly cleanups: readonly AlbStep[];
  readonly findings: readonly Finding[];
}

/** A CRL in the store, with its issuer. */
interface AttributedCrl extends StoredCrl {
  /** SHA-256 of the key that signed it; undefined when no known CA did. */
  readonly key: string | undefined;
}

/**
 * The service has no update of a CRL: the newer is added, its count is verified, and only then the
 * older goes. A CRL is replaced only by one of the same issuer key, since re-keyed CAs share their
 * name. A CRL that nothing replaces stays.
 */
export function planCrls(desired: Desired, store: StoredStore | undefined, where: CrlsWhere): CrlPlan {
  const stored = (store?.crls ?? []).map((crl) => ({ ...crl, key: keyOf(crl, desired, store) }));
  const keys = new Set(where.cas.map(({ keySha256 }) => keySha256));
  const parts = desired.crls
    .filter(({ issuer }) => keys.has(issuer.keySha256))
    .map((wanted) => {
      const same = stored.filter(({ key }) => key === wanted.issuer.keySha256);
      return planIssuer(wanted, same, store, where, desired.leafLifeMs.get(wanted.issuer.keySha256));
    });
  const { planned, steps, findings } = arrange(parts, stored);
  const gone = planned.flatMap(({ dropped, removed, readmitted }) => [...dropped, ...removed, ...readmitted]);
  const left = stored.filter((one) => one.crl !== undefined && !gone.includes(one));
  const reached = new Set(reachedKeys(desired.cas, desired.known, albInfo));
  return {
    steps: [...steps, ...planUnknown(left, where), ...planWithdrawal(desired, stored, reached, where)],
    added: planned
      .flatMap(({ adds }) => adds)
      .filter(({ effect }) => effect === 'revoke')
      .map(({ id }) => id),
    cleanups: planCleanup(left, planned, reached, where),
    findings: [...parts.flatMap((part) => part.findings), ...findings],
  };
}

/** CRLs of unknown CAs may still refuse somebody, so they go by consent. */
function planUnknown(left: readonly AttributedCrl[], { store, suffix = '' }: CrlsWhere): readonly AlbStep[] {
  return left
    .filter(({ key, entries }) => key === undefined && entries > 0)
    .map((one) =>
      removeCrls(
        {
          id: `readmit-crl:${one.id}${suffix}`,
          effect: 'readmit',
          affects: digests([one]),
          summary: `detach the CRL of ${one.crl?.issuer.text ?? 'an unknown CA'}`,
          reason: 'it was added by hand, no known CA signed it, and it refuses whom it names',
        },
        { store, ids: [one.id] },
      ),
    );
}

/** CRLs of CAs through which no client is admitted. */
function planCleanup(
  left: readonly AttributedCrl[],
  planned: readonly IssuerPlan[],
  reached: ReadonlySet<string>,
  { store, removal = [], suffix = '' }: CrlsWhere,
): readonly AlbStep[] {
  const idle = left.filter(({ key, entries }) => (key === undefined ? entries === 0 : !reached.has(key)));
  // A CA that waits for its removal gets its newest CRL; both go in one run.
  const passing = planned
    .filter(({ wanted }) => !reached.has(wanted.issuer.keySha256))
    .flatMap(({ adds }) => adds);
  const number = idle.length + passing.length;
  if (number === 0) return [];
  return [
    removeCrls(
      {
        id: `clean-up-crls${suffix}`,
        effect: 'cleanup',
        affects: [...digests(idle), ...passing.flatMap(({ affects }) => affects)],
        summary: `detach ${crls(number)} of CAs that are not trusted here`,
        reason: 'no client is admitted through these CAs',
        after: [...removal, ...passing.map(({ id }) => id)],
      },
      { store, ids: [...idle.map(({ id }) => id), ...passing.map((step) => outputOf(step, 'id'))] },
    ),
  ];
}

/**
 * CRLs whose enforcement was withdrawn, since their CA had stopped publishing, and earlier ones of
 * the same CA: they go by the consent to that. What the CA issued later stays, and so does
 * everything of a CA of which a CRL is wanted again.
 */
function planWithdrawal(
  { known, crls: wanted, withdrawn }: Desired,
  stored: readonly AttributedCrl[],
  reached: ReadonlySet<string>,
  { store, suffix = '' }: CrlsWhere,
): readonly AlbStep[] {
  const wantedKeys = new Set(wanted.map(({ issuer }) => issuer.keySha256));
  return stored.flatMap(({ id, crl, key = '' }): readonly AlbStep[] => {
    const gone = withdrawn.filter(({ keySha256 }) => keySha256 === key);
    const ca = known.find(({ keySha256 }) => keySha256 === key);
    if (crl === undefined || gone.length === 0 || wantedKeys.has(key) || !reached.has(key)) return [];
    if (gone.every((one) => isOlderIssue(one, crl))) return [];
    const step = removeCrls(
      {
        id: `withdraw:${id}${suffix}`,
        effect: 'readmit',
        affects: gone.map(({ sha256 }) => sha256),
        summary: `detach the CRL of ${ca === undefined ? crl.issuer.text : caName(ca)}`,
        reason: 'its enforcement was withdrawn, and it still refuses whom it names',
        // A refresh may have put a newer one of the same CA beside it meanwhile.
        replacesRevocation: true,
      },
      { store, ids: [id] },
    );
    return [step];
  });
}

function keyOf({ crl }: StoredCrl, desired: Desired, store: StoredStore | undefined): string | undefined {
  if (crl === undefined) return undefined;
  // One that is wanted as it is was judged already.
  const wanted = desired.crls.find((one) => one.crl.sha256 === crl.sha256);
  return (wanted?.issuer ?? crlIssuer(crl, [...desired.cas, ...(store?.cas ?? []), ...desired.known]))
    ?.keySha256;
}
