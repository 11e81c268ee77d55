import type { Artifact, Finding, PlanContext, Value } from '@trustloom/core/adapter';
import { type CloudfrontStep, type Desired, type Observed, storeInUse } from '../../model/index.ts';
import { storeFindings } from '../../revocation/entries/findings.ts';
import type { DesiredEntries } from '../../revocation/entries/index.ts';
import { type EntryChanges, reconcile } from '../../revocation/entries/reconcile.ts';
import type { DesiredRevocation } from '../../revocation/index.ts';
import type { CloudfrontTarget } from '../../target.ts';
import { deleteKeyValueStore, deleteOldCopies, deleteRevocation } from '../teardown.ts';
import {
  besideSteps,
  isRead,
  type Readmission,
  type ReadStore,
  readmitSteps,
  revokeSteps,
} from './entries.ts';
import { type FunctionPlan, planFunction } from './function.ts';
import { withHeld } from './held.ts';
import { otherStore, type StorePlan, unfitness } from './store.ts';

/** The steps of what refuses the revoked, and what the rest of the plan needs of it. */
export interface RevocationPlan {
  /** Id of the function that distributions name. */
  readonly fn: Value<string> | undefined;
  readonly steps: readonly CloudfrontStep[];
  /** Ids of steps that come before a distribution names the function. */
  readonly before: readonly string[];
  /** Steps that come after those of the distributions. */
  later(distributions: readonly string[]): readonly CloudfrontStep[];
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}

const nothing = { fn: undefined, steps: [], before: [], artifacts: [], findings: [] };

/**
 * What refuses the revoked: the KeyValueStores, then the function that reads one, then what nothing
 * needs any more.
 */
export function planRevocation(
  desired: Desired,
  observed: Observed,
  target: CloudfrontTarget,
  context: PlanContext,
): RevocationPlan {
  if (desired.revocation === undefined)
    return { ...nothing, later: (distributions) => deleteRevocation(observed, distributions) };
  if (observed.fn?.owned === false) return { ...nothing, later: () => [] };
  const revocation = withHeld(desired.revocation, observed, target, context);
  const inUse = storeInUse(observed);
  const moving = isRead(inUse) ? moveOn(inUse, revocation, observed, context) : undefined;
  const entries = moving?.entries ?? revocation.entries;
  const beside = observed.keyValueStores
    .filter((store) => store !== inUse)
    .filter(isRead)
    .map((store) => fillBeside(store, entries, context));
  const store = storeFor(observed, moving, beside, entries, context);
  if (store === undefined) return stuck(observed, beside);
  const fn = asking(planFunction(revocation.code, observed, target, context, store), store, moving);
  const last = fn.last === undefined ? [] : [fn.last];
  return {
    fn: fn.id,
    steps: [
      ...(moving?.revoking ?? []),
      ...beside.flatMap(({ steps }) => steps),
      ...store.steps,
      ...fn.steps,
      ...(moving?.readmitting ?? []),
    ],
    before: fn.last === undefined ? fn.steps.map(({ id }) => id) : [],
    later(distributions) {
      const after = [...store.steps, ...fn.steps, ...last].map(({ id }) => id);
      // With the state lost, it is unknown what another store is for.
      const unused = context.stateLost ? [] : observed.keyValueStores.filter(({ arn }) => arn !== store.arn);
      return [
        ...last.map((step) => ({ ...step, after: [...(step.after ?? []), ...distributions] })),
        ...unused.map((one) =>
          deleteKeyValueStore(one, [
            ...after,
            ...beside.filter(({ arn }) => arn === one.arn).flatMap(({ steps }) => steps.map(({ id }) => id)),
          ]),
        ),
        ...deleteOldCopies(observed.copies),
      ];
    },
    artifacts: [...(moving?.artifacts ?? []), ...store.artifacts],
    findings: storeFindings(inUse?.layout, moving?.changes, entries),
  };
}

/**
 * A store made of an older CRL than that of the one in use would readmit: to publish the function
 * that reads it needs the consent of taking that CRL.
 */
function asking(plan: FunctionPlan, { arn }: StorePlan, moving: Moving | undefined): FunctionPlan {
  if (moving === undefined || arn === moving.store.arn) return plan;
  const consents = moving.changes.older.map((sha256) => `readmit:${sha256}`);
  const ask = (step: CloudfrontStep) =>
    step.kind === 'publish-function' && consents.length > 0 ? { ...step, consents } : step;
  return {
    ...plan,
    steps: plan.steps.map(ask),
    ...(plan.last === undefined ? {} : { last: ask(plan.last) }),
  };
}

