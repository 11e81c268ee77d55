import {
  bundleArtifact,
  caName,
  casWithout,
  defined,
  type Finding,
  outputOf,
  ownershipTags,
  type PlanContext,
  planCaSet,
  type ServicePlan,
  sha256Hex,
  sortFindings,
  type TargetContext,
} from '@trustloom/core/adapter';
import type { AlbStep, Desired, Observed, StoredStore } from '../model.ts';
import { albInfo } from '../service.ts';
import type { AlbTarget } from '../target.ts';
import { planAttachments } from './attachments.ts';
import { crlsInGap, exposure, unguarded } from './ca-bundle/exposure.ts';
import { caSteps, createStore, ids, planBundle, refillStore } from './ca-bundle/index.ts';
import { planCrls } from './crls/index.ts';
import { lostCrls, newestCrls } from './crls/newest.ts';
import { planSurplus, planTeardown } from './teardown.ts';

type AlbPlan = ServicePlan<AlbStep>;

/** The writes from what is observed to what is desired. Pure. */
export function planAlb(
  desired: Desired | undefined,
  observed: Observed,
  target: AlbTarget,
  context: PlanContext,
): AlbPlan {
  if (desired === undefined) return planTeardown(observed, target, context);
  const store = mainStore(desired, observed);
  if (store === undefined) {
    if (target.trustStore !== undefined)
      return {
        steps: [],
        findings: observed.ownedByAnother ? [] : [nothingToAdopt(target.trustStore)],
      };
    const plan = planFirst(desired, observed, target, context);
    return { ...plan, findings: sortFindings(plan.findings) };
  }
  const adoption = store.owned ? [] : [adoptStore(store, context)];
  if (!store.active) return { steps: adoption, findings: [] };
  const replace = desired.managed && crlsInGap(desired, store, observed).length > 0;
  const plan = (replace ? planSecond : planSameStore)(desired, store, observed, target, context);
  return {
    ...plan,
    // Nothing is written on a store before it is adopted.
    steps: [
      ...adoption,
      ...plan.steps.map((step) =>
        store.owned ? step : { ...step, after: [...(step.after ?? []), ...ids(adoption)] },
      ),
    ],
    findings: sortFindings([
      ...plan.findings,
      ...revokedInStore(desired, store, context),
      ...unnamed(store, context),
    ]),
  };
}

/**
 * A CA that stands in the store is an anchor, and nothing is documented of CRLs that name one: it goes
 * by consent, and until then its clients have to be counted as admitted.
 */
function revokedInStore(
  { revoked }: Desired,
  { cas }: StoredStore,
  { name }: TargetContext,
): readonly Finding[] {
  return cas
    .filter(({ sha256 }) => revoked.includes(sha256))
    .map((ca) => ({
      code: 'ca-revoked',
      severity: 'error',
      about: ca.sha256,
      message: `${name}: ${caName(ca)} stands in the trust store although its issuer revoked it; its clients may be admitted until it goes with --allow remove:${ca.sha256}`,
      source: 'unknown; the cautious reading',
    }));
}

/**
 * A listener that was taken out of the definition, or that somebody attached: the store's CAs and
 * CRLs go on to count there, and only its owner can say that it may admit anybody.
 */
function unnamed(
  { owned, name: store, otherUsers }: StoredStore,
  { name }: TargetContext,
): readonly Finding[] {
  if (!owned) return [];
  return otherUsers.map((arn) => ({
    code: 'attachment-unnamed',
    severity: 'warning',
    about: arn,
    message: `${name}: ${arn} verifies clients with the trust store ${store}, and the definition does not name it: it stays attached, with the same CAs and CRLs. Name it in \`listeners\`, or switch its mutual TLS off at the load balancer`,
  }));
}

/**
 * The store that listeners use. When they use two, a run was killed between them: the one that has
 * every CA is the newer.
 */
function mainStore(desired: Desired, observed: Observed): StoredStore | undefined {
  const used = observed.stores.filter(({ arn }) => observed.listeners.some(({ store }) => store === arn));
  const candidates = used.length > 0 ? used : observed.stores;
  return (
    candidates.find(({ active, cas }) => active && casWithout(desired.cas, cas).length === 0) ?? candidates[0]
  );
}

function planFirst(desired: Desired, observed: Observed, target: AlbTarget, context: PlanContext): AlbPlan {
  const { consents, findings } = exposure([], unguarded(desired, undefined), context);
  const create = {
    ...createStore(desired.cas, storeName(context), context, 'grant'),
    ...defined({ consents }),
  };
  const store = outputOf(create, 'arn');
  const crls = planCrls(desired, undefined, {
    store,
    cas: desired.cas,
    after: [create.id],
    context,
  });
  const attachments = planAttachments(desired, observed, target, {
    store,
    content: desired.cas,
    after: [create.id, ...crls.added],
  });
  return {
    steps: [create, ...crls.steps, ...attachments.steps],
    findings: [...findings, ...crls.findings, ...attachments.findings],
  };
}

