import {
  type Artifact,
  bundleArtifact,
  type CaSetPlan,
  type CaSetWrite,
  type Certificate,
  caDigests,
  caNames,
  outputOf,
  ownershipTags,
  type PlanContext,
  planCaSet,
  type Tags,
  type TargetContext,
  type Value,
} from '@trustloom/core/adapter';
import type { CloudfrontStep, Desired, Observed, ObservedTrustStore } from '../model/index.ts';
import { objectName } from '../model/names.ts';
import { cloudfrontInfo } from '../service.ts';
import type { CloudfrontTarget } from '../target.ts';

/** The steps of the trust store, and bundles on the way. */
export interface BundlePlan {
  readonly storeId: Value<string>;
  readonly steps: readonly CloudfrontStep[];
  /** Ids of the steps that grant. */
  readonly grants: readonly string[];
  readonly artifacts: readonly Artifact[];
}

/**
 * The writes that make the trust store hold the CAs, by the union where some come and others go.
 */
export function planBundle(
  desired: Desired,
  { store }: Observed,
  target: CloudfrontTarget,
  context: PlanContext,
): BundlePlan {
  if (store !== undefined) return { storeId: store.id, ...update(desired, store, target, context) };
  const create = createStore(desired, target, context);
  const storeId = outputOf(create, 'id');
  // Passthrough allows no trust store.
  if (target.mode === 'passthrough') return { storeId, steps: [], grants: [], artifacts: [] };
  return { storeId, steps: [create], grants: [create.id], artifacts: [] };
}

function createStore(
  { cas, bundle }: Desired,
  { ocsp }: CloudfrontTarget,
  context: TargetContext,
): CloudfrontStep<'create-store'> {
  return {
    id: 'create-store',
    kind: 'create-store',
    effect: 'grant',
    nonBlocking: true,
    affects: caDigests(cas),
    summary: `create trust store with ${cas.length === 1 ? '1 CA' : `${cas.length} CAs`}: ${caNames(cas)}`,
    reason: 'the target has no trust store yet',
    action: 'cloudfront:CreateTrustStore',
    files: [{ sha256: bundle, kind: 'bundle' }],
    input: { name: objectName(context), bundle, ocsp, tags: ownershipTags(context, { bundle }) },
  };
}

/**
 * Where the content is known: the union first, the CAs that go later and by consent. Where it is
 * not: what is desired, in one write, by a consent that names the store and its ETag.
 */
function update(
  desired: Desired,
  store: ObservedTrustStore,
  { ocsp }: CloudfrontTarget,
  context: PlanContext,
): Omit<BundlePlan, 'storeId'> {
  const write = (
    bundle: string,
    fields: Pick<CloudfrontStep, 'id' | 'effect' | 'affects' | 'summary' | 'reason'>,
    before?: CloudfrontStep<'update-store'>,
  ): CloudfrontStep<'update-store'> => ({
    ...fields,
    kind: 'update-store',
    action: 'cloudfront:UpdateTrustStore',
    files: [{ sha256: bundle, kind: 'bundle' }],
    input: { id: store.id, bundle, ocsp, etag: before === undefined ? store.etag : outputOf(before, 'etag') },
    after: before === undefined ? [] : [before.id],
  });
  const tag = (bundle: string, after: readonly string[]) => ({
    ...tagStore(store, ownershipTags(context, { bundle })),
    after,
  });
  const cas = store.cas ?? assumed(desired, store);
  if (cas === undefined) {
    // Whoever is trusted by what nobody can read would be locked out unseen: only by consent.
    const replace = write(desired.bundle, {
      id: 'replace-cas',
      effect: 'remove',
      affects: [`${store.name}@${store.etag}`],
      summary: `replace what trust store ${store.name} holds by ${caNames(desired.cas)}`,
      reason: `what it holds is unknown: ${store.doubt ?? 'it cannot be read back'}`,
    });
    return { steps: [replace, tag(desired.bundle, [replace.id])], grants: [replace.id], artifacts: [] };
  }
  const set = planCaSet(desired.cas, cas, { info: cloudfrontInfo, now: context.now });
  const files = set.writes.map(({ content }) => bundleArtifact(content));
  const updates: CloudfrontStep<'update-store'>[] = [];
  for (const [at, { effect, added, removed }] of set.writes.entries()) {
    const affects = caDigests(effect === 'grant' ? added : removed);
    const fields = {
      id: `${effect}-cas`,
      effect,
      affects,
      ...wordsOf({ effect, added, removed }, set, store),
    };
    updates.push(write(files[at]?.sha256 ?? desired.bundle, fields, updates.at(-1)));
  }
  const inSync = updates.length === 0;
  const differs = store.ocsp !== undefined && store.ocsp !== ocsp && inSync;
  const setting = differs
    ? write(desired.bundle, {
        id: 'set-ocsp',
        effect: ocsp ? 'enforce' : 'relax',
        affects: [`ocsp=${ocsp}`],
        summary: `set ocsp of trust store ${store.name} to ${ocsp}`,
        reason: `ocsp is ${store.ocsp}, and the definition says ${ocsp}`,
      })
    : undefined;
  const writes = setting === undefined ? updates : [setting];
  const isStale = store.taggedBundle !== desired.bundle;
  const tagged = writes.length === 0 && store.taggedBundle === bundleArtifact(cas).sha256;
  const last = writes.map(({ id }) => id);
  return {
    steps: [
      // The tag follows the last write that runs: of two, the second may wait for its consent.
      ...writes.flatMap((step, at) =>
        at + 1 < writes.length ? [step, { ...tag(step.input.bundle, [step.id]), id: 'tag-union' }] : [step],
      ),
      ...(isStale && !tagged ? [tag(desired.bundle, last)] : []),
    ],
    grants: updates.filter((_, at) => set.writes[at]?.added.length).map(({ id }) => id),
    artifacts: files,
  };
}

function wordsOf(
  { effect, added, removed }: Omit<CaSetWrite, 'content'>,
  set: CaSetPlan,
  { name }: ObservedTrustStore,
): Pick<CloudfrontStep, 'summary' | 'reason'> {
  if (effect === 'grant')
    return {
      summary: `trust ${caNames(added)}`,
      reason: `trust store ${name} lacks what the definition names`,
    };
  if (set.unionFits)
    return {
      summary: `no longer trust ${caNames(removed)}`,
      reason: 'the definition does not name it',
    };
  const coming = caNames(set.added);
  return {
    summary:
      added.length > 0 ? `replace ${caNames(removed)} by ${coming}` : `no longer trust ${caNames(removed)}`,
    reason: `a store does not take the old and the new CAs together, and ${coming} is to be trusted`,
  };
}

/** Sets the tags of a trust store. */
export function tagStore({ id, arn, name }: ObservedTrustStore, tags: Tags): CloudfrontStep<'tag-store'> {
  return {
    id: 'tag-store',
    kind: 'tag-store',
    effect: 'tag',
    affects: [id],
    summary: `tag trust store ${name} with the digest of its bundle`,
    reason: 'its tag does not name the bundle that it holds',
    action: 'cloudfront:TagResource',
    input: { arn, tags },
  };
}

/**
 * With the state lost, tag and count are all there is. When both are those of the desired bundle,
 * it is taken to be there; otherwise it is written again. A change by hand that keeps the count
 * shows only while the state knows the ETag.
 */
function assumed(desired: Desired, store: ObservedTrustStore): readonly Certificate[] | undefined {
  const same = store.unnoted && store.taggedBundle === desired.bundle && store.count === desired.cas.length;
  return same ? desired.cas : undefined;
}
