import {
  type Artifact,
  type Certificate,
  crlIssuer,
  crlPem,
  isIssuedBy,
  type JsonObject,
  reach,
  type Step,
  sha256Hex,
  type TargetContext,
  type TargetPlan,
} from '@trustloom/core';
import { albFacts } from './facts.ts';
import { marksOf, storeName } from './names.ts';
import { planListeners } from './plan-listeners.ts';
import { planLists } from './plan-lists.ts';
import { bundleArtifact } from './render.ts';
import type { Desired, DesiredList, Observed, StoredStore, StoreRef } from './state.ts';
import type { AlbTarget } from './target.ts';

/** The writes from what is held to what is desired. Pure. */
export function planAlb(
  desired: Desired | undefined,
  observed: Observed,
  target: AlbTarget,
  context: TargetContext,
): TargetPlan<JsonObject> {
  if (desired === undefined) return leave(observed);
  const [store, ...others] = observed.stores;
  const adoption = store === undefined || store.ours ? [] : [adopt(store, context)];
  if (store === undefined) return fresh(desired, observed, target, context);
  if (!store.active) return { steps: adoption, findings: [] };
  if (mustReplace(desired, store, observed)) return replace(desired, store, others, observed, context);
  const change = planBundle(desired, store);
  const lists = planLists(desired, store, {
    store: store.arn,
    after: [...ids(adoption), ...ids(change.grant)],
    removal: ids(change.remove),
  });
  const listeners = planListeners(desired, observed, target, {
    store: store.arn,
    after: [...ids(adoption), ...ids(change.grant), ...ids(lists.adds)],
  });
  const steps = [
    ...adoption,
    ...change.grant,
    ...lists.adds,
    ...listeners.steps,
    ...change.remove,
    ...lists.removes,
    ...lists.cleans,
    ...surplus(others, observed),
  ];
  return {
    steps:
      adoption.length === 0
        ? steps
        : steps.map((step) =>
            step === adoption[0] ? step : { ...step, after: [...(step.after ?? []), 'adopt'] },
          ),
    artifacts: change.artifacts,
    findings: [...lists.findings, ...listeners.findings],
  };
}

function fresh(
  desired: Desired,
  observed: Observed,
  target: AlbTarget,
  context: TargetContext,
): TargetPlan<JsonObject> {
  const create = createStore(desired.cas, storeName(context), context, 'grant');
  const ref: StoreRef = { $ref: create.id, get: 'arn' };
  const lists = planLists(desired, undefined, { store: ref, after: [create.id] });
  const listeners = planListeners(desired, observed, target, {
    store: ref,
    after: [create.id, ...ids(lists.adds)],
  });
  return {
    steps: [create, ...lists.adds, ...listeners.steps],
    findings: [...lists.findings, ...listeners.findings],
  };
}

/** The union first, so that nobody is locked out on the way; the CAs that go, later and by consent. */
function planBundle(
  desired: Desired,
  store: StoredStore,
): {
  readonly grant: readonly Step[];
  readonly remove: readonly Step[];
  readonly artifacts: readonly Artifact[];
} {
  const held = new Set(store.cas.map(({ sha256 }) => sha256));
  const wanted = new Set(desired.cas.map(({ sha256 }) => sha256));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = store.cas.filter(({ sha256 }) => !wanted.has(sha256));
  const union = bundleArtifact([...desired.cas, ...extra]);
  const subset = bundleArtifact(desired.cas);
  const grant: readonly Step[] =
    added.length === 0
      ? []
      : [
          {
            id: 'grant-cas',
            effect: 'grant',
            things: added.map(({ sha256 }) => sha256),
            mends: `trust ${names(added)}`,
            action: 'elasticloadbalancing:ModifyTrustStore',
            input: { do: 'modify-store', store: store.arn, bundle: { $artifact: union.sha256 } },
          },
        ];
  const remove = removal(desired, store.cas, store.arn, ids(grant));
  return { grant, remove, artifacts: [union, subset] };
}

