import type { Finding, JsonObject, Step, TargetContext, TargetPlan } from '@trustloom/core';
import { headFile } from './names.ts';
import type { Observed } from './state.ts';
import type { ApiGatewayTarget } from './target.ts';

/**
 * The target left the definition. The only plan with an empty truststore: it switches mutual TLS off, and says so. Then our mark goes, and
 * what was published for the authorizer, once no route asks it: without a set it refuses everybody.
 */
export function planLeave(
  { domain, published, asking }: Observed,
  target: ApiGatewayTarget,
  context: TargetContext,
): TargetPlan<JsonObject> {
  const steps = domain?.ours ? leaveDomain(domain.truststore !== undefined, target) : [];
  const file = headFile(context);
  const findings =
    asking.length > 0 && (published !== undefined || steps.length > 0) ? [stillAsked(asking, file)] : [];
  if (published === undefined) return { steps, findings };
  if (asking.length > 0) return { steps, findings, stays: true };
  const clean: Step = {
    id: 'delete-head',
    effect: 'clean',
    things: [file],
    mends: `the target left the definition, and ${file} is still published for an authorizer that nothing asks`,
    action: 's3:DeleteObject',
    input: { do: 'delete-head', file, etag: published.etag },
    after: steps.map(({ id }) => id),
  };
  return { steps: [...steps, clean], findings };
}

function leaveDomain(on: boolean, target: ApiGatewayTarget): readonly Step[] {
  const open: readonly Step[] = on
    ? [
        {
          id: 'open',
          effect: 'open',
          things: [`${target.domain} mutualTls=off`],
          mends: `the target left the definition, and ${target.domain} still asks for certificates`,
          action: 'apigateway:PATCH',
          input: { do: 'switch-off' },
        },
      ]
    : [];
  return [
    ...open,
    {
      id: 'unmark',
      effect: 'clean',
      things: [target.domain],
      mends: `the target left the definition, and ${target.domain} still carries our mark`,
      action: 'apigateway:DELETE',
      input: { do: 'untag' },
      after: open.map(({ id }) => id),
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
