import type { Finding, PlanContext, ServicePlan, Step } from '@trustloom/core/adapter';
import { type ApiGatewaySteps, type Observed, ownershipTags } from '../model.ts';
import { manifestFile } from '../revocation/manifest.ts';
import type { ApiGatewayTarget } from '../target.ts';

const reason = 'the target left the definition';

/**
 * The only plan with an empty truststore: it switches mutual TLS off, and says so. Then our tags go, and
 * what was published for the authorizer, once no route asks it: without a set it refuses everybody.
 */
export function planTeardown(
  { domain, published, asking }: Observed,
  target: ApiGatewayTarget,
  context: PlanContext,
): ServicePlan<Step<ApiGatewaySteps>> {
  const steps = domain?.owner === 'us' ? leaveDomain(domain.truststore !== undefined, target, context) : [];
  const file = manifestFile(context);
  const findings =
    asking.length > 0 && (published !== undefined || steps.length > 0) ? [stillAsked(asking, file)] : [];
  if (published === undefined) return { steps, findings };
  if (asking.length > 0) return { steps, findings, stays: true };
  const cleanup: Step<ApiGatewaySteps, 'delete-manifest'> = {
    kind: 'delete-manifest',
    id: 'delete-manifest',
    effect: 'clean',
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
  on: boolean,
  { api, domain }: ApiGatewayTarget,
  context: PlanContext,
): readonly Step<ApiGatewaySteps>[] {
  const relax: readonly Step<ApiGatewaySteps>[] = on
    ? [
        {
          kind: 'switch-off',
          id: 'relax',
          effect: 'open',
          affects: [`${domain} mutualTls=off`],
          summary: `set mutual TLS of ${domain} from on to off`,
          reason,
          action: 'apigateway:PATCH',
          input: { api, domain },
        },
      ]
    : [];
  return [
    ...relax,
    {
      kind: 'untag-domain',
      id: 'untag',
      effect: 'clean',
      affects: [domain],
      summary: `remove the ownership tags of ${domain}`,
      reason,
      action: 'apigateway:DELETE',
      input: { domain, tags: Object.keys(ownershipTags(context)) },
      after: relax.map(({ id }) => id),
    },
  ];
}

function stillAsked(asking: readonly string[], file: string): Finding {
  const [first = '', ...more] = asking;
  const routes = more.length === 0 ? first : `${first} and ${more.length} more`;
  return {
    code: 'authorizer-asked',
    severity: 'warning',
    thing: file,
    message: `the target left the definition, but ${routes} still asks the authorizer that reads ${file}: without mutual TLS it refuses everybody. Take it off the routes, then apply again; the file stays until then`,
  };
}
