import {
  type Artifact,
  bundleArtifact,
  type Certificate,
  caDigests,
  caNames,
  outputOf,
  type TargetContext,
  type Value,
} from '@trustloom/core/adapter';
import type { CloudfrontStep, Desired, Observed, ObservedTrustStore } from '../model/index.ts';
import { objectName, ownershipTags, type Tags } from '../model/ownership.ts';
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
  context: TargetContext,
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
 * not: what is desired, in one write.
 */
function update(
  desired: Desired,
  store: ObservedTrustStore,
  { ocsp }: CloudfrontTarget,
  context: TargetContext,
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
    const grant = write(desired.bundle, {
      id: 'grant-cas',
      effect: 'grant',
      affects: caDigests(desired.cas),
      summary: `put the bundle of ${caNames(desired.cas)} into trust store ${store.name}`,
      reason: `what it holds is unknown: ${store.doubt ?? 'it cannot be read back'}`,
    });
    return { steps: [grant, tag(desired.bundle, [grant.id])], grants: [grant.id], artifacts: [] };
  }
  const held = new Set(caDigests(cas));
  const wanted = new Set(caDigests(desired.cas));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = cas.filter(({ sha256 }) => !wanted.has(sha256));
  const union = bundleArtifact([...desired.cas, ...extra]);
  const grant =
    added.length === 0
      ? undefined
      : write(union.sha256, {
          id: 'grant-cas',
          effect: 'grant',
          affects: caDigests(added),
          summary: `trust ${caNames(added)}`,
          reason: `trust store ${store.name} lacks what the definition names`,
        });
  const remove =
    extra.length === 0
      ? undefined
      : write(
          desired.bundle,
          {
            id: 'remove-cas',
            effect: 'remove',
            affects: caDigests(extra),
            summary: `no longer trust ${caNames(extra)}`,
            reason: 'the definition does not name it',
          },
          grant,
        );
  const differs = store.ocsp !== undefined && store.ocsp !== ocsp && added.length + extra.length === 0;
  const setting = differs
    ? write(desired.bundle, {
        id: 'set-ocsp',
        effect: ocsp ? 'enforce' : 'relax',
        affects: [`ocsp=${ocsp}`],
        summary: `set ocsp of trust store ${store.name} to ${ocsp}`,
        reason: `ocsp is ${store.ocsp}, and the definition says ${ocsp}`,
      })
    : undefined;
  const writes = [grant, remove, setting].filter((step) => step !== undefined);
  const isStale = store.taggedBundle !== desired.bundle;
  // The tag follows the last write that runs: without consent to a removal that is the union.
  const tagged = writes.length === 0 && store.taggedBundle === bundleArtifact(cas).sha256;
  return {
    steps: [
      ...(grant === undefined ? [] : [grant]),
      ...(grant === undefined || remove === undefined
        ? []
        : [{ ...tag(union.sha256, [grant.id]), id: 'tag-union' }]),
      ...writes.filter((step) => step !== grant),
      ...(isStale && !tagged
        ? [
            tag(
              desired.bundle,
              writes.map(({ id }) => id),
            ),
          ]
        : []),
    ],
    grants: grant === undefined ? [] : [grant.id],
    artifacts: [union],
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
