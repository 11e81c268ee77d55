import type { Artifact, Trust } from '@trustloom/core';
import { isOutput, type PlanContext, type Value } from '@trustloom/core/adapter';
import { contextOf } from '@trustloom/testkit';
import type { CloudfrontStep, Observed, ObservedKeyValueStore } from '../../src/model/index.ts';
import { planCloudfront } from '../../src/plan/index.ts';
import { renderCloudfront } from '../../src/render.ts';
import { changed } from '../../src/revocation/entries/items.ts';
import { readLayout } from '../../src/revocation/entries/layout.ts';
import { type CloudfrontTarget, cloudfrontTarget } from '../../src/target.ts';
import { edge, shown } from './edge.ts';

/** The function and the KeyValueStores of a target, without a service. */
export interface World {
  readonly stores: readonly ObservedKeyValueStore[];
  readonly live?: { readonly code: string; readonly store: string };
  /** What was written and is not published yet. */
  readonly draft?: { readonly code: string; readonly store: string };
}

/** A target that holds nothing yet. */
export const emptyWorld: World = { stores: [] };

export const targetOf = (revocation: 'exact' | 'compact' = 'exact'): CloudfrontTarget =>
  cloudfrontTarget().parse({ distributions: ['E2EXAMPLE'], revocation });

/** What a run knows besides the trust. */
export interface Run {
  readonly now: number;
  readonly stateLost?: boolean;
  readonly target?: CloudfrontTarget;
}

const contextAt = ({ now, stateLost = false }: Run): PlanContext => ({
  ...contextOf({ name: 'web', region: 'us-east-1', now: () => now }),
  now,
  stateLost,
});

export const observedIn = ({ stores, live }: World): Observed => ({
  ...(live === undefined ? {} : { fn: { id: 'fn', name: 'fn', owned: true, live } }),
  keyValueStores: stores,
  copies: { old: [], noted: [] },
  distributions: [],
});

/** What a run would do to the function and its stores. */
export function planIn(world: World, trust: Trust, run: Run) {
  const target = run.target ?? targetOf();
  const context = contextAt(run);
  const rendering = renderCloudfront(trust, target, context);
  const plan = planCloudfront(rendering.desired, observedIn(world), target, context);
  const steps = plan.steps.filter(({ kind }) => /function|key-value-store|update-entries/.test(kind));
  return { steps, findings: [...rendering.findings, ...plan.findings], artifacts: plan.artifacts ?? [] };
}

/** The worlds after each step. */
export function worldsAfter(
  world: World,
  {
    steps,
    artifacts,
  }: { readonly steps: readonly CloudfrontStep[]; readonly artifacts: readonly Artifact[] },
): readonly World[] {
  let now = world;
  return steps.map((step) => {
    now = after(now, step, artifacts);
    return now;
  });
}

/** The world in the end; without steps that need a consent. */
export function applied(world: World, trust: Trust, run: Run): World {
  const { steps, artifacts } = planIn(world, trust, run);
  return worldsAfter(world, { steps: withoutConsent(steps), artifacts }).at(-1) ?? world;
}

/** The steps that run without a consent to readmit, and wait for none that needs one. */
export function withoutConsent(steps: readonly CloudfrontStep[]): readonly CloudfrontStep[] {
  const waiting = new Set<string>();
  return steps.filter(({ id, effect, consents = [], after = [] }) => {
    const waits = effect === 'readmit' || consents.length > 0 || after.some((one) => waiting.has(one));
    if (waits) waiting.add(id);
    return !waits;
  });
}

function after(world: World, step: CloudfrontStep, artifacts: readonly Artifact[]): World {
  const made = world.stores.at(-1)?.arn ?? '';
  const arnOf = (value: Value<string>) => (isOutput(value) ? made : value);
  switch (step.kind) {
    case 'create-key-value-store': {
      const file = artifacts.find(({ sha256 }) => sha256 === step.input.file);
      const { data } = JSON.parse(String(file?.body)) as { data: { key: string; value: string }[] };
      const items = new Map(data.map(({ key, value }) => [key, value]));
      const layout = readLayout(step.input.layout);
      if (layout === undefined) throw new TypeError('no layout');
      const { name } = step.input;
      return {
        ...world,
        stores: [...world.stores, { name, arn: `arn:${name}`, layout, held: { etag: 'E1', items } }],
      };
    }
    case 'update-entries': {
      const arn = arnOf(step.input.arn);
      const stores = world.stores.map((store) =>
        store.arn === arn && store.held !== undefined
          ? { ...store, held: { etag: 'E2', items: changed(store.held.items, step.input) } }
          : store,
      );
      return { ...world, stores };
    }
    case 'create-function':
    case 'update-function':
      return { ...world, draft: { code: step.input.code, store: arnOf(step.input.store) } };
    case 'publish-function':
      return { stores: world.stores, ...(world.draft === undefined ? {} : { live: world.draft }) };
    case 'delete-key-value-store':
      return { ...world, stores: world.stores.filter(({ arn }) => arn !== step.input.arn) };
    default:
      return world;
  }
}

/** Items of the store that the live function reads. */
export const itemsInUse = ({ stores, live }: World): ReadonlyMap<string, string> =>
  stores.find(({ arn }) => arn === live?.store)?.held?.items ?? new Map();

/** Asks the live function about a client. */
export function admitsIn(world: World, now: number) {
  const at = edge(world.live?.code ?? '', itemsInUse(world), now);
  return (serial: string, issuer: string) => at.admits([shown(serial)], issuer);
}
