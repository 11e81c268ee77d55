import {
  type Artifact,
  bundleArtifact,
  type CaSetPlan,
  type CaSetWrite,
  type Certificate,
  caDigests,
  caNames,
  casWithout,
  type PlanContext,
  planCaSet,
  type Step,
} from '@trustloom/core/adapter';
import type { ApiGatewaySteps, Desired, ObservedDomain } from '../model.ts';
import { apiGatewayInfo } from '../service.ts';
import type { ApiGatewayTarget } from '../target.ts';

type SetTruststore = Step<ApiGatewaySteps, 'set-truststore'>;

/** The writes that bring the truststore the CAs it should hold, and switch mutual TLS on. */
export interface CaBundlePlan {
  readonly steps: readonly SetTruststore[];
  readonly artifacts: readonly Artifact[];
}

/** Adds before it removes: the union of both sets first, then what is desired. */
export function planCaBundle(
  desired: Omit<Desired, 'manifest' | 'authorizer'>,
  { truststore, cas }: ObservedDomain,
  { api, domain }: ApiGatewayTarget,
  { now }: Pick<PlanContext, 'now'>,
): CaBundlePlan {
  const set = (
    sha256: string,
    envelope: Omit<SetTruststore, 'kind' | 'action' | 'input' | 'files'>,
  ): SetTruststore => ({
    ...envelope,
    kind: 'set-truststore',
    action: 'apigateway:PATCH',
    input: { api, domain, bundle: { sha256 } },
    files: [{ sha256, kind: 'bundle' }],
  });
  const only = (envelope: Parameters<typeof set>[1]): CaBundlePlan => ({
    steps: [set(desired.bundle, envelope)],
    artifacts: [],
  });
  if (truststore === undefined)
    return only({
      id: 'enforce',
      effect: 'enforce',
      affects: [`${domain} mutualTls=on`],
      summary: `set mutual TLS of ${domain} from off to on, with ${caNames(desired.cas)}`,
      reason: 'it asks for no client certificate',
    });
  if (cas === undefined)
    return only({
      id: 'grant-cas',
      effect: 'grant',
      affects: caDigests(desired.cas),
      summary: `trust ${caNames(desired.cas)}`,
      reason: `the truststore of ${domain} cannot be read, so what it trusts is unknown`,
    });
  const caSet = planCaSet(desired.cas, cas, { info: apiGatewayInfo, now });
  if (caSet.writes.length === 0) {
    // The same CAs in a file that is not ours, or without a pinned version, would change behind our
    // back at the domain's next update. Nobody is admitted or refused by pointing it at our own
    // file.
    if (truststore.version !== undefined && truststore.key.endsWith(`/${desired.bundle}.pem`))
      return { steps: [], artifacts: [] };
    return only({
      id: 'repoint',
      effect: 'tag',
      affects: [`${domain} truststore=ours`],
      summary: `point the truststore of ${domain} to our file with the same CAs`,
      reason: 'the file that it reads is not ours, or its version is not pinned',
    });
  }
  const files = caSet.writes.map(({ content }) => bundleArtifact(content));
  const steps: SetTruststore[] = [];
  for (const [at, { effect, added, removed }] of caSet.writes.entries())
    steps.push(
      set(files[at]?.sha256 ?? desired.bundle, {
        id: `${effect}-cas`,
        effect,
        affects: caDigests(effect === 'grant' ? added : removed),
        ...wordsOf({ effect, added, removed }, caSet, desired.known, domain),
        after: steps.map(({ id }) => id),
      }),
    );
  return { steps, artifacts: files };
}

function wordsOf(
  { effect, added, removed }: Omit<CaSetWrite, 'content'>,
  caSet: CaSetPlan,
  known: readonly Certificate[],
  domain: string,
): Pick<SetTruststore, 'summary' | 'reason'> {
  if (effect === 'grant')
    return {
      summary: `trust ${caNames(added)}`,
      reason: `accepted, and not in the truststore of ${domain}`,
    };
  const summary = `stop trusting ${caNames(removed)}`;
  if (!caSet.unionFits) {
    const coming = caNames(caSet.added);
    return {
      summary: added.length > 0 ? `replace ${caNames(removed)} by ${coming}` : summary,
      reason: `a truststore does not take the old and the new CAs together, and ${coming} is to be trusted`,
    };
  }
  const reason =
    casWithout(removed, known).length > 0
      ? 'the definition does not name it'
      : 'the definition does not trust it any more';
  return { summary, reason };
}
