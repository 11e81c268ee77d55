import {
  type Artifact,
  bundleArtifact,
  type Certificate,
  caDigests,
  caNames,
  type Effect,
  type JsonObject,
  type Step,
  type TargetContext,
} from '@trustloom/core';
import { marksOf, storeName } from './names.ts';
import type { Desired, Observed, StoredStore } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** The steps of the trust store, and bundles on the way. */
export interface BundlePlan {
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
}

/** The writes that make the trust store hold the CAs, by the union where some come and others go. */
export function planBundle(
  desired: Desired,
  { store }: Observed,
  target: CloudfrontTarget,
  context: TargetContext,
): BundlePlan {
  return store === undefined ? create(desired, target, context) : update(desired, store, target, context);
}

function create(desired: Desired, target: CloudfrontTarget, context: TargetContext): BundlePlan {
  // Passthrough allows no trust store.
  if (target.mode === 'passthrough') return { steps: [], artifacts: [] };
  const step: Step = {
    id: 'create-store',
    effect: 'grant',
    unawaited: true,
    things: caDigests(desired.cas),
    mends: `no trust store yet; trust ${caNames(desired.cas)}`,
    action: 'cloudfront:CreateTrustStore',
    input: {
      do: 'create-store',
      name: storeName(context),
      bundle: { $artifact: desired.artifact },
      digest: desired.artifact,
      tags: { ...marksOf(context, desired.artifact) },
      ocsp: target.ocsp,
    },
  };
  return { steps: [step], artifacts: [] };
}

/** Where the content is known: the union first, the CAs that go later and by consent. Where it is not: what is desired, in one write. */
function update(
  desired: Desired,
  store: StoredStore,
  target: CloudfrontTarget,
  context: TargetContext,
): BundlePlan {
  const write = (
    id: string,
    effect: Effect,
    things: readonly string[],
    mends: string,
    artifact: string,
    etag: JsonObject | string,
    after: readonly string[] = [],
  ): Step => ({
    id,
    effect,
    things,
    mends,
    action: 'cloudfront:UpdateTrustStore',
    input: {
      do: 'update-store',
      id: store.id,
      bundle: { $artifact: artifact },
      digest: artifact,
      etag,
      ocsp: target.ocsp,
    },
    after,
  });
  const label = (digest: string, after: readonly string[]): Step => ({
    id: 'tag-store',
    effect: 'label',
    things: [store.id],
    mends: 'the tag of the store does not name its bundle',
    action: 'cloudfront:TagResource',
    input: { do: 'tag-store', arn: store.arn, tags: { ...marksOf(context, digest) } },
    after,
  });
  const cas = store.cas ?? spokenFor(desired, store);
  if (cas === undefined) {
    const step = write(
      'grant-cas',
      'grant',
      caDigests(desired.cas),
      `nobody can tell what ${store.name} holds (${store.doubt ?? 'unknown'}); trust ${caNames(desired.cas)}`,
      desired.artifact,
      store.etag,
    );
    return { steps: [step, label(desired.artifact, [step.id])], artifacts: [] };
  }
  const held = new Set(caDigests(cas));
  const wanted = new Set(caDigests(desired.cas));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = cas.filter(({ sha256 }) => !wanted.has(sha256));
  const union = bundleArtifact([...desired.cas, ...extra]);
  const grant =
    added.length === 0
      ? []
      : [write('grant-cas', 'grant', caDigests(added), `trust ${caNames(added)}`, union.sha256, store.etag)];
  const remove =
    extra.length === 0
      ? []
      : [
          write(
            'remove-cas',
            'remove',
            caDigests(extra),
            `trust ${caNames(extra)} no longer`,
            desired.artifact,
            grant.length === 0 ? store.etag : { $ref: 'grant-cas', get: 'etag' },
            grant.map(({ id }) => id),
          ),
        ];
  const ocsp = store.ocsp !== undefined && store.ocsp !== target.ocsp && added.length + extra.length === 0;
  const setting = ocsp
    ? [
        write(
          'set-ocsp',
          target.ocsp ? 'enforce' : 'open',
          [`ocsp=${target.ocsp}`],
          `${store.name}: ocsp -> ${target.ocsp}`,
          desired.artifact,
          store.etag,
        ),
      ]
    : [];
  const writes = [...grant, ...remove, ...setting];
  // The tag follows the last write that runs: without consent to a removal that is the union.
  const stale =
    store.taggedBundle !== desired.artifact &&
    (writes.length > 0 || store.taggedBundle !== bundleArtifact(cas).sha256);
  const tags =
    grant.length > 0 && remove.length > 0 ? [{ ...label(union.sha256, ['grant-cas']), id: 'tag-union' }] : [];
  return {
    steps: [
      ...grant,
      ...tags,
      ...remove,
      ...setting,
      ...(stale
        ? [
            label(
              desired.artifact,
              writes.map(({ id }) => id),
            ),
          ]
        : []),
    ],
    artifacts: [union],
  };
}

/**
 * With the record lost, tag and count are all there is. When both are those of the desired bundle, it is taken to be there; otherwise
 * it is written again. A change by hand that keeps the count shows only while the record knows the ETag.
 */
function spokenFor(desired: Desired, store: StoredStore): readonly Certificate[] | undefined {
  const same =
    store.unrecorded && store.taggedBundle === desired.artifact && store.count === desired.cas.length;
  return same ? desired.cas : undefined;
}