/** The step after which only the desired CAs are left; none when the store holds no other. */
function removal(
  desired: Desired,
  held: readonly Certificate[],
  store: StoreRef,
  after: readonly string[],
): readonly Step[] {
  const wanted = new Set(desired.cas.map(({ sha256 }) => sha256));
  const known = new Set(desired.known.map(({ sha256 }) => sha256));
  const extra = held.filter(({ sha256 }) => !wanted.has(sha256));
  if (extra.length === 0) return [];
  const foreign = extra.some(({ sha256 }) => !known.has(sha256));
  return [
    {
      id: 'remove-cas',
      effect: 'remove',
      things: extra.map(({ sha256 }) => sha256),
      mends: foreign
        ? `a CA that the definition does not name is trusted: ${names(extra)}`
        : `trust ${names(extra)} no longer`,
      action: 'elasticloadbalancing:ModifyTrustStore',
      input: { do: 'modify-store', store, bundle: { $artifact: bundleArtifact(desired.cas).sha256 } },
      after,
    },
  ];
}

/**
 * A CA whose clients do not get in yet and that has revoked some may only come together with its list. The store takes the list only
 * after the CA, so a live store would let the revoked in for a moment: a second store is filled, and the listeners switch to it.
 */
function mustReplace(desired: Desired, store: StoredStore, observed: Observed): boolean {
  if (!observed.listeners.some((listener) => listener.mode === 'verify' && listener.store === store.arn))
    return false;
  const held = new Set(store.cas.map(({ sha256 }) => sha256));
  const reached = new Set(
    reach({ anchors: store.cas, known: desired.known, chain: albFacts.capabilities.chain }).map(
      ({ ca }) => ca.keySha256,
    ),
  );
  const added = desired.cas.filter(({ sha256, keySha256 }) => !held.has(sha256) && !reached.has(keySha256));
  // Revoked below a new root counts too: its issuing CAs come in with it.
  return desired.lists.some(
    ({ issuer, crl }) =>
      crl.entryCount > 0 && added.some((ca) => ca.keySha256 === issuer.keySha256 || isIssuedBy(issuer, ca)),
  );
}

function replace(
  desired: Desired,
  store: StoredStore,
  others: readonly StoredStore[],
  observed: Observed,
  context: TargetContext,
): TargetPlan<JsonObject> {
  const wanted = new Set(desired.cas.map(({ sha256 }) => sha256));
  const extra = store.cas.filter(({ sha256 }) => !wanted.has(sha256));
  const union = [...desired.cas, ...extra];
  const artifact = bundleArtifact(union);
  const name = storeName(context, artifact.sha256);
  const begun = others.find((other) => other.name === name);
  const create = begun === undefined ? [createStore(union, name, context, 'label')] : [];
  const ref: StoreRef = begun?.arn ?? { $ref: 'create-store', get: 'arn' };
  const carried = carriedLists(desired, store);
  const lists = planLists({ ...desired, lists: [...desired.lists, ...carried] }, begun, {
    store: ref,
    after: ids(create),
  });
  const held = new Set(store.cas.map(({ sha256 }) => sha256));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const before = [...ids(create), ...ids(lists.adds)];
  const switches = observed.listeners
    .filter((listener) => listener.store === store.arn)
    .map(
      (listener): Step => ({
        id: `switch:${listener.arn}`,
        effect: 'grant',
        things: added.map(({ sha256 }) => sha256),
        mends: `trust ${names(added)}, together with the lists`,
        action: 'elasticloadbalancing:ModifyListener',
        input: {
          do: 'modify-listener',
          arn: listener.arn,
          mode: 'verify',
          store: ref,
          ignoreExpiry: listener.ignoreExpiry,
          advertise: listener.advertise,
        },
        after: before,
      }),
    );
  const clean: Step = {
    id: 'delete-old-store',
    effect: 'clean',
    things: [store.arn],
    mends: `the store ${store.name} is replaced`,
    action: 'elasticloadbalancing:DeleteTrustStore',
    input: { do: 'delete-store', store: store.arn },
    after: ids(switches),
  };
  return {
    steps: [
      ...create,
      ...lists.adds,
      ...switches,
      ...removal(desired, union, ref, ids(switches)),
      clean,
      ...surplus(
        others.filter((other) => other !== begun),
        observed,
      ),
    ],
    artifacts: [
      artifact,
      bundleArtifact(desired.cas),
      ...carried.map(({ crl, artifact: sha256 }) => ({ sha256, kind: 'crl' as const, body: crlPem(crl) })),
    ],
    findings: lists.findings,
  };
}

