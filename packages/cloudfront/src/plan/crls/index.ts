import {
  type Artifact,
  count,
  type Finding,
  type Output,
  outputOf,
  ownershipTags,
  type PlanContext,
  type Value,
} from '@trustloom/core/adapter';
import { type CloudfrontStep, type Desired, type Observed, storeInUse } from '../../model/index.ts';
import { keyValueStorePrefix } from '../../model/names.ts';
import { boundOf, storeFindings } from '../../revocation/entries/findings.ts';
import type { DesiredEntries } from '../../revocation/entries/index.ts';
import { layoutTag, valueBytes } from '../../revocation/entries/layout.ts';
import { type EntryChanges, type NewStore, newStore, reconcile } from '../../revocation/entries/reconcile.ts';
import type { DesiredRevocation } from '../../revocation/index.ts';
import type { CloudfrontTarget } from '../../target.ts';
import { deleteKeyValueStore, deleteOldCopies, deleteRevocation } from '../teardown.ts';
import { fillSteps, isRead, type ReadStore, revokeSteps, withdrawSteps } from './entries.ts';
import { planFunction } from './function.ts';

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
 * What refuses the revoked: the KeyValueStore, then the function that reads it, then what nothing
 * needs any more.
 */
export function planRevocation(
  { revocation }: Desired,
  observed: Observed,
  target: CloudfrontTarget,
  context: PlanContext,
): RevocationPlan {
  if (revocation === undefined)
    return { ...nothing, later: (distributions) => deleteRevocation(observed, distributions) };
  if (observed.fn?.owned === false) return { ...nothing, later: () => [] };
  const inUse = storeInUse(observed);
  const moving = isRead(inUse) ? moveOn(inUse, revocation, observed, context) : undefined;
  const entries = moving?.entries ?? revocation.entries;
  const unfit =
    inUse === undefined
      ? 'no KeyValueStore yet has the revoked serials'
      : moving === undefined
        ? `KeyValueStore ${inUse.name} cannot be read`
        : unfitness(moving.store, moving.changes, entries);
  const store: StorePlan =
    inUse !== undefined && unfit === undefined
      ? { arn: inUse.arn, steps: [], artifacts: [] }
      : otherStore(entries, observed, context, unfit ?? '');
  const fn = planFunction(revocation.code, observed, target, context, store);
  const last = fn.last === undefined ? [] : [fn.last];
  return {
    fn: fn.id,
    steps: [...(moving?.revoking ?? []), ...store.steps, ...fn.steps, ...(moving?.withdrawing ?? [])],
    before: fn.last === undefined ? fn.steps.map(({ id }) => id) : [],
    later(distributions) {
      const after = [...store.steps, ...fn.steps, ...last].map(({ id }) => id);
      return [
        ...last.map((step) => ({ ...step, after: [...(step.after ?? []), ...distributions] })),
        ...observed.keyValueStores
          .filter(({ arn }) => arn !== store.arn)
          .map((one) => deleteKeyValueStore(one, after)),
        ...deleteOldCopies(observed.copies),
      ];
    },
    artifacts: [...(moving?.artifacts ?? []), ...store.artifacts],
    findings: storeFindings(inUse?.layout, moving?.changes, entries),
  };
}

/** How the store in use gets the entries that it should have. */
function moveOn(store: ReadStore, revocation: DesiredRevocation, { copies }: Observed, { now }: PlanContext) {
  const withdrawn = revocation.withdrawn?.items.some((key) => store.held.items.has(key))
    ? revocation.withdrawn
    : undefined;
  // A CRL whose enforcement was withdrawn stays where it is until the step that takes it out.
  const entries = withdrawn?.before ?? revocation.entries;
  const changes = reconcile(entries, store.layout, store.held.items, now);
  const { steps: revoking, artifacts } = revokeSteps(store, changes, entries, copies);
  // A store that is replaced takes it along: then the next plan takes it out, by the same consent.
  const withdrawing =
    withdrawn === undefined
      ? []
      : withdrawSteps(store, changes, { withdrawn, entries: revocation.entries, now, last: revoking.at(-1) });
  return { store, entries, changes, revoking, withdrawing, artifacts };
}

/**
 * Why the store in use has to make way for another: it stays as long as it has the form that is
 * asked for, room, and refuses no valid client; while a CRL cannot be read, it stays in any case.
 */
function unfitness(
  { name, layout }: ReadStore,
  { overflowing }: EntryChanges,
  { unread, form, inventory, textBytes }: DesiredEntries,
): string | undefined {
  if (unread) return undefined;
  if (layout.form !== form) return `KeyValueStore ${name} is ${layout.form}, and the definition says ${form}`;
  if (overflowing.length > 0) return `KeyValueStore ${name} is full`;
  if (inventory.wrongDenials(layout).count > 0) return `KeyValueStore ${name} refuses a valid serial`;
  // So full on average that some bucket will overflow soon: time for a new one, as long as it is
  // not urgent.
  return textBytes / layout.buckets > valueBytes * 0.8 ? `KeyValueStore ${name} is nearly full` : undefined;
}

/** The store that the function is to read. */
interface StorePlan {
  readonly arn: Value<string>;
  readonly steps: readonly CloudfrontStep[];
  readonly artifacts: readonly Artifact[];
}

/** A store that was begun by a run that ended early, or a new one. */
function otherStore(
  entries: DesiredEntries,
  observed: Observed,
  context: PlanContext,
  reason: string,
): StorePlan {
  const inUse = storeInUse(observed);
  for (const begun of observed.keyValueStores) {
    if (begun === inUse || !isRead(begun) || begun.layout.form !== entries.form) continue;
    const changes = reconcile(entries, begun.layout, begun.held.items, context.now);
    if (changes.overflowing.length > 0 || entries.inventory.wrongDenials(begun.layout).count > 0) continue;
    return { arn: begun.arn, steps: fillSteps(begun.arn, changes, begun.held.etag), artifacts: [] };
  }
  const prefix = keyValueStorePrefix(context);
  const names = new Set(observed.keyValueStores.map(({ name }) => name));
  const made = newStore(entries, (digits) => names.has(`${prefix}${digits}`));
  if (made === undefined) return { arn: noStore, steps: [], artifacts: [] };
  const create = createKeyValueStore(`${prefix}${made.digits}`, made, entries, context, reason);
  const fill = fillSteps(outputOf(create, 'arn'), { puts: made.rest, deletes: [] }, undefined, create.id);
  return { arn: outputOf(create, 'arn'), steps: [create, ...fill], artifacts: [made.file] };
}

/** No layout takes the serials: an error finding says so, and what refers to this is never done. */
const noStore: Output<string> = { outputOf: 'create-key-value-store', field: 'arn' };

function createKeyValueStore(
  name: string,
  { layout, file }: NewStore,
  entries: DesiredEntries,
  context: PlanContext,
  reason: string,
): CloudfrontStep<'create-key-value-store'> {
  const tag = layoutTag(layout);
  return {
    id: 'create-key-value-store',
    kind: 'create-key-value-store',
    effect: 'tag',
    affects: [name],
    summary: `create KeyValueStore ${name} with ${count(entries.set.count)} revoked serials${boundOf(entries, layout)}`,
    reason,
    action: 'cloudfront:CreateKeyValueStore',
    files: [{ sha256: file.sha256, kind: 'entries' }],
    input: { name, file: file.sha256, layout: tag, tags: ownershipTags(context, { layout: tag }) },
  };
}
