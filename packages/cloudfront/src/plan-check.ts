import type { Artifact, Effect, Finding, Instant, Step, TargetContext } from '@trustloom/core';
import { type FunctionHead, readHead } from './connection-function/generate.ts';
import type { DesiredKeys } from './keys/desired.ts';
import { layoutTag, valueBytes } from './keys/layout.ts';
import { newStore } from './keys/new-store.ts';
import { type KeyChanges, reconcile } from './keys/reconcile.ts';
import { checkMarks, functionName, keysNamePrefix } from './names.ts';
import { planCopies, planLastCopies } from './plan-copies.ts';
import { boundOf, storeFindings } from './plan-findings.ts';
import { batchesOf, fillSteps, letGoSteps, revokeSteps } from './plan-keys.ts';
import { deleteFunction, deleteKeys } from './plan-leave.ts';
import {
  type Desired,
  type DesiredCheck,
  keysInUse,
  type Observed,
  type Ref,
  type StoredKeys,
} from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** What the plan of the function and its store gives the rest of the plan. */
export interface CheckPlan {
  /** The function that distributions name. */
  readonly fn: Ref | undefined;
  readonly steps: readonly Step[];
  /** Ids of steps that come before a distribution names the function. */
  readonly before: readonly string[];
  /** Steps that come after those of the distributions. */
  later(distributions: readonly string[]): readonly Step[];
  readonly artifacts: readonly Artifact[];
  readonly findings: readonly Finding[];
}

type Context = TargetContext & { readonly now: Instant };

/** What refuses the revoked: the key value store, then the function that reads it, then what nothing needs any more. */
export function planCheck(
  { check }: Desired,
  observed: Observed,
  target: CloudfrontTarget,
  context: Context,
): CheckPlan {
  const { fn } = observed;
  if (check === undefined) return withoutCheck(observed);
  if (fn !== undefined && !fn.ours)
    return { fn: undefined, steps: [], before: [], later: () => [], artifacts: [], findings: [] };
  const inUse = keysInUse(observed);
  const letGo = check.letGo?.items.some((key) => inUse?.held?.items.has(key)) ? check.letGo : undefined;
  // What was let go stays where it is until the step that takes it out.
  const keys = letGo?.before ?? check.keys;
  const changes = inUse === undefined ? undefined : changesOf(inUse, keys, context.now);
  const revoking =
    inUse === undefined || changes === undefined
      ? { steps: [], artifacts: [] }
      : revokeSteps(inUse, changes, keys, observed.copies);
  const stays = inUse !== undefined && changes !== undefined && isGood(inUse, changes, keys);
  const store = stays ? { ref: inUse.arn, steps: [], artifacts: [] } : otherStore(keys, observed, context);
  // A store that is replaced takes it along: then the next look takes it out, by the same consent.
  const readmitting =
    inUse !== undefined && changes !== undefined && letGo !== undefined
      ? letGoSteps(inUse, changes, { letGo, keys: check.keys, now: context.now, after: revoking.steps })
      : [];
  const code = functionSteps(
    check,
    observed,
    context,
    store.ref,
    store.steps.map(({ id }) => id),
    target,
  );
  const kept = typeof store.ref === 'string' ? store.ref : undefined;
  const leftovers = observed.keys.filter(({ arn }) => arn !== kept);
  return {
    fn: fn?.id ?? { $ref: 'create-function', get: 'id' },
    steps: [
      ...revoking.steps,
      ...store.steps,
      ...code.steps.filter((step) => step !== code.last),
      ...readmitting,
    ],
    before: code.last === undefined ? code.steps.map(({ id }) => id) : [],
    later: (distributions) => {
      const last =
        code.last === undefined
          ? []
          : [{ ...code.last, after: [...(code.last.after ?? []), ...distributions] }];
      const after = [...store.steps, ...code.steps].map(({ id }) => id);
      return [...last, ...leftovers.map((one) => deleteKeys(one, after)), ...planCopies(observed.copies)];
    },
    artifacts: [...revoking.artifacts, ...store.artifacts],
    findings: storeFindings(inUse?.layout, changes, keys),
  };
}

function withoutCheck({ fn, keys, copies }: Observed): CheckPlan {
  return {
    fn: undefined,
    steps: [],
    before: [],
    later: (distributions) => [
      ...(fn?.ours === true ? [deleteFunction(fn, distributions)] : []),
      ...keys.map((one) => deleteKeys(one, fn?.ours === true ? ['delete-function'] : distributions)),
      ...planLastCopies(copies, distributions),
    ],
    artifacts: [],
    findings: [],
  };
}

function changesOf({ layout, held }: StoredKeys, keys: DesiredKeys, now: Instant): KeyChanges | undefined {
  return layout === undefined || held === undefined ? undefined : reconcile(keys, layout, held.items, now);
}

/** The store in use stays as long as it has the form that is asked for, room, and refuses no valid client; while a list is not at hand, it stays in any case. */
function isGood({ layout }: StoredKeys, changes: KeyChanges, keys: DesiredKeys): boolean {
  if (keys.kept) return true;
  if (layout === undefined || layout.form !== keys.form || changes.overflowing.length > 0) return false;
  if (keys.inventory.wrongDenials(layout).count > 0) return false;
  // So full on average that some bucket will overflow soon: time for a new one, as long as it is not urgent.
  return keys.textBytes / layout.buckets <= valueBytes * 0.8;
}

