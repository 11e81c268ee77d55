import { type Artifact, bundleArtifact, caDigests, caNames, type Step } from '@trustloom/core/adapter';
import type { ApiGatewaySteps, Desired, ObservedDomain } from '../model.ts';
import type { ApiGatewayTarget } from '../target.ts';

type SetTruststore = Step<ApiGatewaySteps, 'set-truststore'>;

/** The writes that bring the truststore the CAs it should hold, and switch mutual TLS on. */
export interface CaBundlePlan {
  readonly steps: readonly SetTruststore[];
  readonly artifacts: readonly Artifact[];
}

/** Adds before it removes: the union of both sets first, then what is desired. */
export function planCaBundle(
  desired: Desired,
  { truststore, cas }: ObservedDomain,
  { api, domain }: ApiGatewayTarget,
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
  const held = new Set(caDigests(cas));
  const wanted = new Set(caDigests(desired.cas));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = cas.filter(({ sha256 }) => !wanted.has(sha256));
  if (added.length === 0 && extra.length === 0) {
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
  const union = bundleArtifact([...desired.cas, ...extra]);
  const known = new Set(caDigests(desired.known));
  const grant =
    added.length > 0 &&
    set(union.sha256, {
      id: 'grant-cas',
      effect: 'grant',
      affects: caDigests(added),
      summary: `trust ${caNames(added)}`,
      reason: `accepted, and not in the truststore of ${domain}`,
    });
  const remove =
    extra.length > 0 &&
    set(desired.bundle, {
      id: 'remove-cas',
      effect: 'remove',
      affects: caDigests(extra),
      summary: `stop trusting ${caNames(extra)}`,
      reason: extra.some(({ sha256 }) => !known.has(sha256))
        ? 'the definition does not name it'
        : 'the definition does not trust it any more',
      after: grant ? [grant.id] : [],
    });
  return { steps: [grant, remove].filter((step) => step !== false), artifacts: [union] };
}
