import {
  type Artifact,
  bundleArtifact,
  type Certificate,
  caDigests,
  caNames,
  defined,
  type Finding,
  type Instant,
  type Step,
  sortCertificates,
  type TargetContext,
} from '@trustloom/core';
import { exposure, listsInGap, unguarded } from './exposure.ts';
import type { Desired, Observed, StoredStore, StoreRef } from './state.ts';
import { fits, ids, modifyStore, without } from './steps.ts';

/** The writes on the bundle of one store. */
export interface BundlePlan {
  /** In order. */
  readonly steps: readonly Step[];
  /** The step after which every desired CA stands in the store; none when they do already. */
  readonly granted: readonly string[];
  /** The step after which no other CA does. */
  readonly removed: readonly string[];
  /** What the store holds when lists are added. */
  readonly content: readonly Certificate[];
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}

/** The union first, so that nobody is locked out on the way; the CAs that go, later and by consent. */
export function planBundle(
  desired: Desired,
  store: StoredStore,
  observed: Observed,
  context: TargetContext & { readonly now: Instant },
): BundlePlan {
  const artifacts = [bundleArtifact(desired.cas)];
  if (!store.readable) return replaceUnread(desired, store, artifacts);
  const added = without(desired.cas, store.cas);
  const extra = without(store.cas, desired.cas);
  const union = sortCertificates([...desired.cas, ...extra]);
  if (added.length > 0 && extra.length > 0 && !fits(union, context.now))
    return removeFirst(desired, store, added, extra);
  const late = desired.managed ? [] : listsInGap(desired, store, observed);
  const { consents, findings } = exposure(late, unguarded(desired, store), context);
  const grant =
    added.length === 0
      ? []
      : [
          modifyStore(
            {
              id: 'grant-cas',
              effect: 'grant',
              things: caDigests(added),
              mends: `trust ${caNames(added)}`,
              ...defined({ consents }),
            },
            store.arn,
            union,
          ),
        ];
  const remove = removal(desired, store.cas, store.arn, ids(grant));
  return {
    steps: [...grant, ...remove],
    granted: ids(grant),
    removed: ids(remove),
    content: union,
    artifacts: [bundleArtifact(union), ...artifacts],
    findings,
  };
}

/** The step after which only the desired CAs are left; none when the store holds no other. */
export function removal(
  desired: Desired,
  held: readonly Certificate[],
  store: StoreRef,
  after: readonly string[],
): readonly Step[] {
  const extra = without(held, desired.cas);
  if (extra.length === 0) return [];
  const foreign = without(extra, desired.known);
  const mends =
    foreign.length > 0
      ? `a CA that the definition does not name is trusted: ${caNames(foreign)}`
      : `trust ${caNames(extra)} no longer`;
  return [
    modifyStore(
      { id: 'remove-cas', effect: 'remove', things: caDigests(extra), mends, after },
      store,
      desired.cas,
    ),
  ];
}

/** Both sets together are more than a store takes, so the CAs that go have to go first. */
function removeFirst(
  desired: Desired,
  store: StoredStore,
  added: readonly Certificate[],
  extra: readonly Certificate[],
): BundlePlan {
  const kept = without(store.cas, extra);
  const why = 'a store does not take the old and the new CAs together';
  const remove = {
    id: 'remove-cas',
    effect: 'remove',
    things: caDigests(extra),
    mends: `trust ${caNames(extra)} no longer, before ${caNames(added)} can be trusted: ${why}`,
  } as const;
  // Never an empty bundle on the way: with nothing to keep, one write does both.
  const steps: readonly Step[] =
    kept.length === 0
      ? [modifyStore(remove, store.arn, desired.cas)]
      : [
          modifyStore(remove, store.arn, kept),
          modifyStore(
            {
              id: 'grant-cas',
              effect: 'grant',
              things: caDigests(added),
              mends: `trust ${caNames(added)}`,
              after: [remove.id],
            },
            store.arn,
            desired.cas,
          ),
        ];
  return {
    steps,
    granted: ids(steps.slice(-1)),
    removed: [remove.id],
    content: desired.cas,
    artifacts: [bundleArtifact(desired.cas), ...(kept.length === 0 ? [] : [bundleArtifact(kept)])],
    findings: [],
  };
}

/** Nobody can tell which CAs go when such a bundle is replaced, so it takes the consent to all of them. */
function replaceUnread(desired: Desired, store: StoredStore, artifacts: readonly Artifact[]): BundlePlan {
  const step = modifyStore(
    {
      id: 'replace-bundle',
      effect: 'remove',
      wholeTarget: true,
      things: [store.arn],
      mends: `the bundle of ${store.name} cannot be read; trust ${caNames(desired.cas)} and nobody else`,
    },
    store.arn,
    desired.cas,
  );
  return {
    steps: [step],
    // Lists do not wait for it: their CAs most likely stand there.
    granted: [],
    removed: [step.id],
    content: desired.cas,
    artifacts,
    findings: [],
  };
}
