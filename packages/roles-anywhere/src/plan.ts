import {
  bundlePem,
  caNames,
  defined,
  type Finding,
  type Instant,
  type JsonObject,
  type Step,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import { anchorName, marksOf } from './names.ts';
import { planBundle } from './plan-bundle.ts';
import { consentsToLetGo } from './plan-let-go.ts';
import type { ListPlan } from './plan-list.ts';
import { planLists } from './plan-lists.ts';
import { removeAnchor, removeDuplicate } from './plan-removal.ts';
import { listsReaching } from './reached.ts';
import type { Desired, DesiredAnchor, Observed, Ref, StoredAnchor } from './state.ts';
import { ids } from './steps.ts';

type Context = TargetContext & { readonly now: Instant };

/** The writes from what is held to what is desired. Pure. */
export function planRolesAnywhere(
  desired: Desired | undefined,
  observed: Observed,
  context: Context,
): TargetPlan<JsonObject> {
  if (desired === undefined)
    return {
      steps: observed.anchors.flatMap((anchor) =>
        removeAnchor(anchor, 'the target left the definition', { wholeTarget: true }),
      ),
      findings: [],
    };
  const kept = new Map(
    desired.anchors.flatMap(({ key }) => {
      const anchor = observed.anchors.find((held) => held.key === key);
      return anchor === undefined ? [] : [[key, anchor] as const];
    }),
  );
  const parts = desired.anchors.map((wanted) => {
    const anchor = kept.get(wanted.key);
    return anchor === undefined ? fresh(wanted, context) : keep(wanted, anchor, desired, context);
  });
  const steps = parts.flatMap((part) => part.steps);
  const rest = observed.anchors
    .filter((anchor) => kept.get(anchor.key) !== anchor)
    .map((anchor) =>
      kept.has(anchor.key)
        ? { steps: removeDuplicate(anchor, enabling(steps)), findings: [] }
        : unwanted(anchor, desired, context),
    );
  const inForce = observed.anchors.some(({ enabled }) => enabled);
  return {
    steps: [...steps, ...rest.flatMap((part) => part.steps)].map((step) =>
      inForce ? step : { ...step, unawaited: true },
    ),
    findings: [...parts, ...rest].flatMap(({ findings }) => findings),
  };
}

/** Made disabled, given its lists, then enabled: nobody gets in before the revoked are kept out. */
function fresh(wanted: DesiredAnchor, context: Context): TargetPlan<JsonObject> {
  const create: Step = {
    id: `create-anchor:${wanted.key.slice(0, 8)}`,
    effect: 'label',
    things: [anchorName(context, wanted.key)],
    mends: `no anchor yet for ${caNames(wanted.cas)}`,
    action: 'rolesanywhere:CreateTrustAnchor',
    input: {
      do: 'create-anchor',
      name: anchorName(context, wanted.key),
      pem: bundlePem(wanted.cas),
      tags: { ...marksOf(context, wanted.key) },
    },
  };
  const lists = planLists(wanted, [], {
    anchor: { $ref: create.id, get: 'arn' },
    after: [create.id],
    context,
  });
  // Nothing is made that could not be enabled.
  if (lists.missing.length > 0) return { steps: [], findings: waits(wanted, lists) };
  const enable = enableAnchor(wanted, { $ref: create.id, get: 'id' }, [create.id, ...ids(lists.steps)]);
  return { steps: [create, ...lists.steps, enable], findings: lists.findings };
}

function keep(
  wanted: DesiredAnchor,
  anchor: StoredAnchor,
  desired: Desired,
  context: Context,
): TargetPlan<JsonObject> {
  const lists = planLists(wanted, anchor.lists, { anchor: anchor.arn, after: [], context });
  const complete = lists.missing.length === 0;
  // A list that waits for its consent leaves a newer one in force.
  const revokes = ids(lists.steps.filter(({ effect }) => effect === 'revoke'));
  // What is disabled lets nobody in, and a renewed twin nobody whom the one in force does not.
  const harmless =
    !anchor.enabled ||
    anchor.cas.some(({ keySha256, notAfter }) => keySha256 === wanted.key && notAfter > context.now);
  const bundle = planBundle(wanted, anchor, desired, {
    mayGrant: complete || harmless,
    after: revokes,
  });
  const enable =
    anchor.enabled || !complete ? [] : [enableAnchor(wanted, anchor.id, [...revokes, ...ids(bundle.steps)])];
  return {
    steps: [...lists.steps, ...bundle.steps, ...enable, ...lists.cleans],
    findings: complete ? lists.findings : waits(wanted, lists, anchor.enabled && !bundle.waits),
  };
}

/** An anchor that nobody wants any more goes by consent; until then it keeps refusing the revoked. */
function unwanted(anchor: StoredAnchor, desired: Desired, context: Context): TargetPlan<JsonObject> {
  const why = `trust ${caNames(anchor.cas)} no longer`;
  if (!anchor.enabled) return { steps: removeAnchor(anchor, why), findings: [] };
  const reached = listsReaching(anchor.cas, desired.known, desired.revocation);
  const lists = planLists({ key: anchor.key, cas: anchor.cas, ...reached }, anchor.lists, {
    anchor: anchor.arn,
    after: [],
    context,
  });
  return {
    steps: [...lists.steps, ...removeAnchor(anchor, why, { imported: lists.steps })],
    findings: lists.findings,
  };
}

/** Whom a list that was let go had named gets in anew through an anchor that was not in force: that takes the consent once more. */
function enableAnchor(wanted: DesiredAnchor, id: Ref, after: readonly string[]): Step {
  const { key, cas } = wanted;
  const consents = consentsToLetGo(wanted);
  return {
    id: `enable-anchor:${key.slice(0, 8)}`,
    effect: 'grant',
    things: cas.map(({ sha256 }) => sha256),
    mends: `trust ${caNames(cas)}`,
    action: 'rolesanywhere:EnableTrustAnchor',
    input: { do: 'enable-anchor', id },
    after,
    ...(consents.length === 0 ? {} : { consents }),
  };
}

function enabling(steps: readonly Step[]): readonly string[] {
  return ids(steps.filter(({ input }) => input.do === 'enable-anchor'));
}

/** Says which list is missing: an error where somebody waits for it, a warning where the anchor is in force without it. */
function waits({ cas }: DesiredAnchor, { missing, findings }: ListPlan, trusted = false): readonly Finding[] {
  const thing = cas[0]?.sha256;
  const whose = missing.map(({ issuer, why }) => `${issuer.subject.text} (${why})`).join('; ');
  const message = trusted
    ? `${caNames(cas)} is trusted without the list of ${whose}, which cannot be put in place: whoever it revokes gets in`
    : `${caNames(cas)} is not trusted yet: the list of ${whose} cannot be put in place, and without it revoked clients would get in`;
  return [
    ...findings,
    {
      code: 'anchor-list-missing',
      severity: trusted ? 'warning' : 'error',
      message,
      ...defined({ thing }),
    },
  ];
}