/** Lists in force of CAs that gave no newer one: they go along, so that no revocation is lost on the way. */
function carriedLists(desired: Desired, store: StoredStore): readonly DesiredList[] {
  return store.lists.flatMap(({ crl }) => {
    const issuer = crl === undefined ? undefined : crlIssuer(crl, [...store.cas, ...desired.known]);
    if (
      crl === undefined ||
      issuer === undefined ||
      desired.lists.some((list) => list.issuer.keySha256 === issuer.keySha256)
    )
      return [];
    return [{ issuer, crl, artifact: sha256Hex(crlPem(crl)) }];
  });
}

function createStore(
  cas: readonly Certificate[],
  name: string,
  context: TargetContext,
  effect: 'grant' | 'label',
): Step {
  return {
    id: 'create-store',
    effect,
    things: effect === 'grant' ? cas.map(({ sha256 }) => sha256) : [name],
    mends:
      effect === 'grant' ? `no trust store yet; trust ${names(cas)}` : `a second store for ${names(cas)}`,
    action: 'elasticloadbalancing:CreateTrustStore',
    input: {
      do: 'create-store',
      name,
      bundle: { $artifact: bundleArtifact(cas).sha256 },
      tags: { ...marksOf(context) },
    },
  };
}

function adopt(store: StoredStore, context: TargetContext): Step {
  return {
    id: 'adopt',
    effect: 'label',
    things: [store.arn],
    mends: `the store ${store.name} does not carry our mark`,
    action: 'elasticloadbalancing:AddTags',
    input: { do: 'tag', store: store.arn, tags: { ...marksOf(context) } },
    consents: [`adopt:${store.arn}`],
  };
}

/** Stores of ours that nothing uses: what a run that was killed left behind. */
function surplus(stores: readonly StoredStore[], observed: Observed): readonly Step[] {
  return stores
    .filter(({ ours, arn }) => ours && !observed.listeners.some((listener) => listener.store === arn))
    .map((store) => ({
      id: `delete:${store.name}`,
      effect: 'clean',
      things: [store.arn],
      mends: `the store ${store.name} is ours and nothing uses it`,
      action: 'elasticloadbalancing:DeleteTrustStore',
      input: { do: 'delete-store', store: store.arn },
    }));
}

/** The target left the definition: its listeners ask for no certificate any more, then its stores go. */
function leave(observed: Observed): TargetPlan<JsonObject> {
  const own = observed.stores.filter(({ ours }) => ours);
  const detach = observed.listeners
    .filter(({ mode, store }) => mode === 'verify' && own.some(({ arn }) => arn === store))
    .map(
      (listener): Step => ({
        id: `detach:${listener.arn}`,
        effect: 'open',
        things: [`${listener.arn} mode=off`],
        mends: `the target left the definition, and ${listener.arn} still verifies clients`,
        action: 'elasticloadbalancing:ModifyListener',
        input: {
          do: 'modify-listener',
          arn: listener.arn,
          mode: 'off',
          ignoreExpiry: false,
          advertise: false,
        },
      }),
    );
  const remove = own.map(
    (store): Step => ({
      id: `delete:${store.name}`,
      effect: 'clean',
      things: [store.arn],
      mends: `the target left the definition, and the store ${store.name} is still there`,
      action: 'elasticloadbalancing:DeleteTrustStore',
      input: { do: 'delete-store', store: store.arn },
      after: detach.map(({ id }) => id),
    }),
  );
  return { steps: [...detach, ...remove], findings: [] };
}

function names(cas: readonly Certificate[]): string {
  const subjects = cas.map(({ subject }) => subject.text);
  return subjects.length <= 3
    ? subjects.join('; ')
    : `${subjects.slice(0, 3).join('; ')} and ${subjects.length - 3} more`;
}

function ids(steps: readonly Step[]): readonly string[] {
  return steps.map(({ id }) => id);
}
