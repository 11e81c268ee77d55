import {
  bundlePem,
  type Certificate,
  type JsonObject,
  type Step,
  sortCertificates,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import { anchorName, marksOf } from './names.ts';
import { planLists } from './plan-lists.ts';
import type { Desired, DesiredAnchor, Observed, StoredAnchor } from './state.ts';

/** The writes from what is held to what is desired. Pure. */
export function planRolesAnywhere(
  desired: Desired | undefined,
  observed: Observed,
  context: TargetContext,
): TargetPlan<JsonObject> {
  if (desired === undefined)
    return {
      steps: observed.anchors.flatMap((anchor) =>
        removeAnchor(anchor, 'the target left the definition', true),
      ),
      findings: [],
    };
  const kept = new Set<StoredAnchor>();
  const parts = desired.anchors.map((wanted) => {
    const anchor = observed.anchors.find(({ key }) => key === wanted.key);
    if (anchor === undefined) return fresh(wanted, desired, context);
    kept.add(anchor);
    return keep(wanted, anchor, desired, context);
  });
  const wantedKeys = new Set(desired.anchors.map(({ key }) => key));
  const rest = observed.anchors.filter((anchor) => !kept.has(anchor));
  const removals = rest.flatMap((anchor) =>
    wantedKeys.has(anchor.key)
      ? deleteAnchor(anchor, 'a duplicate of ours, made by a run that lost its answer')
      : removeAnchor(anchor, `trust ${names(anchor.cas)} no longer`, false),
  );
  return {
    steps: [...parts.flatMap(({ steps }) => steps), ...removals],
    findings: parts.flatMap(({ findings }) => findings),
  };
}

/** Made disabled, given its lists, then enabled: nobody gets in before the revoked are kept out. */
function fresh(wanted: DesiredAnchor, desired: Desired, context: TargetContext): TargetPlan<JsonObject> {
  const short = wanted.key.slice(0, 8);
  const create: Step = {
    id: `create-anchor:${short}`,
    effect: 'label',
    things: [anchorName(context, wanted.key)],
    mends: `no anchor yet for ${names(wanted.cas)}`,
    action: 'rolesanywhere:CreateTrustAnchor',
    input: {
      do: 'create-anchor',
      name: anchorName(context, wanted.key),
      pem: bundlePem(wanted.cas),
      tags: { ...marksOf(context, wanted.key) },
    },
  };
  const lists = planLists(wanted, [], desired, {
    anchor: { $ref: create.id, get: 'arn' },
    after: [create.id],
    context,
  });
  const enable = enableAnchor(wanted, { $ref: create.id, get: 'id' }, [
    create.id,
    ...lists.steps.map(({ id }) => id),
  ]);
  return { steps: [create, ...lists.steps, enable], findings: lists.findings };
}

function keep(
  wanted: DesiredAnchor,
  anchor: StoredAnchor,
  desired: Desired,
  context: TargetContext,
): TargetPlan<JsonObject> {
  const lists = planLists(wanted, anchor.lists, desired, { anchor: anchor.arn, after: [], context });
  const source = planSource(
    wanted,
    anchor,
    desired,
    lists.steps.map(({ id }) => id),
  );
  const enable = anchor.enabled
    ? []
    : [
        enableAnchor(
          wanted,
          anchor.id,
          [...lists.steps, ...source].map(({ id }) => id),
        ),
      ];
  return { steps: [...lists.steps, ...source, ...enable, ...lists.cleans], findings: lists.findings };
}

/** The certificates of one anchor: a renewed twin comes in the second slot before the old one goes. */
function planSource(
  wanted: DesiredAnchor,
  anchor: StoredAnchor,
  desired: Desired,
  after: readonly string[],
): readonly Step[] {
  const short = wanted.key.slice(0, 8);
  const held = new Set(anchor.cas.map(({ sha256 }) => sha256));
  const wantedShas = new Set(wanted.cas.map(({ sha256 }) => sha256));
  const added = wanted.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = anchor.cas.filter(({ sha256 }) => !wantedShas.has(sha256));
  const union = sortCertificates([...wanted.cas, ...extra]);
  const fits = union.length <= rolesAnywhereFacts.limits.anchorCertificates.max;
  const known = new Set(desired.known.map(({ sha256 }) => sha256));
  const update = (
    id: string,
    effect: 'grant' | 'remove',
    cas: readonly Certificate[],
    pem: string,
    mends: string,
    before: readonly string[],
  ): Step => ({
    id: `${id}:${short}`,
    effect,
    things: cas.map(({ sha256 }) => sha256),
    mends,
    action: 'rolesanywhere:UpdateTrustAnchor',
    input: { do: 'update-anchor', id: anchor.id, pem },
    after: before,
  });
  const grant =
    added.length > 0 && fits
      ? [update('grant-cas', 'grant', added, bundlePem(union), `trust ${names(added)}`, after)]
      : [];
  if (extra.length === 0) return grant;
  const words = extra.some(({ sha256 }) => !known.has(sha256))
    ? `a CA that the definition does not name is trusted: ${names(extra)}`
    : `trust ${names(extra)} no longer`;
  return [
    ...grant,
    update('remove-cas', 'remove', extra, bundlePem(wanted.cas), words, [
      ...after,
      ...grant.map(({ id }) => id),
    ]),
  ];
}

function enableAnchor(
  { key, cas }: DesiredAnchor,
  id: string | { readonly $ref: string; readonly get: string },
  after: readonly string[],
): Step {
  return {
    id: `enable-anchor:${key.slice(0, 8)}`,
    effect: 'grant',
    things: cas.map(({ sha256 }) => sha256),
    mends: `trust ${names(cas)}`,
    action: 'rolesanywhere:EnableTrustAnchor',
    input: { do: 'enable-anchor', id },
    after,
  };
}

/** Its clients are refused first; the rest is tidying. */
function removeAnchor(anchor: StoredAnchor, why: string, wholeTarget: boolean): readonly Step[] {
  if (!anchor.enabled) return deleteAnchor(anchor, why);
  const disable: Step = {
    id: `disable-anchor:${anchor.id}`,
    effect: 'remove',
    things: anchor.cas.map(({ sha256 }) => sha256),
    mends: why,
    action: 'rolesanywhere:DisableTrustAnchor',
    input: { do: 'disable-anchor', id: anchor.id },
    ...(wholeTarget ? { wholeTarget } : {}),
  };
  return [disable, ...deleteAnchor(anchor, why, [disable.id])];
}

/** The lists go first: an anchor that has some may not be deletable. */
function deleteAnchor(anchor: StoredAnchor, why: string, after: readonly string[] = []): readonly Step[] {
  const lists = anchor.lists.map(
    (list): Step => ({
      id: `delete-list:${list.id}`,
      effect: 'clean',
      things: [list.id],
      mends: `the list ${list.name} of an anchor that goes`,
      action: 'rolesanywhere:DeleteCrl',
      input: { do: 'delete-list', id: list.id },
      after,
    }),
  );
  return [
    ...lists,
    {
      id: `delete-anchor:${anchor.id}`,
      effect: 'clean',
      things: [anchor.arn],
      mends: `the anchor ${anchor.name} is still there (${why})`,
      action: 'rolesanywhere:DeleteTrustAnchor',
      input: { do: 'delete-anchor', id: anchor.id },
      after: [...after, ...lists.map(({ id }) => id)],
    },
  ];
}

function names(cas: readonly Certificate[]): string {
  return [...new Set(cas.map(({ subject }) => subject.text))].join('; ');
}
