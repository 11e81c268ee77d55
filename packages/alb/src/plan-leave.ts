import {
  caDigests,
  type Finding,
  type JsonObject,
  type Step,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import type { Observed } from './state.ts';
import { deleteStore } from './steps.ts';

/** The target left the definition: its listeners ask for no certificate any more, then its stores go, and with them all trust. */
export function planLeave(
  { stores, listeners }: Observed,
  { attach }: TargetContext,
): TargetPlan<JsonObject> {
  const own = stores.filter(({ ours }) => ours);
  const attached = listeners.filter(
    ({ mode, store }) => mode === 'verify' && own.some(({ arn }) => arn === store),
  );
  const kept = attach === 'external' ? attached : [];
  const detach = (attach === 'external' ? [] : attached).map(
    ({ arn }): Step => ({
      id: `detach:${arn}`,
      effect: 'open',
      things: [`${arn} mode=off`],
      mends: `the target left the definition, and ${arn} still verifies clients`,
      action: 'elasticloadbalancing:ModifyListener',
      input: { do: 'modify-listener', arn, mode: 'off', ignoreExpiry: false, advertise: false },
    }),
  );
  const after = detach.map(({ id }) => id);
  const remove = own
    .filter(({ arn }) => !kept.some(({ store }) => store === arn))
    .map((store) => {
      const mends = `the target left the definition, and the store ${store.name} is still there`;
      const things = store.cas.length === 0 ? [store.arn] : caDigests(store.cas);
      return deleteStore(store, mends, after, { effect: 'remove', things, wholeTarget: true });
    });
  const findings = kept.map(
    ({ arn, store }): Finding => ({
      code: 'attachment-external',
      severity: 'warning',
      thing: arn,
      message: `the target left the definition, but ${arn} verifies clients with ${store}; the attachment is external, so the store stays until its owner has detached it`,
    }),
  );
  return { steps: [...detach, ...remove], findings };
}
