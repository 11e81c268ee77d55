import type {
  Artifact,
  Certificate,
  Effect,
  Finding,
  JsonObject,
  Step,
  TargetContext,
  TargetPlan,
} from '@trustloom/core';
import { marksOf, storeName } from './names.ts';
import { bundleArtifact } from './render.ts';
import type { Desired, Mtls, Observed, StoredDistribution, StoredStore, StoreRef } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** How strict a mode is. */
const strictness = { off: 0, passthrough: 1, optional: 2, required: 3 } as const;

/** The writes from what is held to what is desired. Pure. */
export function planCloudfront(
  desired: Desired | undefined,
  observed: Observed,
  target: CloudfrontTarget,
  context: TargetContext,
): TargetPlan<JsonObject> {
  const { store } = observed;
  if (desired === undefined) return leave(observed);
  if (store !== undefined && !store.ours && target.trustStore === undefined)
    return { steps: [], findings: [] };
  const content =
    store === undefined ? create(desired, target, context) : update(desired, store, target, context);
  const ref: StoreRef = store?.id ?? { $ref: 'create-store', get: 'id' };
  const before = content.steps.filter(({ effect }) => effect === 'grant').map(({ id }) => id);
  const attach = planDistributions(desired, observed, target, ref, before);
  const adoption = store === undefined || store.ours ? [] : [adopt(store, desired, context)];
  const steps = [...content.steps, ...attach.steps].map((step) =>
    adoption.length === 0 ? step : { ...step, after: [...(step.after ?? []), 'adopt'] },
  );
  return { steps: [...adoption, ...steps], artifacts: content.artifacts, findings: attach.findings };
}

interface Content {
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
}

