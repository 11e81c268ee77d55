import type { Effect, Finding, Step } from '@trustloom/core';
import type { Desired, Observed, StoredListener, StoreRef } from './state.ts';
import type { AlbTarget } from './target.ts';

/** How strict a mode is. */
const strictness = { off: 0, passthrough: 1, verify: 2 } as const;

/** The writes on the listeners: each at most one, with the whole of its mutual TLS settings. */
export function planListeners(
  desired: Desired,
  observed: Observed,
  target: AlbTarget,
  where: { readonly store: StoreRef; readonly after: readonly string[] },
): { readonly steps: readonly Step[]; readonly findings: readonly Finding[] } {
  const changes = observed.listeners.map((listener) => ({
    listener,
    change: changeOf(listener, observed, target),
  }));
  if (!desired.managed) {
    const findings = changes.flatMap(({ listener, change }): readonly Finding[] =>
      change === undefined
        ? []
        : [
            {
              code: 'attachment-external',
              severity: 'warning',
              thing: listener.arn,
              message: `${listener.arn}: ${change.words}; the attachment is external, so this is left to its owner`,
            },
          ],
    );
    return { steps: [], findings };
  }
  const steps = changes.flatMap(({ listener, change }): readonly Step[] =>
    change === undefined
      ? []
      : [
          {
            id: `listener:${listener.arn}`,
            effect: change.effect,
            things: change.settings.map((setting) => `${listener.arn} ${setting}`),
            mends: change.words,
            action: 'elasticloadbalancing:ModifyListener',
            input: {
              do: 'modify-listener',
              arn: listener.arn,
              mode: target.mode,
              ...(target.mode === 'verify' ? { store: where.store } : {}),
              ignoreExpiry: target.ignoreExpiry,
              advertise: target.advertiseCaNames,
            },
            ...(change.effect === 'open' ? {} : { after: where.after }),
          },
        ],
  );
  return { steps, findings: [] };
}

interface Change {
  readonly effect: Effect;
  readonly settings: readonly string[];
  readonly words: string;
}

/** What differs on one listener, and what mending it does to trust; undefined when nothing does. */
function changeOf(listener: StoredListener, observed: Observed, target: AlbTarget): Change | undefined {
  const { mode } = target;
  const name = `listener ${listener.arn.split('/').slice(-3, -2).join('')}:${listener.port}`;
  if (listener.mode !== mode) {
    const effect = strictness[mode] > strictness[listener.mode] ? 'enforce' : 'open';
    return { effect, settings: [`mode=${mode}`], words: `${name}: ${listener.mode} -> ${mode}` };
  }
  if (mode !== 'verify') return undefined;
  if (!observed.stores.some(({ arn }) => arn === listener.store)) {
    return {
      effect: 'enforce',
      settings: ['store=ours'],
      words: `${name} verifies with a store that is not ours`,
    };
  }
  const settings = [
    ...(listener.ignoreExpiry === target.ignoreExpiry ? [] : [`ignoreExpiry=${target.ignoreExpiry}`]),
    ...(listener.advertise === target.advertiseCaNames
      ? []
      : [`advertiseCaNames=${target.advertiseCaNames}`]),
  ];
  if (settings.length === 0) return undefined;
  const effect =
    listener.ignoreExpiry === target.ignoreExpiry ? 'label' : target.ignoreExpiry ? 'open' : 'enforce';
  return { effect, settings, words: `${name}: ${settings.join(', ')}` };
}
