import { type Certificate, caDigests, caNames, type Effect, type Finding, type Step } from '@trustloom/core';
import type { Desired, Observed, StoredListener, StoredStore, StoreRef } from './state.ts';
import { without } from './steps.ts';
import type { AlbTarget } from './target.ts';

/** How strict a mode is. */
const strictness = { off: 0, passthrough: 1, verify: 2 } as const;

/** Where the listeners are to go. */
export interface Destination {
  readonly store: StoreRef;
  /** The CAs that stand in it once the steps of `after` are done. */
  readonly content: readonly Certificate[];
  /** Its CAs and lists: nobody comes over before they are in place. */
  readonly after: readonly string[];
  /** What a switch from another store of ours needs beyond its effect. */
  readonly consents?: readonly string[];
}

/** One write on a listener, with the whole of its mutual TLS settings. */
interface Change {
  readonly id: string;
  readonly effect: Effect;
  readonly things: readonly string[];
  readonly words: string;
  readonly mode: StoredListener['mode'];
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
  readonly consents?: readonly string[];
}

/** The writes on the listeners that the definition names; only their mutual TLS settings are touched. */
export function planListeners(
  { managed }: Desired,
  observed: Observed,
  target: AlbTarget,
  to: Destination,
): { readonly steps: readonly Step[]; readonly findings: readonly Finding[] } {
  const planned = observed.listeners.map((listener) => ({
    listener,
    changes: changesOf(listener, observed.stores, target, to),
  }));
  if (!managed)
    return {
      steps: [],
      findings: planned.flatMap(({ listener, changes }) =>
        changes.map(({ words }) => external(listener, words)),
      ),
    };
  return {
    steps: planned.flatMap(({ listener, changes }) =>
      changes.map((change, index) => stepOf(listener, change, to, changes[index - 1]?.id)),
    ),
    findings: planned.flatMap(({ listener }) =>
      usesForeign(listener, observed.stores, target) ? [foreign(listener)] : [],
    ),
  };
}

function stepOf({ arn }: StoredListener, change: Change, to: Destination, before: string | undefined): Step {
  const { id, effect, things, words, mode, ignoreExpiry, advertise, consents = [] } = change;
  return {
    id,
    effect,
    things,
    mends: words,
    action: 'elasticloadbalancing:ModifyListener',
    input: {
      do: 'modify-listener',
      arn,
      mode,
      ...(mode === 'verify' ? { store: to.store } : {}),
      ignoreExpiry,
      advertise,
    },
    after: [...(mode === 'verify' ? to.after : []), ...(before === undefined ? [] : [before])],
    ...(consents.length === 0 ? {} : { consents }),
  };
}

/** What differs on one listener, and what mending it does to trust: none, one write, or a switch and then its settings. */
function changesOf(
  listener: StoredListener,
  stores: readonly StoredStore[],
  target: AlbTarget,
  to: Destination,
): readonly Change[] {
  const { mode, ignoreExpiry, advertiseCaNames: advertise } = target;
  const wanted = { id: `listener:${listener.arn}`, mode, ignoreExpiry, advertise };
  const name = shortName(listener);
  if (listener.mode !== mode) {
    const effect = strictness[mode] > strictness[listener.mode] ? 'enforce' : 'open';
    const words = `${name}: ${listener.mode} -> ${mode}`;
    return [{ ...wanted, effect, things: [`${listener.arn} mode=${mode}`], words }];
  }
  if (mode !== 'verify') return [];
  if (usesForeign(listener, stores, target)) {
    const words = `${name} verifies with a store that is not ours`;
    const things = [`${listener.arn} store=ours`];
    return [{ ...wanted, effect: 'enforce', things, words }];
  }
  const from = stores.find(({ arn }) => arn === listener.store);
  const away = from === undefined || from.arn === to.store ? [] : [switchOf(listener, from, to)];
  return [...away, ...settingsOf(listener, target, wanted)];
}

/** From one store of ours to another: what it does to trust is the difference of the two. */
function switchOf(
  listener: StoredListener,
  from: StoredStore,
  { content, consents = [] }: Destination,
): Change {
  const added = without(content, from.cas);
  const removed = without(from.cas, content);
  const { arn, mode, ignoreExpiry, advertise } = listener;
  const change = { id: `switch:${arn}`, mode, ignoreExpiry, advertise, consents };
  if (removed.length > 0)
    return {
      ...change,
      effect: 'remove',
      things: caDigests(removed),
      words: `${shortName(listener)}: trust ${caNames(removed)} no longer`,
    };
  if (added.length > 0)
    return {
      ...change,
      effect: 'grant',
      things: caDigests(added),
      words: `${shortName(listener)}: trust ${caNames(added)}, together with the lists`,
    };
  return {
    ...change,
    effect: 'label',
    things: [arn],
    words: `${shortName(listener)} uses ${from.name}, which another store of ours replaces`,
  };
}

function settingsOf(
  listener: StoredListener,
  { ignoreExpiry, advertiseCaNames }: AlbTarget,
  wanted: Pick<Change, 'id' | 'mode' | 'ignoreExpiry' | 'advertise'>,
): readonly Change[] {
  const settings = [
    ...(listener.ignoreExpiry === ignoreExpiry ? [] : [`ignoreExpiry=${ignoreExpiry}`]),
    ...(listener.advertise === advertiseCaNames ? [] : [`advertiseCaNames=${advertiseCaNames}`]),
  ];
  if (settings.length === 0) return [];
  const effect = listener.ignoreExpiry === ignoreExpiry ? 'label' : ignoreExpiry ? 'open' : 'enforce';
  const things = settings.map((setting) => `${listener.arn} ${setting}`);
  return [{ ...wanted, effect, things, words: `${shortName(listener)}: ${settings.join(', ')}` }];
}

function usesForeign(
  { mode, store }: StoredListener,
  stores: readonly StoredStore[],
  target: AlbTarget,
): boolean {
  return mode === 'verify' && target.mode === 'verify' && !stores.some(({ arn }) => arn === store);
}

function foreign(listener: StoredListener): Finding {
  return {
    code: 'attachment-foreign',
    severity: 'warning',
    thing: listener.arn,
    message: `${shortName(listener)} verifies clients with ${listener.store ?? 'no store'}, which is not ours: clients that only that store trusts will be refused. To take it over instead, name it as \`trustStore\`.`,
  };
}

function external(listener: StoredListener, words: string): Finding {
  return {
    code: 'attachment-external',
    severity: 'warning',
    thing: listener.arn,
    message: `${words}; the attachment is external, so this is left to its owner`,
  };
}

/** `listener edge:443`: the load balancer's name and the port. */
function shortName({ arn, port }: StoredListener): string {
  return `listener ${arn.split('/')[2] ?? arn}:${port}`;
}
