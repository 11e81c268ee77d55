import {
  bundleArtifact,
  caNames,
  crlIssuer,
  type Finding,
  type Instant,
  type JsonObject,
  type Step,
  sortCertificates,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import { listArtifact, listOf } from './artifacts.ts';
import { exposure, unguarded } from './exposure.ts';
import { supersedes } from './list-order.ts';
import { storeName } from './names.ts';
import { removal } from './plan-bundle.ts';
import { planListeners } from './plan-listeners.ts';
import { planLists } from './plan-lists.ts';
import type { Desired, DesiredList, Observed, StoredStore, StoreRef } from './state.ts';
import { createStore, fits, ids, modifyStore, without } from './steps.ts';
import { planSurplus } from './surplus.ts';
import type { AlbTarget } from './target.ts';

/**
 * Fills a second store with CAs and lists, switches the listeners, and deletes the first: nobody who is revoked gets in on the way
 * (docs/decisions/alb-second-store.md). Until the switch, the lists of the first move on as ever.
 */
export function planSecond(
  desired: Desired,
  store: StoredStore,
  observed: Observed,
  target: AlbTarget,
  context: TargetContext & { readonly now: Instant },
): TargetPlan<JsonObject> {
  const extra = without(store.cas, desired.cas);
  const union = sortCertificates([...desired.cas, ...extra]);
  const content = fits(union, context.now) ? union : desired.cas;
  const bundle = bundleArtifact(content);
  // Named after the store that it replaces, too: the same bundle may come back in a later replacement.
  const name = storeName(context, `${store.name} ${bundle.sha256}`);
  const begun = observed.stores.find((other) => other.ours && other.name === name);
  const current = planLists(desired, store, { store: store.arn, cas: store.cas, after: [] });
  if (begun !== undefined && !begun.active) return { steps: current.steps, findings: current.findings };
  const filled =
    begun === undefined ? [createStore(content, name, context, 'label')] : refill(begun, content);
  const ref: StoreRef = begun?.arn ?? { $ref: 'create-store', get: 'arn' };
  const lists = newestLists(desired, store);
  const next = planLists({ ...desired, lists }, begun, {
    store: ref,
    cas: content,
    after: ids(filled),
    removal: without(content, desired.cas).length > 0 ? ['remove-cas'] : [],
    suffix: ':next',
  });
  const { consents = [], findings } = exposure([], unguarded(desired, store), context);
  const listeners = planListeners(desired, observed, target, {
    store: ref,
    content,
    after: [...ids(filled), ...next.added],
    consents: [...consents, ...lostLists(desired, store)],
  });
  const surplus = planSurplus(
    observed.stores.filter(({ arn }) => arn !== begun?.arn),
    observed,
    listeners.steps,
  );
  return {
    steps: [
      ...filled,
      ...current.steps,
      ...next.steps,
      ...listeners.steps,
      ...removal(desired, content, ref, ids(listeners.steps.filter(({ effect }) => effect === 'grant'))),
      ...next.cleans,
      ...surplus.steps,
    ],
    artifacts: [bundle, bundleArtifact(desired.cas), ...lists.map(listArtifact)],
    findings: unique([
      ...findings,
      ...current.findings,
      ...next.findings,
      ...listeners.findings,
      ...surplus.findings,
    ]),
  };
}

/** Of each CA the newer of its wanted list and of the one in force: nothing is readmitted by the switch. */
export function newestLists(desired: Desired, ...stores: readonly StoredStore[]): readonly DesiredList[] {
  const newest = new Map(desired.lists.map((list) => [list.issuer.keySha256, list]));
  for (const { crl } of stores.flatMap(({ lists }) => lists)) {
    const issuer = crl === undefined ? undefined : issuerOf(crl, desired, stores);
    if (crl === undefined || issuer === undefined) continue;
    const known = newest.get(issuer.keySha256);
    if (known === undefined || supersedes(crl, known.crl, issuer))
      newest.set(issuer.keySha256, listOf({ issuer, crl }));
  }
  return [...newest.values()].sort((a, b) => (a.crl.sha256 < b.crl.sha256 ? -1 : 1));
}

/** Consents for lists in force that the second store cannot be given: unreadable ones, and those of unknown CAs. */
function lostLists(desired: Desired, store: StoredStore): readonly string[] {
  return store.lists
    .filter(
      ({ crl, entries }) =>
        entries > 0 && (crl === undefined || issuerOf(crl, desired, [store]) === undefined),
    )
    .map(({ crl, id }) => `readmit:${crl?.sha256 ?? `${store.arn}/${id}`}`);
}

function issuerOf(crl: DesiredList['crl'], desired: Desired, stores: readonly StoredStore[]) {
  return crlIssuer(crl, [...stores.flatMap(({ cas }) => cas), ...desired.cas, ...desired.known]);
}

/** A second store that was begun by a run that was killed, and then changed by hand. */
function refill(begun: StoredStore, content: Desired['cas']): readonly Step[] {
  if (begun.readable && bundleArtifact(begun.cas).sha256 === bundleArtifact(content).sha256) return [];
  const mends = `the second store ${begun.name} does not hold ${caNames(content)} alone`;
  return [
    modifyStore({ id: 'fill-store', effect: 'label', things: [begun.name], mends }, begun.arn, content),
  ];
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
