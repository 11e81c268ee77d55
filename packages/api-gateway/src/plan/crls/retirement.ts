import { type Artifact, type Finding, outputOf, type PlanContext, type Step } from '@trustloom/core/adapter';
import type { ApiGatewaySteps, Desired, Observed } from '../../model.ts';
import { manifestFile } from '../../revocation/manifest.ts';
import type { ApiGatewayTarget } from '../../target.ts';
import { planCrls } from './index.ts';

/** What is written about the manifest, or said of it. */
export interface ManifestPlan {
  readonly steps: readonly Step<ApiGatewaySteps, 'publish-manifest' | 'delete-manifest'>[];
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}

/**
 * The target names no authorizer, and a manifest of ours stands there. As long as it does it is
 * kept current: a route may ask, and an authorizer whose CRLs end refuses everybody. It goes by
 * consent, once no route asks.
 */
export function planRetirement(
  desired: Desired,
  { published, asking }: Observed,
  standing: ReadonlySet<string> | undefined,
  target: ApiGatewayTarget,
  context: PlanContext,
): ManifestPlan {
  // Without the name of the function it is unknown which route asks it.
  if (published?.manifest === undefined) return { steps: [], artifacts: [], findings: [] };
  const { steps, artifacts } = planCrls(desired, published, standing, target, context);
  const moving = steps.filter(({ effect }) => effect === 'revoke');
  const file = manifestFile(target, context);
  if (asking.length > 0 || published.manifest.authorizer === undefined) {
    const findings = asking.length > 0 ? [askedWithoutName(asking, file)] : [];
    return { steps: moving, artifacts, findings };
  }
  const [publish] = moving;
  const retire: Step<ApiGatewaySteps, 'delete-manifest'> = {
    kind: 'delete-manifest',
    id: 'retire-manifest',
    effect: 'relax',
    affects: [`${target.domain} authorizer=none`],
    summary: `delete ${file}: nothing is published for an authorizer any more`,
    reason: 'the target names no authorizer, and no route asks the one that it named',
    action: 's3:DeleteObject',
    input: { file, etag: publish === undefined ? published.etag : outputOf(publish, 'etag') },
    after: moving.map(({ id }) => id),
  };
  return { steps: context.stateLost ? moving : [...moving, retire], artifacts, findings: [] };
}

/** Routes that ask an authorizer whose target is not kept. */
export function stillAsked(asking: readonly string[], file: string, why: string): Finding {
  const [first = '', ...more] = asking;
  const routes = more.length === 0 ? first : `${first} and ${more.length} more`;
  return {
    code: 'authorizer-asked',
    severity: 'warning',
    about: file,
    message: `${why}, but ${routes} still asks the authorizer that reads ${file}`,
  };
}

function askedWithoutName(asking: readonly string[], file: string): Finding {
  const finding = stillAsked(asking, file, 'the target names no authorizer');
  return {
    ...finding,
    message: `${finding.message}: it refuses the revoked as before, and refresh keeps it current. Take it off the routes to admit them, then apply again; or name it again`,
  };
}
