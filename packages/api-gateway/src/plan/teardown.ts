import {
  type Finding,
  ownershipTags,
  type PlanContext,
  type ServicePlan,
  type Step,
} from '@trustloom/core/adapter';
import type { ApiGatewaySteps, Observed, ObservedDomain } from '../model.ts';
import { manifestFile } from '../revocation/manifest.ts';
import type { ApiGatewayTarget } from '../target.ts';
import { stillAsked } from './crls/retirement.ts';

const reason = 'the target left the definition';

/**
 * The only plan with an empty truststore: it switches mutual TLS off, and says so. Then our tags
 * go, and what was published for the authorizer, once no route asks it: without a set it refuses
 * everybody.
 */
export function planTeardown(
  { domain, published, asking }: Observed,
  target: ApiGatewayTarget,
  context: PlanContext,
): ServicePlan<Step<ApiGatewaySteps>> {
  const steps = domain?.owner === 'us' ? leaveDomain(domain, target, context) : [];
  const file = manifestFile(target, context);
  const findings =
    asking.length > 0 && (published !== undefined || steps.length > 0)
      ? [askedAfterLeaving(asking, file)]
      : [];
  if (published === undefined) return { steps, findings };
  if (asking.length > 0) return { steps, findings, stays: true };
  const cleanup: Step<ApiGatewaySteps, 'delete-manifest'> = {
    kind: 'delete-manifest',
    id: 'delete-manifest',
    effect: 'cleanup',
    affects: [file],
    summary: `delete ${file}, which no authorizer reads any more`,
    reason,
    action: 's3:DeleteObject',
    input: { file, etag: published.etag },
    after: steps.map(({ id }) => id),
  };
  return { steps: [...steps, cleanup], findings };
}

function leaveDomain(
  { truststore }: ObservedDomain,
  { api, domain }: ApiGatewayTarget,
  context: PlanContext,
): readonly Step<ApiGatewaySteps>[] {
  const relax: Step<ApiGatewaySteps, 'switch-off'> = {
    kind: 'switch-off',
    id: 'relax',
    effect: 'relax',
    affects: [`${domain} mutualTls=off`],
    summary: `set mutual TLS of ${domain} from on to off`,
    reason,
    action: 'apigateway:PATCH',
    input: { api, domain },
  };
  const untag: Step<ApiGatewaySteps, 'untag-domain'> = {
    kind: 'untag-domain',
    id: 'untag',
    effect: 'cleanup',
    affects: [domain],
    summary: `remove the ownership tags of ${domain}`,
    reason,
    action: 'apigateway:DELETE',
    input: { domain, tags: Object.keys(ownershipTags(context)) },
  };
  return truststore === undefined ? [untag] : [relax, { ...untag, after: [relax.id] }];
}

function askedAfterLeaving(asking: readonly string[], file: string): Finding {
  const finding = stillAsked(asking, file, reason);
  return {
    ...finding,
    message: `${finding.message}: without mutual TLS it refuses everybody. Take it off the routes, then apply again; the file stays until then`,
  };
}
