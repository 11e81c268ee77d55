import {
  bundlePem,
  caName,
  caNames,
  defined,
  type Finding,
  outputOf,
  ownershipTags,
  type PlanContext,
  type ServicePlan,
} from '@trustloom/core/adapter';
import {
  anchorName,
  type Desired,
  type DesiredAnchor,
  type Observed,
  type RolesAnywhereStep,
  type StoredAnchor,
  stepIds,
} from '../model.ts';
import { reachingCrls } from '../render.ts';
import { disableAnchor, enableAnchor } from './attachments.ts';
import { planBundle } from './ca-bundle.ts';
import { type CrlPlan, planCrls } from './crls/index.ts';
import { removeAnchor, removeDuplicate } from './teardown.ts';

/** What is planned for one anchor. */
interface AnchorPlan extends ServicePlan<RolesAnywhereStep> {
  /** Of the steps, the one after which the anchor is in force. */
  readonly enable?: RolesAnywhereStep<'enable-anchor'>;
}

/** The writes from what is observed to what is desired. Pure. */
export function planRolesAnywhere(
  desired: Desired | undefined,
  observed: Observed,
  context: PlanContext,
): ServicePlan<RolesAnywhereStep> {
  if (desired === undefined)
    return {
      steps: observed.anchors.flatMap((anchor) =>
        removeAnchor(anchor, 'the target left the definition', { wholeTarget: true }),
      ),
      findings: [],
    };
  const parts = desired.anchors.map((wanted) => {
    const anchor = observed.anchors.find(({ key }) => key === wanted.key);
    const part = anchor === undefined ? fresh(wanted, context) : keep(wanted, anchor, desired, context);
    return { anchor, ...part };
  });
  const enabling = stepIds(parts.flatMap(({ enable }) => enable ?? []));
  const others = observed.anchors
    .filter((anchor) => !parts.some((part) => part.anchor === anchor))
    .map((anchor) =>
      parts.some((part) => part.anchor?.key === anchor.key)
        ? { steps: removeDuplicate(anchor, enabling), findings: [] }
        : unwanted(anchor, desired, context),
    );
  const inForce = observed.anchors.some(({ enabled }) => enabled);
  return {
    steps: [...parts, ...others]
      .flatMap(({ steps }) => steps)
      .map((step) => (inForce ? step : { ...step, nonBlocking: true as const })),
    findings: [...parts, ...others].flatMap(({ findings }) => findings),
  };
}

/** Created disabled, given its CRLs, then enabled: the revoked are refused from the start. */
function fresh(wanted: DesiredAnchor, context: PlanContext): AnchorPlan {
  const name = anchorName(context, wanted.key);
  const create: RolesAnywhereStep<'create-anchor'> = {
    kind: 'create-anchor',
    id: `create-anchor:${wanted.key.slice(0, 8)}`,
    effect: 'tag',
    affects: [name],
    summary: `create trust anchor of ${caNames(wanted.cas)}, disabled`,
    reason: 'there is none yet',
    action: 'rolesanywhere:CreateTrustAnchor',
    input: { name, pem: bundlePem(wanted.cas), tags: ownershipTags(context, { key: wanted.key }) },
  };
  const anchorArn = outputOf(create, 'arn');
  const crls = planCrls(wanted, [], { anchorArn, after: [create.id], context });
  // Nothing is made that could not be enabled.
  if (crls.missing.length > 0) return { steps: [], findings: missingFindings(wanted, crls, false) };
  const made = { id: outputOf(create, 'id'), arn: anchorArn };
  const enable = enableAnchor(wanted, made, crls.imports, [create.id, ...stepIds(crls.steps)]);
  return { steps: [create, ...crls.steps, enable], enable, findings: crls.findings };
}

function keep(
  wanted: DesiredAnchor,
  anchor: StoredAnchor,
  desired: Desired,
  context: PlanContext,
): AnchorPlan {
  const crls = planCrls(wanted, anchor.crls, { anchorArn: anchor.arn, after: [], context });
  const complete = crls.missing.length === 0;
  // A CRL that waits for its consent leaves a newer one in force.
  const revokes = stepIds(crls.steps.filter(({ effect }) => effect === 'revoke'));
  // A disabled anchor admits nobody, and a renewed certificate nobody more than the one in force.
  const harmless =
    !anchor.enabled ||
    anchor.cas.some(({ keySha256, notAfter }) => keySha256 === wanted.key && notAfter > context.now);
  const bundle = planBundle(wanted, anchor, desired, { mayGrant: complete || harmless, after: revokes });
  const enable =
    anchor.enabled || !complete
      ? undefined
      : enableAnchor(wanted, anchor, crls.imports, [...revokes, ...stepIds(bundle.steps)]);
  return {
    steps: [...crls.steps, ...bundle.steps, ...(enable === undefined ? [] : [enable]), ...crls.cleanups],
    ...defined({ enable }),
    findings: complete ? crls.findings : missingFindings(wanted, crls, anchor.enabled && !bundle.waits),
  };
}

/**
 * An anchor that is not wanted goes by consent; until then it keeps refusing the revoked. One whose
 * CAs are all revoked is disabled at once, by the word of their issuer. While the lock trusts them it
 * is not deleted: the issuer may take that back, and roles name its ARN.
 */
function unwanted(
  anchor: StoredAnchor,
  { known, crls, revoked, suspended }: Desired,
  context: PlanContext,
): AnchorPlan {
  if (anchor.enabled && isAmong(anchor, revoked)) {
    const reason = 'its issuer revoked it, and no CRL is asked about the CA of an anchor';
    return { steps: [disableAnchor(anchor, { effect: 'revoke', reason })], findings: [] };
  }
  if (!anchor.enabled && isAmong(anchor, suspended)) return { steps: [], findings: [] };
  const reason = `${caNames(anchor.cas)} is not trusted here any more`;
  if (!anchor.enabled) return { steps: removeAnchor(anchor, reason), findings: [] };
  const wanted = { key: anchor.key, cas: anchor.cas, ...reachingCrls(anchor.cas, known, crls) };
  const followed = planCrls(wanted, anchor.crls, { anchorArn: anchor.arn, after: [], context });
  return {
    steps: [...followed.steps, ...removeAnchor(anchor, reason, { followed })],
    findings: followed.findings,
  };
}

function isAmong({ cas, unreadable }: StoredAnchor, digests: readonly string[]): boolean {
  return unreadable === undefined && cas.length > 0 && cas.every(({ sha256 }) => digests.includes(sha256));
}

/**
 * Names the CRLs that are missing: an error where an anchor waits for them, a warning where it is
 * in force without.
 */
function missingFindings(
  { cas }: DesiredAnchor,
  { missing, findings }: CrlPlan,
  inForce: boolean,
): readonly Finding[] {
  const whose = missing.map(({ issuer, why }) => `${caName(issuer)} (${why})`).join('; ');
  const message = inForce
    ? `${caNames(cas)} is trusted without the CRL of ${whose}, which cannot be put in place: whoever it revokes is admitted`
    : `${caNames(cas)} is not trusted yet: the CRL of ${whose} cannot be put in place, and without it revoked clients would be admitted`;
  return [
    ...findings,
    {
      code: 'anchor-crl-missing',
      severity: inForce ? 'warning' : 'error',
      message,
      ...defined({ about: cas[0]?.sha256 }),
    },
  ];
}
