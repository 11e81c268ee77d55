import { caNames, type Step } from '@trustloom/core';
import type { Ref, StoredAnchor } from './state.ts';
import { ids } from './steps.ts';

/** Its clients are refused first, by consent; the rest is tidying. */
export function removeAnchor(
  anchor: StoredAnchor,
  why: string,
  options: {
    /** The whole target goes, so one consent is enough. */
    readonly wholeTarget?: boolean;
    /** Steps of this plan that import lists to it. */
    readonly imported?: readonly Step[];
  } = {},
): readonly Step[] {
  if (!anchor.enabled) return deleteAnchor(anchor, why, [], []);
  const disable = disableAnchor(anchor, 'remove', why, options.wholeTarget === true, []);
  return [disable, ...deleteAnchor(anchor, why, [disable.id], options.imported ?? [])];
}

/** A second anchor of one key, made by a run that lost its answer. It goes without consent as long as it lets in nobody of its own. */
export function removeDuplicate(anchor: StoredAnchor, after: readonly string[]): readonly Step[] {
  const why = `a second anchor of ours for ${caNames(anchor.cas)}`;
  if (!anchor.enabled) return deleteAnchor(anchor, why, after, []);
  const same =
    anchor.unreadable === undefined && anchor.cas.every(({ keySha256 }) => keySha256 === anchor.key);
  // Disabled before its lists go: enabled without them it would let the revoked in.
  const disable = disableAnchor(anchor, same ? 'clean' : 'remove', why, false, after);
  return [disable, ...deleteAnchor(anchor, why, [disable.id], [])];
}

function disableAnchor(
  anchor: StoredAnchor,
  effect: 'remove' | 'clean',
  why: string,
  wholeTarget: boolean,
  after: readonly string[],
): Step {
  const cas = [...anchor.cas.map(({ sha256 }) => sha256), ...(anchor.unreadable ? [anchor.unreadable] : [])];
  return {
    id: `disable-anchor:${anchor.id}`,
    effect,
    things: effect === 'clean' ? [anchor.arn] : cas,
    mends: why,
    action: 'rolesanywhere:DisableTrustAnchor',
    input: { do: 'disable-anchor', id: anchor.id },
    after,
    ...(wholeTarget ? { wholeTarget } : {}),
  };
}

/** The lists go first: an anchor that has some may not be deletable. One of somebody else goes by consent only. */
function deleteAnchor(
  anchor: StoredAnchor,
  why: string,
  after: readonly string[],
  changed: readonly Step[],
): readonly Step[] {
  const gone = new Set(
    changed.filter(({ input }) => input.do === 'delete-list').map(({ input }) => input.id),
  );
  const held = anchor.lists
    .filter(({ id }) => !gone.has(id))
    .map(({ id, name, mark }) => deleteList(id, id, name, after, mark === undefined ? [`adopt:${id}`] : []));
  const imported = changed
    .filter(({ input }) => input.do === 'import-list')
    .map((step) =>
      deleteList(step.id, { $ref: step.id, get: 'id' }, String(step.input.name), [...after, step.id], []),
    );
  const lists = [...held, ...imported];
  return [
    ...lists,
    {
      id: `delete-anchor:${anchor.id}`,
      effect: 'clean',
      things: [anchor.arn],
      mends: `the anchor ${anchor.name} is still there (${why})`,
      action: 'rolesanywhere:DeleteTrustAnchor',
      input: { do: 'delete-anchor', id: anchor.id },
      after: [...after, ...ids(lists)],
    },
  ];
}

function deleteList(
  thing: string,
  id: Ref,
  name: string,
  after: readonly string[],
  consents: readonly string[],
): Step {
  return {
    id: `delete-list:${thing}`,
    effect: 'clean',
    things: [thing],
    mends: `the list ${name} of an anchor that goes`,
    action: 'rolesanywhere:DeleteCrl',
    input: { do: 'delete-list', id },
    after,
    ...(consents.length === 0 ? {} : { consents }),
  };
}
