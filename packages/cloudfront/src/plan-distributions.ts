import type { Effect, Finding, Step } from '@trustloom/core';
import type { Desired, Observed, Ref, StoredDistribution } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** How strict a mode is. */
const strictness = { off: 0, passthrough: 1, optional: 2, required: 3 } as const;

/** What the distributions are attached to. */
export interface Attachment {
  readonly store: Ref;
  /** Absent in passthrough. */
  readonly fn: Ref | undefined;
  /** Steps that must have been done before. */
  readonly after: readonly string[];
}

/** One update for each distribution that differs, with the whole of its mutual TLS settings: an association is edited in place. */
export function planDistributions(
  desired: Desired,
  observed: Observed,
  target: CloudfrontTarget,
  { store, fn, after }: Attachment,
): { readonly steps: readonly Step[]; readonly findings: readonly Finding[] } {
  const changes = observed.distributions.flatMap((distribution) => {
    const change = changeOf(distribution, observed, target);
    return change === undefined ? [] : [{ distribution, change }];
  });
  if (!desired.managed) {
    const findings = changes.map(({ distribution, change }) => ({
      code: 'attachment-external' as const,
      severity: 'warning' as const,
      thing: distribution.id,
      message: `${change.words}; the attachment is external, so this is left to its owner`,
    }));
    return { steps: [], findings };
  }
  const steps = changes.map(
    ({ distribution, change }): Step => ({
      id: `distribution:${distribution.id}`,
      effect: change.effect,
      things: change.settings.map((setting) => `${distribution.id} ${setting}`),
      mends: change.words,
      action: 'cloudfront:UpdateDistribution',
      input: {
        do: 'set-mtls',
        id: distribution.id,
        mode: target.mode,
        ...(target.mode === 'passthrough' ? {} : { store }),
        ...functionInput(distribution, observed, fn),
        ignoreExpiry: target.ignoreExpiry,
        advertise: target.advertiseCaNames,
      },
      ...(change.effect === 'open' && target.mode === 'passthrough' ? {} : { after }),
    }),
  );
  return { steps, findings: [] };
}

/** In passthrough the function of somebody else stays: only ours has nothing to do there. */
function functionInput(distribution: StoredDistribution, observed: Observed, fn: Ref | undefined) {
  const id = fn ?? (distribution.fn === observed.fn?.id ? undefined : distribution.fn);
  return id === undefined ? {} : { fn: id };
}

interface Change {
  readonly effect: Effect;
  readonly settings: readonly string[];
  readonly words: string;
}

function changeOf(
  distribution: StoredDistribution,
  { store, fn }: Observed,
  { mode, ignoreExpiry, advertiseCaNames }: CloudfrontTarget,
): Change | undefined {
  const { id } = distribution;
  if (distribution.mode !== mode) {
    const effect = strictness[mode] > strictness[distribution.mode] ? 'enforce' : 'open';
    return { effect, settings: [`mode=${mode}`], words: `${id}: ${distribution.mode} -> ${mode}` };
  }
  if (mode === 'passthrough') return undefined;
  const foreign = [
    ...(distribution.store === store?.id
      ? []
      : [['store=ours', 'uses a trust store that is not ours'] as const]),
    ...(distribution.fn !== undefined && distribution.fn === fn?.id && fn?.ours === true
      ? []
      : [
          [
            'function=ours',
            distribution.fn === undefined
              ? 'has no connection function'
              : 'has a connection function that is not ours',
          ] as const,
        ]),
  ];
  if (foreign.length > 0)
    return {
      effect: 'enforce',
      settings: foreign.map(([setting]) => setting),
      words: `${id} ${foreign.map(([, words]) => words).join(' and ')}`,
    };
  const settings = [
    ...(distribution.ignoreExpiry === ignoreExpiry ? [] : [`ignoreExpiry=${ignoreExpiry}`]),
    ...(distribution.advertise === advertiseCaNames ? [] : [`advertiseCaNames=${advertiseCaNames}`]),
  ];
  if (settings.length === 0) return undefined;
  const effect = distribution.ignoreExpiry === ignoreExpiry ? 'label' : ignoreExpiry ? 'open' : 'enforce';
  return { effect, settings, words: `${id}: ${settings.join(', ')}` };
}
