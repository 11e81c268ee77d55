import type { Finding, UnusableCrl } from '@trustloom/core/adapter';
import { type DesiredAnchor, type RolesAnywhereStep, type StoredCrl, stepIds } from '../../model.ts';
import { rolesAnywhereInfo } from '../../service.ts';
import { deleteCrl, type IssuerPlan, planUnusable, planUsable, type Where } from './of-issuer.ts';
import { keysWithdrawn, planWithdrawn } from './withdrawn.ts';

const slots = rolesAnywhereInfo.limits.crls.max;

/** The writes for the CRLs of one anchor. */
export interface CrlPlan {
  readonly steps: readonly RolesAnywhereStep[];
  /** Those of the steps that import a CRL. */
  readonly imports: readonly RolesAnywhereStep<'import-crl'>[];
  /** CRLs that the steps delete, to make room. */
  readonly inTheWay: readonly StoredCrl[];
  /** Deletes duplicates and CRLs of CAs that do not reach the anchor, once the rest is done. */
  readonly cleanups: readonly RolesAnywhereStep<'delete-crl'>[];
  /**
   * CRLs without which nobody new may be admitted, and that will not be in force after these steps.
   */
  readonly missing: readonly UnusableCrl[];
  readonly findings: readonly Finding[];
}

/**
 * One CRL per issuer key, updated in place. Ours are known by their ownership tag; one of somebody
 * else is never touched, and never counts as ours. A CRL of ours whose CA no longer reaches the
 * anchor goes; one that merely lost its source stays. An anchor takes two: ours that are of no use
 * go first where room is needed; what then does not fit is left out.
 */
export function planCrls(wanted: DesiredAnchor, held: readonly StoredCrl[], where: Where): CrlPlan {
  const tagged = (key: string) => held.filter(({ taggedKey }) => taggedKey === key);
  const parts: readonly IssuerPlan[] = [
    ...wanted.usable.map((crl) => planUsable(wanted, crl, tagged(crl.issuer.keySha256), where)),
    ...wanted.unusable.map((crl) => planUnusable(wanted, crl, tagged(crl.issuer.keySha256))),
    ...keysWithdrawn(wanted).map((key) => planWithdrawn(wanted, key, tagged(key))),
  ];
  const idle = held.filter(({ taggedKey }) => taggedKey !== undefined && !wanted.keys.includes(taggedKey));
  const added = parts.flatMap(({ adds }) => adds ?? []);
  const over = Math.max(0, held.length + added.length - slots);
  const inTheWay = [...idle, ...withoutUse(wanted, held)].slice(0, over);
  const fitting = added.slice(0, Math.max(0, added.length - (over - inTheWay.length)));
  const crowded = fitting.length < added.length;
  const room = inTheWay.map((crl) =>
    deleteCrl(crl, { effect: 'revoke', reason: 'one that is needed takes its place' }),
  );
  const written = parts.flatMap(({ steps = [], adds }): readonly RolesAnywhereStep[] => {
    if (adds === undefined) return steps;
    const { step } = adds;
    return fitting.includes(adds) ? [{ ...step, after: [...(step.after ?? []), ...stepIds(room)] }] : [];
  });
  const cleanups = [
    ...parts.flatMap((part) => part.cleanups ?? []),
    ...idle.map((crl) =>
      deleteCrl(crl, { effect: 'cleanup', reason: 'the CA that issued it does not reach the anchor' }),
    ),
  ];
  const gone = new Set(stepIds(room));
  return {
    steps: [...room, ...written],
    imports: fitting.map(({ step }) => step),
    inTheWay,
    cleanups: cleanups.filter(({ id }) => !gone.has(id)),
    missing: [
      ...parts.flatMap(({ missing }) => missing ?? []),
      ...added
        .filter((one) => !fitting.includes(one))
        .map(({ issuer }): UnusableCrl => ({ issuer, why: 'anchor-foreign-crl' })),
    ],
    findings: [
      ...parts.flatMap(({ findings }) => findings ?? []),
      ...held.filter(({ taggedKey }) => taggedKey === undefined).map((crl) => foreignFinding(crl, crowded)),
    ],
  };
}

/** Disabled CRLs of ours whose CA has none with entries, or of which enforcement was withdrawn. */
function withoutUse(wanted: DesiredAnchor, held: readonly StoredCrl[]): readonly StoredCrl[] {
  const empty = wanted.usable.filter(({ crl }) => crl.entryCount === 0);
  const keys = new Set([...empty.map(({ issuer }) => issuer.keySha256), ...keysWithdrawn(wanted)]);
  return held.filter(({ taggedKey, enabled }) => taggedKey !== undefined && keys.has(taggedKey) && !enabled);
}

function foreignFinding({ id, name }: StoredCrl, crowded: boolean): Finding {
  return {
    code: 'anchor-foreign-crl',
    severity: crowded ? 'error' : 'warning',
    about: id,
    message: `the CRL ${name} on an anchor of ours has no ownership tag of this target${crowded ? `, and takes one of its ${slots} places: remove it` : ''}`,
  };
}
