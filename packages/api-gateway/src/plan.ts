import {
  bundleArtifact,
  caDigests,
  caNames,
  type JsonObject,
  type Step,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import { marksOf } from './names.ts';
import { type CheckPlan, planCheck } from './plan-check.ts';
import { planLeave } from './plan-leave.ts';
import type { Desired, Observed } from './state.ts';
import type { ApiGatewayTarget } from './target.ts';

const action = 'apigateway:PATCH';

/** The writes from what is held to what is desired. Pure. */
export function planApiGateway(
  desired: Desired | undefined,
  observed: Observed,
  target: ApiGatewayTarget,
  context: TargetContext,
): TargetPlan<JsonObject> {
  if (desired === undefined) return planLeave(observed, target, context);
  const { domain, published } = observed;
  if (domain === undefined || domain.theirs) return { steps: [], findings: [] };
  const standing =
    domain.cas === undefined ? undefined : new Set(domain.cas.map(({ keySha256 }) => keySha256));
  const check: CheckPlan =
    desired.check === undefined
      ? { steps: [], artifacts: [] }
      : planCheck(desired.check, published, domain.truststore === undefined ? new Set() : standing, context);
  const change = changeOf(desired, domain, target);
  if (!desired.managed) {
    const findings = change.steps.map((step) => ({
      code: 'attachment-external' as const,
      severity: 'warning' as const,
      thing: target.domain,
      message: `${step.mends}; the attachment is external, so this is left to its owner`,
    }));
    return { ...check, findings };
  }
  const mark: readonly Step[] = domain.ours
    ? []
    : [
        {
          id: 'mark',
          effect: 'label',
          things: [target.domain],
          mends: `the domain ${target.domain} does not carry our mark`,
          action: 'apigateway:PUT',
          input: { do: 'tag', tags: { ...marksOf(context) } },
        },
      ];
  // Nothing is trusted before its list is where the authorizer looks.
  const first = check.steps.filter(({ effect }) => effect === 'revoke').map(({ id }) => id);
  const steps = change.steps.map((step) => ({ ...step, after: [...(step.after ?? []), ...first] }));
  return {
    steps: [...mark, ...check.steps, ...steps],
    artifacts: [...check.artifacts, ...(change.artifacts ?? [])],
    findings: change.findings,
  };
}

function changeOf(
  desired: Desired,
  domain: NonNullable<Observed['domain']>,
  target: ApiGatewayTarget,
): TargetPlan<JsonObject> {
  const set = (
    id: string,
    effect: Step['effect'],
    things: readonly string[],
    mends: string,
    artifact: string,
    after: readonly string[] = [],
  ): Step => ({
    id,
    effect,
    things,
    mends,
    action,
    input: { do: 'set-truststore', truststore: { $artifact: artifact } },
    after,
  });
  if (domain.truststore === undefined) {
    return {
      steps: [
        set(
          'enforce',
          'enforce',
          [`${target.domain} mutualTls=on`],
          `${target.domain} asks for no certificate; trust ${caNames(desired.cas)}`,
          desired.artifact,
        ),
      ],
      findings: [],
    };
  }
  const { cas } = domain;
  if (cas === undefined) {
    const mends = `nobody can tell what ${target.domain} trusts: its truststore cannot be read; trust ${caNames(desired.cas)}`;
    return {
      steps: [set('grant-cas', 'grant', caDigests(desired.cas), mends, desired.artifact)],
      findings: [],
    };
  }
  const held = new Set(caDigests(cas));
  const wanted = new Set(caDigests(desired.cas));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = cas.filter(({ sha256 }) => !wanted.has(sha256));
  if (added.length === 0 && extra.length === 0) return repoint(desired, domain, target, set);
  const union = bundleArtifact([...desired.cas, ...extra]);
  const known = new Set(caDigests(desired.known));
  const words = extra.some(({ sha256 }) => !known.has(sha256))
    ? `a CA that the definition does not name is trusted on ${target.domain}: ${caNames(extra)}`
    : `trust ${caNames(extra)} no longer`;
  const grant =
    added.length === 0
      ? []
      : [set('grant-cas', 'grant', caDigests(added), `trust ${caNames(added)}`, union.sha256)];
  const remove =
    extra.length === 0
      ? []
      : [
          set(
            'remove-cas',
            'remove',
            caDigests(extra),
            words,
            desired.artifact,
            grant.map(({ id }) => id),
          ),
        ];
  return { steps: [...grant, ...remove], artifacts: [union], findings: [] };
}

/**
 * The same CAs in a file that is not ours, or without a pinned version, would change behind our back at the domain's next update: the
 * domain is pointed at our own file. Nobody is let in or refused by that.
 */
function repoint(
  desired: Desired,
  domain: NonNullable<Observed['domain']>,
  target: ApiGatewayTarget,
  set: (
    id: string,
    effect: Step['effect'],
    things: readonly string[],
    mends: string,
    artifact: string,
  ) => Step,
): TargetPlan<JsonObject> {
  const own =
    domain.truststore?.version !== undefined && domain.truststore.key.endsWith(`/${desired.artifact}.pem`);
  const steps = own
    ? []
    : [
        set(
          'repoint',
          'label',
          [`${target.domain} truststore=ours`],
          `${target.domain} reads its truststore from a file that is not ours`,
          desired.artifact,
        ),
      ];
  return { steps, findings: [] };
}
