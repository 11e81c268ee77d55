import {
  type Artifact,
  type ArtifactRef,
  bundleArtifact,
  type Certificate,
  caDigests,
  caNames,
  checkBundle,
  count,
  defined,
  type Finding,
  type Instant,
  type PlanContext,
  type StepEnvelope,
  sortCertificates,
  type Value,
} from '@trustloom/core/adapter';
import { type AlbStep, type Desired, type Observed, ownershipTags, type StoredStore } from '../../model.ts';
import { albInfo } from '../../service.ts';
import { crlsInGap, exposure, unguarded } from './exposure.ts';

/** The writes on the bundle of one store. */
export interface BundlePlan {
  /** In order. */
  readonly steps: readonly AlbStep[];
  /** The step after which every desired CA stands in the store; none when they do already. */
  readonly granted: readonly string[];
  /** The step after which no other CA does. */
  readonly removed: readonly string[];
  /** What the store holds when CRLs are added. */
  readonly content: readonly Certificate[];
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}

/**
 * The union first, so that no client is locked out on the way; the CAs that go, later and by
 * consent.
 */
export function planBundle(
  desired: Desired,
  store: StoredStore,
  observed: Observed,
  context: PlanContext,
): BundlePlan {
  const artifacts = [bundleArtifact(desired.cas)];
  if (!store.readable) return replaceUnread(desired, store, artifacts);
  const added = without(desired.cas, store.cas);
  const extra = without(store.cas, desired.cas);
  const union = sortCertificates([...desired.cas, ...extra]);
  if (added.length > 0 && extra.length > 0 && !fits(union, context.now))
    return removeFirst(desired, store, added, extra);
  const late = desired.managed ? [] : crlsInGap(desired, store, observed);
  const { consents, findings } = exposure(late, unguarded(desired, store), context);
  const grant =
    added.length === 0 ? [] : [{ ...grantCas(added, store.arn, union), ...defined({ consents }) }];
  const remove = removeCas(desired, store.cas, store.arn, ids(grant));
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
export function removeCas(
  desired: Desired,
  present: readonly Certificate[],
  store: Value<string>,
  after: readonly string[],
): readonly AlbStep[] {
  const extra = without(present, desired.cas);
  if (extra.length === 0) return [];
  const foreign = without(extra, desired.known);
  return [
    modifyStore(
      {
        id: 'remove-cas',
        effect: 'remove',
        affects: caDigests(extra),
        summary: `remove ${caNames(extra)}`,
        reason:
          foreign.length > 0
            ? `a CA that the definition does not name is trusted: ${caNames(foreign)}`
            : 'the definition does not trust it here',
        after,
      },
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
  const remaining = without(store.cas, extra);
  // Never an empty bundle on the way: with nothing to keep, one write does both.
  const atOnce = remaining.length === 0;
  const remove = modifyStore(
    {
      id: 'remove-cas',
      effect: 'remove',
      affects: caDigests(extra),
      summary: atOnce ? `replace ${caNames(extra)} by ${caNames(added)}` : `remove ${caNames(extra)}`,
      reason: `a store does not take the old and the new CAs together, and ${caNames(added)} is to be trusted`,
    },
    store.arn,
    atOnce ? desired.cas : remaining,
  );
  const grant = atOnce ? [] : [{ ...grantCas(added, store.arn, desired.cas), after: [remove.id] }];
  const steps = [remove, ...grant];
  return {
    steps,
    granted: ids(steps.slice(-1)),
    removed: [remove.id],
    content: desired.cas,
    artifacts: [bundleArtifact(desired.cas), ...(atOnce ? [] : [bundleArtifact(remaining)])],
    findings: [],
  };
}

/**
 * Which CAs go when such a bundle is replaced is unknown, so it takes the consent to all of them.
 */
function replaceUnread(desired: Desired, store: StoredStore, artifacts: readonly Artifact[]): BundlePlan {
  const step = modifyStore(
    {
      id: 'replace-bundle',
      effect: 'remove',
      wholeTarget: true,
      affects: [store.arn],
      summary: `replace the bundle of ${store.name} by ${caNames(desired.cas)} alone`,
      reason: 'the bundle cannot be read, so whom it trusts is unknown',
    },
    store.arn,
    desired.cas,
  );
  return {
    steps: [step],
    // CRLs do not wait for it: their CAs most likely stand there.
    granted: [],
    removed: [step.id],
    content: desired.cas,
    artifacts,
    findings: [],
  };
}

/**
 * Makes a store with a bundle. `label` when nothing uses it yet and it only waits to be switched
 * to.
 */
export function createStore(
  cas: readonly Certificate[],
  name: string,
  context: PlanContext,
  effect: 'grant' | 'tag',
): AlbStep<'create-store'> {
  const [bundle, first] = [bundleFile(cas), effect === 'grant'];
  const size = `${count(cas.length)} CA${cas.length === 1 ? '' : 's'}`;
  return {
    kind: 'create-store',
    id: 'create-store',
    effect,
    nonBlocking: true,
    affects: first ? caDigests(cas) : [name],
    summary: `create ${first ? '' : 'second '}trust store with ${size}`,
    reason: first
      ? 'the target has no trust store yet'
      : 'a CA and its CRL come into force together only by a switch to another store',
    action: 'elasticloadbalancing:CreateTrustStore',
    files: [bundle],
    input: { name, bundle, tags: ownershipTags(context) },
  };
}

/** A second store that was begun by a run that was killed, and then changed by hand. */
export function refillStore(begun: StoredStore, content: readonly Certificate[]): readonly AlbStep[] {
  if (begun.readable && bundleFile(begun.cas).sha256 === bundleFile(content).sha256) return [];
  return [
    modifyStore(
      {
        id: 'fill-store',
        effect: 'tag',
        affects: [begun.name],
        summary: `fill trust store ${begun.name} with ${caNames(content)}`,
        reason: 'the second store that was begun does not hold exactly these CAs',
      },
      begun.arn,
      content,
    ),
  ];
}

function grantCas(
  added: readonly Certificate[],
  store: string,
  cas: readonly Certificate[],
): AlbStep<'modify-store'> {
  const envelope = { id: 'grant-cas', effect: 'grant', affects: caDigests(added) } as const;
  const summary = `trust ${caNames(added)}`;
  return modifyStore({ ...envelope, summary, reason: 'the trust store lacks it' }, store, cas);
}

/** Puts another bundle into a store. */
function modifyStore(
  envelope: Omit<StepEnvelope, 'action' | 'files'>,
  store: Value<string>,
  cas: readonly Certificate[],
): AlbStep<'modify-store'> {
  const bundle = bundleFile(cas);
  return {
    ...envelope,
    kind: 'modify-store',
    action: 'elasticloadbalancing:ModifyTrustStore',
    files: [bundle],
    input: { store, bundle },
  };
}

function bundleFile(cas: readonly Certificate[]): ArtifactRef {
  const { sha256, kind } = bundleArtifact(cas);
  return { sha256, kind };
}

/** False when the service would refuse that many CAs. */
export function fits(cas: readonly Certificate[], now: Instant): boolean {
  return !checkBundle(cas, albInfo, now).some(({ severity }) => severity === 'error');
}

export function ids(steps: readonly AlbStep[]): readonly string[] {
  return steps.map(({ id }) => id);
}

/** Those of the first that the second lacks. */
export function without(cas: readonly Certificate[], others: readonly Certificate[]): readonly Certificate[] {
  const there = new Set(caDigests(others));
  return cas.filter(({ sha256 }) => !there.has(sha256));
}
