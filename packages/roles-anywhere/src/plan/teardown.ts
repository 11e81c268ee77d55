import { caNames, outputOf } from '@trustloom/core/adapter';
import { type RolesAnywhereStep, type StoredAnchor, stepIds } from '../model.ts';
import { disableAnchor } from './attachments.ts';
import type { CrlPlan } from './crls/index.ts';
import { deleteCrl } from './crls/of-issuer.ts';

/** Its clients are refused first, by consent; the rest is tidying. */
export function removeAnchor(
  anchor: StoredAnchor,
  reason: string,
  options: {
    /** The whole target goes, so one consent is enough. */
    readonly wholeTarget?: true;
    /** What this plan does to its CRLs before. */
    readonly followed?: CrlPlan;
  } = {},
): readonly RolesAnywhereStep[] {
  const { followed, ...envelope } = options;
  if (!anchor.enabled) return deleteAnchor(anchor, reason, []);
  const disable = disableAnchor(anchor, { reason, ...envelope });
  return [disable, ...deleteAnchor(anchor, reason, [disable.id], followed)];
}

/**
 * A second anchor of one key, made by a run that lost its answer. It goes without consent if it
 * admits nobody else.
 */
export function removeDuplicate(
  anchor: StoredAnchor,
  after: readonly string[],
): readonly RolesAnywhereStep[] {
  const reason = `it is a second trust anchor of ours for ${caNames(anchor.cas)}`;
  if (!anchor.enabled) return deleteAnchor(anchor, reason, after);
  const same =
    anchor.unreadable === undefined && anchor.cas.every(({ keySha256 }) => keySha256 === anchor.key);
  // Disabled before its CRLs go: enabled without them it would admit the revoked.
  const disable = disableAnchor(anchor, {
    ...(same ? { effect: 'cleanup', affects: [anchor.arn] } : {}),
    reason,
    after,
  });
  return [disable, ...deleteAnchor(anchor, reason, [disable.id])];
}

/**
 * The CRLs go first: an anchor that has some may not be deletable. One of somebody else goes by
 * consent only.
 */
function deleteAnchor(
  { id, arn, name, crls }: StoredAnchor,
  reason: string,
  after: readonly string[],
  followed?: Pick<CrlPlan, 'imports' | 'inTheWay'>,
): readonly RolesAnywhereStep[] {
  const envelope = { effect: 'cleanup', reason: 'its trust anchor goes' } as const;
  const held = crls
    .filter((crl) => !followed?.inTheWay.includes(crl))
    .map((crl) =>
      deleteCrl(crl, {
        ...envelope,
        after,
        ...(crl.taggedKey === undefined ? { consents: [`adopt:${crl.id}`] } : {}),
      }),
    );
  const imported = (followed?.imports ?? []).map((step) => ({
    ...deleteCrl({ id: step.id, name: step.input.name }, { ...envelope, after: [...after, step.id] }),
    input: { id: outputOf(step, 'id') },
  }));
  const deletes = [...held, ...imported];
  return [
    ...deletes,
    {
      kind: 'delete-anchor',
      id: `delete-anchor:${id}`,
      effect: 'cleanup',
      affects: [arn],
      summary: `delete trust anchor ${name}`,
      reason,
      action: 'rolesanywhere:DeleteTrustAnchor',
      input: { id },
      after: [...after, ...stepIds(deletes)],
    },
  ];
}