/** How the store in use gets the entries that it should have. */
interface Moving {
  readonly store: ReadStore;
  readonly entries: DesiredEntries;
  readonly changes: EntryChanges;
  readonly revoking: readonly CloudfrontStep[];
  readonly readmitting: readonly CloudfrontStep[];
  readonly artifacts: readonly Artifact[];
}

function moveOn(
  store: ReadStore,
  revocation: DesiredRevocation,
  { copies }: Observed,
  { now }: PlanContext,
): Moving {
  const withdrawn = revocation.withdrawn?.items.some((key) => store.held.items.has(key))
    ? revocation.withdrawn
    : undefined;
  // A CRL whose enforcement was withdrawn stays where it is until the step that takes it out.
  const entries = withdrawn?.before ?? revocation.entries;
  const changes = reconcile(entries, store.layout, store.held.items, now);
  const { steps: revoking, artifacts } = revokeSteps(store, changes, entries, copies);
  const going = readmissionOf(store, revocation, changes);
  // A store that is replaced takes it along: then the next plan takes it out, by the same consent.
  const readmitting =
    going === undefined ? [] : readmitSteps(store, changes, going, { now, last: revoking.at(-1) });
  return { store, entries, changes, revoking, readmitting, artifacts };
}

/** What of a store only consent takes out: CRLs that were withdrawn, or went back to an older one. */
function readmissionOf(
  { name, held }: ReadStore,
  { withdrawn, entries }: DesiredRevocation,
  { older }: EntryChanges,
): Readmission | undefined {
  if (withdrawn?.items.some((key) => held.items.has(key)))
    return {
      entries,
      id: 'withdraw-crls',
      crls: withdrawn.crls,
      summary: `take the CRL of ${withdrawn.issuers} out of KeyValueStore ${name}`,
      reason: 'its enforcement was withdrawn, and the store still refuses whom it names',
    };
  if (older.length === 0) return undefined;
  return {
    entries,
    id: 'older-crls',
    crls: older,
    summary: `take out of KeyValueStore ${name} whom an older CRL does not name`,
    reason: 'the CRL that went into the store is newer than the one that is known',
  };
}

/** The writes to a store that the function does not read. */
interface Beside extends Pick<StorePlan, 'arn' | 'steps'> {
  readonly store: ReadStore;
  readonly changes: EntryChanges;
}

function fillBeside(store: ReadStore, entries: DesiredEntries, { now }: PlanContext): Beside {
  const changes = reconcile(entries, store.layout, store.held.items, now);
  return { store, changes, arn: store.arn, steps: besideSteps(store, changes, entries) };
}

/** The store that the function is to read; undefined when it must stay where it is, unknown. */
function storeFor(
  observed: Observed,
  moving: Moving | undefined,
  beside: readonly Beside[],
  entries: DesiredEntries,
  context: PlanContext,
): StorePlan | undefined {
  const inUse = storeInUse(observed);
  const stays = (arn: string): StorePlan => ({ arn, steps: [], artifacts: [] });
  // What nobody remembers is in the store in use alone.
  if (context.stateLost && observed.fn?.live?.store !== undefined)
    return moving === undefined ? undefined : stays(moving.store.arn);
  if (inUse === undefined)
    return otherStore(entries, observed, beside, context, 'no KeyValueStore yet has the revoked serials');
  if (moving === undefined && inUse.layout !== undefined) return undefined;
  const unfit =
    moving === undefined
      ? `KeyValueStore ${inUse.name} is of another version`
      : unfitness(moving.store, moving.changes, entries);
  return unfit === undefined ? stays(inUse.arn) : otherStore(entries, observed, beside, context, unfit);
}

/** The store in use cannot be read: whatever it refuses stays refused. */
function stuck({ fn }: Observed, beside: readonly Beside[]): RevocationPlan {
  const finding: Finding = {
    code: 'key-value-store-unread',
    severity: 'error',
    ...(fn === undefined ? {} : { about: fn.id }),
    message: `the KeyValueStore that the connection function ${fn?.name} reads cannot be read, so it is neither changed nor replaced: whom it refuses would be forgotten`,
  };
  return {
    ...nothing,
    fn: fn?.id,
    steps: beside.flatMap(({ steps }) => steps),
    later: () => [],
    findings: [finding],
  };
}