function planSameStore(
  desired: Desired,
  store: StoredStore,
  observed: Observed,
  target: AlbTarget,
  context: PlanContext,
): AlbPlan {
  const others = observed.stores.filter(({ arn, owned }) => owned && arn !== store.arn);
  const used = others.filter(({ arn }) => observed.listeners.some((listener) => listener.store === arn));
  // Listeners that come over from another store of this target must find its CRLs here.
  const crls = used.length === 0 ? desired.crls : newestCrls(desired, context.now, store, ...used);
  const bundle = planBundle(desired, store, observed, context);
  const changes = planCrls({ ...desired, crls }, store, {
    store: store.arn,
    cas: bundle.content,
    after: bundle.granted,
    removal: bundle.removed,
    context,
  });
  const attachments = planAttachments(desired, observed, target, {
    store: store.arn,
    content: bundle.content,
    after: [...bundle.granted, ...changes.added],
  });
  const surplus = planSurplus(others, observed, target, attachments.steps);
  return {
    steps: [...bundle.steps, ...changes.steps, ...attachments.steps, ...changes.cleanups, ...surplus.steps],
    artifacts: [...bundle.artifacts, ...crls.map(({ file }) => file)],
    findings: [...bundle.findings, ...changes.findings, ...attachments.findings, ...surplus.findings],
  };
}

/**
 * Fills a second store with CAs and CRLs, switches the listeners, and deletes the first: no revoked
 * client is admitted on the way (docs/decisions/alb-second-store.md). Until the switch, the CRLs of
 * the first move on as ever.
 */
function planSecond(
  desired: Desired,
  store: StoredStore,
  observed: Observed,
  target: AlbTarget,
  context: PlanContext,
): AlbPlan {
  const limits = { info: albInfo, now: context.now };
  const { union, unionFits } = planCaSet(desired.cas, store.cas, limits);
  const content = unionFits ? union : desired.cas;
  const removal = planCaSet(desired.cas, content, limits);
  const bundle = bundleArtifact(content);
  // Named after the store that it replaces, too: the same bundle may come back in a later
  // replacement.
  const name = storeName(context, `${store.name} ${bundle.sha256}`);
  const begun = observed.stores.find((other) => other.owned && other.name === name);
  const current = planCrls(desired, store, {
    store: store.arn,
    cas: store.cas,
    after: [],
    context,
  });
  if (begun !== undefined && !begun.active) return { steps: current.steps, findings: current.findings };
  const create = createStore(content, name, context, 'tag');
  const filled = begun === undefined ? [create] : refillStore(begun, content);
  const second = begun?.arn ?? outputOf(create, 'arn');
  const crls = newestCrls(desired, context.now, store);
  const next = planCrls({ ...desired, crls }, begun, {
    store: second,
    cas: content,
    after: ids(filled),
    removal: removal.extra.length > 0 ? ['remove-cas'] : [],
    suffix: ':next',
    context,
  });
  const { consents = [], findings } = exposure([], unguarded(desired, store), context);
  const attachments = planAttachments(desired, observed, target, {
    store: second,
    content,
    after: [...ids(filled), ...next.added],
    consents: [...consents, ...lostCrls(desired, crls, store, context)],
  });
  const switches = attachments.steps.filter(({ effect }) => effect === 'grant');
  const others = observed.stores.filter(({ arn }) => arn !== begun?.arn);
  const surplus = planSurplus(others, observed, target, attachments.steps);
  return {
    steps: [
      ...filled,
      ...current.steps,
      ...next.steps,
      ...attachments.steps,
      ...caSteps(removal, desired, { store: second, after: ids(switches) }),
      ...next.cleanups,
      ...surplus.steps,
    ],
    artifacts: [bundle, bundleArtifact(desired.cas), ...crls.map(({ file }) => file)],
    findings: unique([
      ...findings,
      ...current.findings,
      ...next.findings,
      ...attachments.findings,
      ...surplus.findings,
    ]),
  };
}

/** Puts our ownership tags on a store that the definition asks to take over. */
function adoptStore({ arn, name }: StoredStore, context: TargetContext): AlbStep<'tag-store'> {
  return {
    kind: 'tag-store',
    id: 'adopt',
    effect: 'tag',
    affects: [arn],
    summary: `set ownership tags on trust store ${name}`,
    reason: 'the definition takes it over, and it does not carry them',
    action: 'elasticloadbalancing:AddTags',
    input: { store: arn, tags: ownershipTags(context) },
    consents: [`adopt:${arn}`],
  };
}

/**
 * Name of a store: 32 characters of [A-Za-z0-9-] at most. Definition and target in readable form,
 * then eight digits that keep it apart from any other; `version` makes the name of a second store
 * that replaces the first.
 */
export function storeName({ definition, id }: TargetContext, version = ''): string {
  const digest = sha256Hex(`${definition}\n${id}\n${version}`).slice(0, 8);
  const readable = `${definition}-${id}`
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 23)
    .replace(/-+$/, '');
  return `${readable}-${digest}`;
}

function nothingToAdopt(arn: string): Finding {
  return {
    code: 'attachment-missing',
    severity: 'error',
    about: arn,
    message: `the trust store ${arn} does not exist; fix \`trustStore\`, or leave it out to have one made`,
  };
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
