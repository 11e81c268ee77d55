import {
  type Certificate,
  caDigests,
  caNames,
  casWithout,
  defined,
  type Finding,
  isOutput,
  type StepEnvelope,
  type Value,
} from '@trustloom/core/adapter';
import type { AlbStep, Desired, ListenerSettings, Observed, StoredListener, StoredStore } from '../model.ts';
import type { AlbTarget } from '../target.ts';

/** How strict a mode is. */
const strictness = { off: 0, passthrough: 1, verify: 2 } as const;

/** Where the listeners are to go. */
export interface Destination {
  readonly store: Value<string>;
  /** The CAs that stand in it once the steps of `after` are done. */
  readonly content: readonly Certificate[];
  /** Its CAs and CRLs: no listener comes over before they are in place. */
  readonly after: readonly string[];
  /** What a switch from another store of this target needs beyond its effect. */
  readonly consents?: readonly string[];
}

/** The writes on listeners. */
export interface AttachmentPlan {
  readonly steps: readonly AlbStep<'modify-listener'>[];
  readonly findings: readonly Finding[];
}

/**
 * The writes on the listeners that the definition names; only their mutual TLS settings are
 * touched.
 */
export function planAttachments(
  { managed }: Desired,
  { listeners, stores }: Observed,
  target: AlbTarget,
  to: Destination,
): AttachmentPlan {
  const planned = listeners.map((listener) => ({
    listener,
    steps: stepsOf(listener, stores, target, to),
  }));
  if (managed)
    return {
      steps: planned.flatMap(({ steps }) => steps),
      findings: listeners.filter((one) => usesForeign(one, stores, target)).map(foreign),
    };
  return {
    steps: [],
    findings: planned.flatMap(({ listener, steps }) =>
      steps.map(
        (step): Finding => ({
          code: 'attachment-external',
          severity: 'warning',
          about: listener.arn,
          message: `${step.summary}: the attachment is external, so this is left to its owner`,
        }),
      ),
    ),
  };
}

/** One write on a listener. */
export function modifyListener(
  envelope: Omit<StepEnvelope, 'action' | 'files'>,
  settings: ListenerSettings,
): AlbStep<'modify-listener'> {
  return {
    ...envelope,
    kind: 'modify-listener',
    action: 'elasticloadbalancing:ModifyListener',
    input: settings,
  };
}

/** What differs on one listener: nothing, one write, or a switch and then its settings. */
function stepsOf(
  listener: StoredListener,
  stores: readonly StoredStore[],
  target: AlbTarget,
  to: Destination,
): readonly AlbStep<'modify-listener'>[] {
  const { arn } = listener;
  const { mode, ignoreExpiry, advertiseCaNames: advertise } = target;
  const settings = { arn, mode, ignoreExpiry, advertise, ...(mode === 'verify' ? { store: to.store } : {}) };
  const id = `listener:${arn}`;
  const after = mode === 'verify' ? to.after : [];
  if (listener.mode !== mode) {
    const effect = strictness[mode] > strictness[listener.mode] ? 'enforce' : 'relax';
    const summary = `set ${listenerName(listener)} from ${listener.mode} to ${mode}`;
    const reason = `the definition says ${mode}`;
    return [
      modifyListener({ id, effect, affects: [`${arn} mode=${mode}`], summary, reason, after }, settings),
    ];
  }
  if (mode !== 'verify') return [];
  if (usesForeign(listener, stores, target)) {
    const summary = `switch ${listenerName(listener)} to the trust store of this target`;
    const reason = 'it verifies clients with a store without our ownership tags';
    const affects = [`${arn} store=owned`];
    return [modifyListener({ id, effect: 'enforce', affects, summary, reason, after }, settings)];
  }
  const from = stores.find(({ arn }) => arn === listener.store);
  const away = from === undefined || from.arn === to.store ? [] : [switchStore(listener, from, to)];
  const changed = [
    ...(listener.ignoreExpiry === ignoreExpiry ? [] : [`ignoreExpiry=${ignoreExpiry}`]),
    ...(listener.advertise === advertise ? [] : [`advertiseCaNames=${advertise}`]),
  ];
  if (changed.length === 0) return away;
  const set = modifyListener(
    {
      id,
      effect: listener.ignoreExpiry === ignoreExpiry ? 'tag' : ignoreExpiry ? 'relax' : 'enforce',
      affects: changed.map((setting) => `${arn} ${setting}`),
      summary: `set ${changed.join(', ')} on ${listenerName(listener)}`,
      reason: 'the listener differs from the definition',
      after: [...after, ...away.map((step) => step.id)],
    },
    settings,
  );
  return [...away, set];
}

/** From one store of this target to another: what it does to trust is the difference of the two. */
function switchStore(
  listener: StoredListener,
  from: StoredStore,
  { store, content, after, consents = [] }: Destination,
): AlbStep<'modify-listener'> {
  const { arn, mode, ignoreExpiry, advertise } = listener;
  const added = casWithout(content, from.cas);
  const removed = casWithout(from.cas, content);
  const change =
    removed.length > 0
      ? ({
          effect: 'remove',
          affects: caDigests(removed),
          what: `, which removes ${caNames(removed)}`,
        } as const)
      : added.length > 0
        ? ({
            effect: 'grant',
            affects: caDigests(added),
            what: `, which adds ${caNames(added)} and the CRLs`,
          } as const)
        : ({ effect: 'tag', affects: [arn], what: '' } as const);
  const { what, ...rest } = change;
  return modifyListener(
    {
      id: `switch:${arn}`,
      ...rest,
      summary: `switch ${listenerName(listener)} to ${isOutput(store) ? 'the new trust store' : 'the other trust store'}${what}`,
      reason: `${from.name} is replaced`,
      after,
      ...defined({ consents: consents.length === 0 ? undefined : consents }),
    },
    { arn, mode, store, ignoreExpiry, advertise },
  );
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
    about: listener.arn,
    message: `${listenerName(listener)} verifies clients with ${listener.store ?? 'no store'}, which does not carry our ownership tags: clients that only that store trusts will be refused. To take it over instead, name it as \`trustStore\`.`,
  };
}

/** `listener app/edge:443`: the load balancer's name and the port. */
export function listenerName({ arn, port }: Pick<StoredListener, 'arn' | 'port'>): string {
  return `listener app/${arn.split('/')[2] ?? arn}:${port}`;
}
