import {
  defined,
  type Finding,
  type Instant,
  type JsonObject,
  sortFindings,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import { listArtifact } from './artifacts.ts';
import { exposure, listsInGap, unguarded } from './exposure.ts';
import { storeName } from './names.ts';
import { planBundle } from './plan-bundle.ts';
import { planLeave } from './plan-leave.ts';
import { planListeners } from './plan-listeners.ts';
import { planLists } from './plan-lists.ts';
import { newestLists, planSecond } from './plan-second.ts';
import type { Desired, Observed, StoredStore, StoreRef } from './state.ts';
import { adoptStore, createStore, ids, without } from './steps.ts';
import { planSurplus } from './surplus.ts';
import type { AlbTarget } from './target.ts';

type Context = TargetContext & { readonly now: Instant };

/** The writes from what is held to what is desired. Pure. */
export function planAlb(
  desired: Desired | undefined,
  observed: Observed,
  target: AlbTarget,
  context: Context,
): TargetPlan<JsonObject> {
  if (desired === undefined) return planLeave(observed, context);
  const store = mainStore(desired, observed);
  if (store === undefined) {
    if (target.trustStore !== undefined) return { steps: [], findings: [nothingToAdopt(target.trustStore)] };
    const plan = planFirst(desired, observed, target, context);
    return { ...plan, findings: sortFindings(plan.findings) };
  }
  const adoption = store.ours ? [] : [adoptStore(store, context)];
  if (!store.active) return { steps: adoption, findings: [] };
  const replace = desired.managed && listsInGap(desired, store, observed).length > 0;
  const plan = (replace ? planSecond : planInPlace)(desired, store, observed, target, context);
  return {
    ...plan,
    // Nothing is written on a store before it is adopted.
    steps: [
      ...adoption,
      ...plan.steps.map((step) =>
        store.ours ? step : { ...step, after: [...(step.after ?? []), ...ids(adoption)] },
      ),
    ],
    findings: sortFindings(plan.findings),
  };
}

/** The store that listeners use. When they use two, a run was killed between them: the one that has every CA is the newer. */
function mainStore(desired: Desired, observed: Observed): StoredStore | undefined {
  const used = observed.stores.filter(({ arn }) => observed.listeners.some(({ store }) => store === arn));
  const candidates = used.length > 0 ? used : observed.stores;
  return (
    candidates.find(({ active, cas }) => active && without(desired.cas, cas).length === 0) ?? candidates[0]
  );
}

function planFirst(
  desired: Desired,
  observed: Observed,
  target: AlbTarget,
  context: TargetContext,
): TargetPlan<JsonObject> {
  const { consents, findings } = exposure([], unguarded(desired, undefined), context);
  const create = {
    ...createStore(desired.cas, storeName(context), context, 'grant'),
    ...defined({ consents }),
  };
  const store: StoreRef = { $ref: create.id, get: 'arn' };
  const lists = planLists(desired, undefined, { store, cas: desired.cas, after: [create.id] });
  const listeners = planListeners(desired, observed, target, {
    store,
    content: desired.cas,
    after: [create.id, ...lists.added],
  });
  return {
    steps: [create, ...lists.steps, ...listeners.steps],
    findings: [...findings, ...lists.findings, ...listeners.findings],
  };
}

function planInPlace(
  desired: Desired,
  store: StoredStore,
  observed: Observed,
  target: AlbTarget,
  context: Context,
): TargetPlan<JsonObject> {
  const others = observed.stores.filter(({ arn, ours }) => ours && arn !== store.arn);
  const used = others.filter(({ arn }) => observed.listeners.some((listener) => listener.store === arn));
  // Listeners that come over from another store of ours must find its lists here.
  const lists = used.length === 0 ? desired.lists : newestLists(desired, store, ...used);
  const bundle = planBundle(desired, store, observed, context);
  const changes = planLists({ ...desired, lists }, store, {
    store: store.arn,
    cas: bundle.content,
    after: bundle.granted,
    removal: bundle.removed,
  });
  const listeners = planListeners(desired, observed, target, {
    store: store.arn,
    content: bundle.content,
    after: [...bundle.granted, ...changes.added],
  });
  const surplus = planSurplus(others, observed, listeners.steps);
  return {
    steps: [...bundle.steps, ...changes.steps, ...listeners.steps, ...changes.cleans, ...surplus.steps],
    artifacts: [...bundle.artifacts, ...lists.map(listArtifact)],
    findings: [...bundle.findings, ...changes.findings, ...listeners.findings, ...surplus.findings],
  };
}

function nothingToAdopt(arn: string): Finding {
  return {
    code: 'attachment-missing',
    severity: 'error',
    thing: arn,
    message: `the trust store ${arn} does not exist; mend \`trustStore\`, or leave it out to have one made`,
  };
}
