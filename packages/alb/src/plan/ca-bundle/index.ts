import {
  type Artifact,
  type ArtifactRef,
  bundleArtifact,
  type CaSetPlan,
  type CaSetWrite,
  type Certificate,
  caDigests,
  caNames,
  casWithout,
  count,
  defined,
  type Finding,
  ownershipTags,
  type PlanContext,
  planCaSet,
  type StepEnvelope,
  type Value,
} from '@trustloom/core/adapter';
import type { AlbStep, Desired, Observed, StoredStore } from '../../model.ts';
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
  const set = planCaSet(desired.cas, store.cas, { info: albInfo, now: context.now });
  const late = desired.managed ? [] : crlsInGap(desired, store, observed);
  const { consents, findings } = exposure(late, unguarded(desired, store), context);
  const steps = caSteps(set, desired, { store: store.arn, after: [], ...defined({ consents }) });
  const idsOf = (part: 'added' | 'removed') => ids(steps.filter((_, at) => set.writes[at]?.[part].length));
  return {
    steps,
    granted: idsOf('added'),
    removed: idsOf('removed'),
    content: set.unionFits ? set.union : desired.cas,
    artifacts: [...set.writes.map(({ content }) => bundleArtifact(content)), ...artifacts],
    findings,
  };
}

/** The writes of a set of CAs on one store, each after the one before. */
export function caSteps(
  { writes, unionFits }: CaSetPlan,
  desired: Desired,
  where: {
    readonly store: Value<string>;
    readonly after: readonly string[];
    /** What it takes besides to admit clients of the CAs that come. */
    readonly consents?: readonly string[];
  },
): readonly AlbStep<'modify-store'>[] {
  const { store, consents } = where;
  const steps: AlbStep<'modify-store'>[] = [];
  for (const write of writes) {
    const envelope = {
      effect: write.effect,
      affects: caDigests(write.effect === 'grant' ? write.added : write.removed),
      after: steps.length === 0 ? where.after : ids(steps),
      ...(write.added.length === 0 ? {} : defined({ consents })),
    };
    const words = unionFits ? wordsOf(write, desired) : wordsWithoutRoom(write, writes);
    steps.push(modifyStore({ ...envelope, ...words, id: `${write.effect}-cas` }, store, write.content));
  }
  return steps;
}

type Words = Pick<StepEnvelope, 'summary' | 'reason'>;

function wordsOf({ effect, added, removed }: CaSetWrite, { known }: Desired): Words {
  if (effect === 'grant') return { summary: `trust ${caNames(added)}`, reason: 'the trust store lacks it' };
  const foreign = casWithout(removed, known);
  const reason =
    foreign.length > 0
      ? `a CA that the definition does not name is trusted: ${caNames(foreign)}`
      : 'the definition does not trust it here';
  return { summary: `remove ${caNames(removed)}`, reason };
}

/** Both sets together are more than a store takes, so the CAs that go have to go first. */
function wordsWithoutRoom({ effect, added, removed }: CaSetWrite, writes: readonly CaSetWrite[]): Words {
  if (effect === 'grant') return { summary: `trust ${caNames(added)}`, reason: 'the trust store lacks it' };
  const coming = caNames(writes.flatMap((write) => write.added));
  return {
    summary: added.length > 0 ? `replace ${caNames(removed)} by ${coming}` : `remove ${caNames(removed)}`,
    reason: `a store does not take the old and the new CAs together, and ${coming} is to be trusted`,
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

export function ids(steps: readonly AlbStep[]): readonly string[] {
  return steps.map(({ id }) => id);
}