interface StorePlan {
  readonly ref: Ref;
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
}

/** A store that was begun by a run that ended early, or a new one. */
function otherStore(keys: DesiredKeys, observed: Observed, context: Context): StorePlan {
  const inUse = keysInUse(observed);
  for (const begun of observed.keys) {
    if (begun === inUse || begun.layout?.form !== keys.form || begun.held === undefined) continue;
    const changes = reconcile(keys, begun.layout, begun.held.items, context.now);
    if (changes.overflowing.length > 0 || keys.inventory.wrongDenials(begun.layout).count > 0) continue;
    const steps = fillSteps(
      { arn: begun.arn, etag: begun.held.etag },
      batchesOf(changes.puts, changes.deletes),
      [],
    );
    return { ref: begun.arn, steps, artifacts: [] };
  }
  const prefix = keysNamePrefix(context);
  const names = new Set(observed.keys.map(({ name }) => name));
  const made = newStore(keys, (digits) => names.has(`${prefix}${digits}`));
  if (made === undefined) return { ref: { $ref: 'create-keys', get: 'arn' }, steps: [], artifacts: [] };
  const create: Step = {
    id: 'create-keys',
    effect: 'label',
    things: [`${prefix}${made.digits}`],
    mends: `${
      inUse === undefined
        ? 'no key value store yet for the serials of the revoked'
        : `the key value store ${inUse.name} is to be replaced`
    }${boundOf(keys, made.layout)}`,
    action: 'cloudfront:CreateKeyValueStore',
    input: {
      do: 'create-keys',
      name: `${prefix}${made.digits}`,
      file: { $artifact: made.file.sha256 },
      tags: { ...checkMarks(context, layoutTag(made.layout)) },
    },
  };
  const arn = { $ref: 'create-keys', get: 'arn' };
  return {
    ref: arn,
    steps: [create, ...fillSteps({ arn, etag: undefined }, batchesOf(made.rest, []), ['create-keys'])],
    artifacts: [made.file],
  };
}

/** The function with the code and the store that it should have; `last` is to come after the distributions. */
function functionSteps(
  { code }: DesiredCheck,
  { fn, distributions }: Observed,
  context: Context,
  store: Ref,
  after: readonly string[],
  { mode }: CloudfrontTarget,
): { readonly steps: readonly Step[]; readonly last: Step | undefined } {
  if (fn?.live?.code === code && fn.live.store === store) return { steps: [], last: undefined };
  // A refresh may have put newer serials into the old store meanwhile.
  const swaps: Pick<Step, 'swapsRevocation'> =
    fn?.live?.store === undefined || fn.live.store === store ? {} : { swapsRevocation: true };
  const write: Step =
    fn === undefined
      ? {
          id: 'create-function',
          effect: 'label',
          things: [functionName(context)],
          mends: 'no connection function yet that refuses the revoked',
          action: 'cloudfront:CreateConnectionFunction',
          input: {
            do: 'create-function',
            name: functionName(context),
            code,
            store,
            tags: { ...checkMarks(context) },
          },
          after,
        }
      : {
          id: 'update-function',
          effect: 'label',
          things: [fn.id],
          mends: `the connection function ${fn.name} is not the one that it should be`,
          action: 'cloudfront:UpdateConnectionFunction',
          input: { do: 'update-function', id: fn.id, code, store },
          after,
          ...swaps,
        };
  const effect = publishEffect(fn?.live === undefined ? undefined : readHead(fn.live.code), readHead(code));
  const publish: Step = {
    id: 'publish-function',
    effect,
    things: [
      effect === 'label'
        ? functionName(context)
        : `function=${readHead(code)?.mode} grace=${readHead(code)?.graceSeconds}`,
    ],
    mends:
      fn?.live === undefined
        ? 'the connection function is not published'
        : `the live connection function is not the one that it should be`,
    action: 'cloudfront:PublishConnectionFunction',
    input: {
      do: 'publish-function',
      id: fn?.id ?? { $ref: 'create-function', get: 'id' },
      etag: { $ref: write.id, get: 'etag' },
    },
    after: [write.id],
    ...swaps,
  };
  // The function for `required` refuses those without a certificate: it comes after the distributions have been switched.
  const stricter =
    mode === 'required' &&
    fn?.live?.store !== undefined &&
    distributions.some((one) => one.mode === 'optional');
  return { steps: [write, publish], last: stricter ? publish : undefined };
}

function publishEffect(live: FunctionHead | undefined, wanted: FunctionHead | undefined): Effect {
  if (live === undefined || wanted === undefined) return 'label';
  if ((live.mode === 'required' && wanted.mode === 'optional') || wanted.graceSeconds > live.graceSeconds)
    return 'open';
  if (live.mode !== wanted.mode || wanted.graceSeconds < live.graceSeconds) return 'enforce';
  return 'label';
}