function create(desired: Desired, target: CloudfrontTarget, context: TargetContext): Content {
  // Passthrough allows no trust store.
  if (target.mode === 'passthrough') return { steps: [], artifacts: [] };
  const step: Step = {
    id: 'create-store',
    effect: 'grant',
    things: shas(desired.cas),
    mends: `no trust store yet; trust ${names(desired.cas)}`,
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
): Content {
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
      shas(desired.cas),
      `nobody can tell what ${store.name} holds (${store.doubt ?? 'unknown'}); trust ${names(desired.cas)}`,
      desired.artifact,
      store.etag,
    );
    return { steps: [step, label(desired.artifact, [step.id])], artifacts: [] };
  }
  const held = new Set(shas(cas));
  const wanted = new Set(shas(desired.cas));
  const added = desired.cas.filter(({ sha256 }) => !held.has(sha256));
  const extra = cas.filter(({ sha256 }) => !wanted.has(sha256));
  const union = bundleArtifact([...desired.cas, ...extra]);
  const grant =
    added.length === 0
      ? []
      : [write('grant-cas', 'grant', shas(added), `trust ${names(added)}`, union.sha256, store.etag)];
  const remove =
    extra.length === 0
      ? []
      : [
          write(
            'remove-cas',
            'remove',
            shas(extra),
            `trust ${names(extra)} no longer`,
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

/** One update for each distribution that differs, with the whole of its mutual TLS settings: an association is edited in place. */
function planDistributions(
  desired: Desired,
  observed: Observed,
  target: CloudfrontTarget,
  store: StoreRef,
  after: readonly string[],
): { readonly steps: readonly Step[]; readonly findings: readonly Finding[] } {
  const changes = observed.distributions.flatMap((distribution) => {
    const change = changeOf(distribution, observed, target);
    return change === undefined ? [] : [{ distribution, change }];
  });
  if (!desired.managed) {
    const findings = changes.map(({ distribution, change }) => ({
      code: 'attachment-external' as const,
      severity: 'warning' as const,
      thing: distribution.id,
      message: `${change.words}; the attachment is external, so this is left to its owner`,
    }));
    return { steps: [], findings };
  }
  const steps = changes.map(
    ({ distribution, change }): Step => ({
      id: `distribution:${distribution.id}`,
      effect: change.effect,
      things: change.settings.map((setting) => `${distribution.id} ${setting}`),
      mends: change.words,
      action: 'cloudfront:UpdateDistribution',
      input: {
        do: 'set-mtls',
        id: distribution.id,
        mode: target.mode,
        ...(target.mode === 'passthrough' ? {} : { store }),
        ignoreExpiry: target.ignoreExpiry,
        advertise: target.advertiseCaNames,
      },
      ...(change.effect === 'open' && target.mode === 'passthrough' ? {} : { after }),
    }),
  );
  return { steps, findings: [] };
}

function changeOf(
  distribution: StoredDistribution,
  observed: Observed,
  target: CloudfrontTarget,
): { readonly effect: Effect; readonly settings: readonly string[]; readonly words: string } | undefined {
  const { mode } = target;
  const { id } = distribution;
  if (distribution.mode !== mode) {
    const effect = strictness[mode] > strictness[distribution.mode] ? 'enforce' : 'open';
    return { effect, settings: [`mode=${mode}`], words: `${id}: ${distribution.mode} -> ${mode}` };
  }
  if (mode === 'passthrough') return undefined;
  if (distribution.store !== observed.store?.id)
    return {
      effect: 'enforce',
      settings: ['store=ours'],
      words: `${id} uses a trust store that is not ours`,
    };
  const settings = [
    ...(distribution.ignoreExpiry === target.ignoreExpiry ? [] : [`ignoreExpiry=${target.ignoreExpiry}`]),
    ...(distribution.advertise === target.advertiseCaNames
      ? []
      : [`advertiseCaNames=${target.advertiseCaNames}`]),
  ];
  if (settings.length === 0) return undefined;
  const effect =
    distribution.ignoreExpiry === target.ignoreExpiry ? 'label' : target.ignoreExpiry ? 'open' : 'enforce';
  return { effect, settings, words: `${id}: ${settings.join(', ')}` };
}

function adopt(store: StoredStore, desired: Desired, context: TargetContext): Step {
  return {
    id: 'adopt',
    effect: 'label',
    things: [store.id],
    mends: `the store ${store.name} does not carry our mark`,
    action: 'cloudfront:TagResource',
    input: { do: 'tag-store', arn: store.arn, tags: { ...marksOf(context, desired.artifact) } },
    consents: [`adopt:${store.id}`],
  };
}

/** The target left the definition: its distributions ask for no certificate any more, then its store goes. */
function leave({ store, distributions }: Observed): TargetPlan<JsonObject> {
  if (store === undefined || !store.ours) return { steps: [], findings: [] };
  const off: Mtls = { mode: 'off', ignoreExpiry: false, advertise: false };
  const detach = distributions
    .filter((distribution) => distribution.store === store.id)
    .map(
      ({ id }): Step => ({
        id: `detach:${id}`,
        effect: 'open',
        things: [`${id} mode=off`],
        mends: `the target left the definition, and ${id} still asks for certificates`,
        action: 'cloudfront:UpdateDistribution',
        input: {
          do: 'set-mtls',
          id,
          mode: off.mode,
          ignoreExpiry: off.ignoreExpiry,
          advertise: off.advertise,
        },
      }),
    );
  const clean: Step = {
    id: 'delete-store',
    effect: 'clean',
    things: [store.id],
    mends: `the target left the definition, and the store ${store.name} is still there`,
    action: 'cloudfront:DeleteTrustStore',
    input: { do: 'delete-store', id: store.id },
    after: detach.map(({ id }) => id),
  };
  return { steps: [...detach, clean], findings: [] };
}

function shas(cas: readonly Certificate[]): readonly string[] {
  return cas.map(({ sha256 }) => sha256);
}

function names(cas: readonly Certificate[]): string {
  const subjects = [...new Set(cas.map(({ subject }) => subject.text))];
  return subjects.length <= 3
    ? subjects.join('; ')
    : `${subjects.slice(0, 3).join('; ')} and ${subjects.length - 3} more`;
}
