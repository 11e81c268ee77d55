import { defined, type Effect, type Finding, type Value } from '@trustloom/core/adapter';
import type { CloudfrontStep, Desired, Observed, ObservedDistribution } from '../model/index.ts';
import type { CloudfrontTarget } from '../target.ts';

/** How strict a mode is. */
const strictness = { off: 0, passthrough: 1, optional: 2, required: 3 } as const;

/** What the distributions are attached to. */
export interface Attachment {
  /** Id of the trust store. */
  readonly store: Value<string>;
  /** Id of the connection function; absent in passthrough. */
  readonly fn: Value<string> | undefined;
  /** Steps that must have been done before. */
  readonly after: readonly string[];
}

/**
 * One update for each distribution that differs, with the whole of its mutual TLS settings: an
 * association is edited in place.
 */
export function planAttachments(
  desired: Desired,
  observed: Observed,
  target: CloudfrontTarget,
  { store, fn, after }: Attachment,
): { readonly steps: readonly CloudfrontStep[]; readonly findings: readonly Finding[] } {
  const passthrough = target.mode === 'passthrough';
  const changes = observed.distributions.flatMap((distribution) => {
    const change = changeOf(distribution, observed, target);
    return change === undefined ? [] : [{ distribution, change }];
  });
  if (!desired.managed) {
    const findings = changes.map(
      ({ distribution: { id }, change }): Finding => ({
        code: 'attachment-external',
        severity: 'warning',
        about: id,
        message: `distribution ${id}: ${change.reason}; the attachment is external, so this is left to its owner`,
      }),
    );
    return { steps: [], findings };
  }
  const steps = changes.map(
    ({ distribution, change: { settings, ...change } }): CloudfrontStep<'set-mtls'> => ({
      ...change,
      id: `distribution:${distribution.id}`,
      kind: 'set-mtls',
      affects: settings.map((setting) => `${distribution.id} ${setting}`),
      action: 'cloudfront:UpdateDistribution',
      input: {
        distribution: distribution.id,
        mode: target.mode,
        ...defined({
          store: passthrough ? undefined : store,
          // In passthrough the function of somebody else stays: only ours has nothing to do there.
          fn: fn ?? (distribution.fn === observed.fn?.id ? undefined : distribution.fn),
        }),
        ignoreExpiry: target.ignoreExpiry,
        advertise: target.advertiseCaNames,
      },
      ...(change.effect === 'relax' && passthrough ? {} : { after }),
    }),
  );
  return { steps, findings: [] };
}

interface Change {
  readonly effect: Effect;
  readonly settings: readonly string[];
  readonly summary: string;
  readonly reason: string;
}

function changeOf(
  distribution: ObservedDistribution,
  { store, fn }: Observed,
  { mode, ignoreExpiry, advertiseCaNames }: CloudfrontTarget,
): Change | undefined {
  const { id } = distribution;
  if (distribution.mode !== mode)
    return {
      effect: strictness[mode] > strictness[distribution.mode] ? 'enforce' : 'relax',
      settings: [`mode=${mode}`],
      summary: `set distribution ${id} from ${distribution.mode} to ${mode}`,
      reason: `its mode is ${distribution.mode}, and the definition says ${mode}`,
    };
  if (mode === 'passthrough') return undefined;
  const foreign = [
    ...(distribution.store === store?.id
      ? []
      : [{ is: 'store', part: 'trust store', reason: 'uses a trust store that is not ours' }]),
    ...(distribution.fn !== undefined && distribution.fn === fn?.id && fn.owned
      ? []
      : [
          {
            is: 'function',
            part: 'connection function',
            reason: `has ${distribution.fn === undefined ? 'no connection function' : 'a connection function that is not ours'}`,
          },
        ]),
  ];
  if (foreign.length > 0)
    return {
      effect: 'enforce',
      settings: foreign.map(({ is }) => `${is}=ours`),
      summary: `attach our ${foreign.map(({ part }) => part).join(' and ')} to distribution ${id}`,
      reason: `it ${foreign.map(({ reason }) => reason).join(' and ')}`,
    };
  const wanted = { ignoreExpiry, advertiseCaNames };
  const held = { ignoreExpiry: distribution.ignoreExpiry, advertiseCaNames: distribution.advertise };
  const differing = (['ignoreExpiry', 'advertiseCaNames'] as const).filter(
    (key) => held[key] !== wanted[key],
  );
  if (differing.length === 0) return undefined;
  return {
    effect: held.ignoreExpiry === ignoreExpiry ? 'tag' : ignoreExpiry ? 'relax' : 'enforce',
    settings: differing.map((key) => `${key}=${wanted[key]}`),
    summary: `set ${differing.map((key) => `${key} to ${wanted[key]}`).join(' and ')} on distribution ${id}`,
    reason: differing
      .map((key) => `${key} is ${held[key]}, and the definition says ${wanted[key]}`)
      .join('; '),
  };
}
