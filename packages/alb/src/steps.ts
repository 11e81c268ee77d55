import {
  bundleArtifact,
  type Certificate,
  caDigests,
  caNames,
  checkBundle,
  type Instant,
  type Step,
  type TargetContext,
} from '@trustloom/core';
import { albFacts } from './facts.ts';
import { marksOf } from './names.ts';
import type { StoredStore, StoreRef } from './state.ts';

/** Makes a store with a bundle. `label` when nothing uses it yet and it only waits to be switched to. */
export function createStore(
  cas: readonly Certificate[],
  name: string,
  context: TargetContext,
  effect: 'grant' | 'label',
): Step {
  return {
    id: 'create-store',
    effect,
    unawaited: true,
    things: effect === 'grant' ? caDigests(cas) : [name],
    mends:
      effect === 'grant' ? `no trust store yet; trust ${caNames(cas)}` : `a second store for ${caNames(cas)}`,
    action: 'elasticloadbalancing:CreateTrustStore',
    input: {
      do: 'create-store',
      name,
      bundle: { $artifact: bundleArtifact(cas).sha256 },
      tags: { ...marksOf(context) },
    },
  };
}

/** Puts another bundle into a store. */
export function modifyStore(
  step: Pick<Step, 'id' | 'effect' | 'things' | 'mends' | 'after' | 'consents' | 'wholeTarget'>,
  store: StoreRef,
  cas: readonly Certificate[],
): Step {
  return {
    ...step,
    action: 'elasticloadbalancing:ModifyTrustStore',
    input: { do: 'modify-store', store, bundle: { $artifact: bundleArtifact(cas).sha256 } },
  };
}

/** Deletes a store that nothing uses any more. */
export function deleteStore(
  store: StoredStore,
  mends: string,
  after: readonly string[],
  how: Pick<Step, 'effect' | 'things' | 'wholeTarget'> = { effect: 'clean', things: [store.arn] },
): Step {
  return {
    id: `delete:${store.name}`,
    ...how,
    mends,
    action: 'elasticloadbalancing:DeleteTrustStore',
    input: { do: 'delete-store', store: store.arn },
    after,
  };
}

/** Puts our mark on a store that the definition asks to take over. */
export function adoptStore(store: StoredStore, context: TargetContext): Step {
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

/** Takes all CAs that the service holds, or `false` when it would refuse that many. */
export function fits(cas: readonly Certificate[], now: Instant): boolean {
  return !checkBundle(cas, albFacts, now).some(({ severity }) => severity === 'error');
}

export function ids(steps: readonly Step[]): readonly string[] {
  return steps.map(({ id }) => id);
}

/** Those of the first that the second lacks. */
export function without(cas: readonly Certificate[], others: readonly Certificate[]): readonly Certificate[] {
  const there = new Set(caDigests(others));
  return cas.filter(({ sha256 }) => !there.has(sha256));
}
