import { strict as assert } from 'node:assert';
import type { JsonObject, ObjectLocation, Trust } from '@trustloom/core';
import {
  type BoundStep,
  type BoundTarget,
  isOutput,
  type ObservedTarget,
  type RenderedTarget,
  type RenderedTrust,
  type ServiceIo,
  type ServicePlan,
  type StepEnvelope,
  type StepIo,
} from '@trustloom/core/adapter';
import type { ContractWorld } from './world.ts';

/** What the state would keep between runs: it is there after a process was killed. */
export interface Memory {
  notes: JsonObject;
}

/** What one look and one plan gave: the plan as data, and what its steps are done with. */
export interface Planned {
  readonly rendered: RenderedTarget;
  readonly rendering: RenderedTrust | undefined;
  readonly plan: ServicePlan<StepEnvelope>;
  readonly bound: readonly BoundStep[];
}

/**
 * A run of the engine in small: one target, every consent given, nobody to wait for. Written apart
 * from the engine, as a second opinion.
 */
export interface Process {
  readonly bound: BoundTarget;
  /** Looks once. `trust` undefined: the target left the definition. */
  observe(trust?: Trust): Promise<ObservedTarget>;
  /** Observes until nothing is pending, then plans. */
  plan(trust: Trust | undefined): Promise<Planned>;
  /** Uploads what the plan refers to, and performs its steps in order. */
  run(planned: Planned, watch?: Watch): Promise<readonly StepEnvelope[]>;
}

/** Looks on while a plan is performed. */
export interface Watch {
  /** Before a step; `stop` ends the process there, as a kill would. */
  before?(step: StepEnvelope, index: number): 'stop' | undefined | Promise<'stop' | undefined>;
  /** After a step, once what it started has settled. */
  after?(step: StepEnvelope, index: number): void | Promise<void>;
}

const rank: Readonly<Record<StepEnvelope['effect'], number>> = {
  revoke: 0,
  tag: 1,
  grant: 2,
  enforce: 3,
  remove: 4,
  relax: 5,
  readmit: 6,
  cleanup: 7,
};

/** Starts a process in a world. */
export function startProcess(world: ContractWorld, memory: Memory): Process {
  const { clock, accountRegion, options } = world;
  const { put, ...reached } = world.open();
  const bound = options.service.bind(world.target, {
    definition: 'acme',
    id: 'edge',
    name: 'edge',
    accountRegion,
    attach: 'managed',
    anchors: 'all',
  });
  const io = (afterWrite: boolean): ServiceIo => ({
    ...reached,
    context: bound.context,
    signal: new AbortController().signal,
    clock,
    notes: memory.notes,
    rateLimited: (_family, send) => send(),
    shared: (_key, read) => read(),
    afterWrite,
  });
  const settled = async (rendered: RenderedTarget, afterWrite: boolean): Promise<ObservedTarget> => {
    const { everyMs, limitMs } = bound.info.settle;
    for (let waited = 0; ; waited += everyMs) {
      const observed = await rendered.observe(io(afterWrite));
      if (observed.pending.length === 0) return observed;
      assert.ok(waited <= limitMs, `still pending after info.settle.limitMs: ${observed.pending.join(', ')}`);
      await clock.sleep(everyMs);
    }
  };
  return {
    bound,
    observe: (trust) => bound.render(trust, clock.now()).observe(io(false)),
    async plan(trust) {
      const rendered = bound.render(trust, clock.now());
      const observed = await settled(rendered, false);
      const { rendering } = rendered;
      const errors = rendering?.findings.filter((finding) => finding.severity === 'error') ?? [];
      assert.deepEqual(errors, [], 'the contract fixtures fit every service, so render must find no error');
      const plan = observed.plan(clock.now());
      return { rendered, rendering, ...dataOf(plan), bound: plan.steps };
    },
    async run({ rendered, rendering, plan, bound: steps }, watch = {}) {
      const known = [...(rendering?.artifacts ?? []), ...(plan.artifacts ?? [])];
      const needed = new Set(plan.steps.flatMap(({ files = [] }) => files.map(({ sha256 }) => sha256)));
      const files = new Map<string, Required<ObjectLocation>>();
      for (const artifact of known)
        if (needed.has(artifact.sha256)) files.set(artifact.sha256, await put(artifact));
      const outputs = new Map<string, object>();
      const done: StepEnvelope[] = [];
      for (let next = nextOf(steps, outputs); next !== undefined; next = nextOf(steps, outputs)) {
        const { step } = next;
        if ((await watch.before?.(step, done.length)) === 'stop') return done;
        const { output, notes, settles } = await next.perform({ ...io(true), ...readers(outputs, files) });
        outputs.set(step.id, output);
        if (notes !== undefined) memory.notes = { ...memory.notes, ...notes };
        if (settles === true) await settled(rendered, true);
        done.push(step);
        await watch.after?.(step, done.length - 1);
      }
      assert.equal(done.length, steps.length, 'some steps wait for steps that never come');
      return done;
    },
  };
}

/** A plan without the handlers of its steps, to be compared. */
export function dataOf(plan: ServicePlan<BoundStep>): { readonly plan: ServicePlan<StepEnvelope> } {
  return { plan: { ...plan, steps: plan.steps.map(({ step }) => step) } };
}

function nextOf(steps: readonly BoundStep[], done: ReadonlyMap<string, object>): BoundStep | undefined {
  const ids = new Set(steps.map(({ step }) => step.id));
  return steps
    .filter(
      ({ step: { id, after = [] } }) =>
        !done.has(id) && after.every((other) => done.has(other) || !ids.has(other)),
    )
    .sort((a, b) => rank[a.step.effect] - rank[b.step.effect])[0];
}

/** What a step may read of those before it: never what none of them gave. */
function readers(
  outputs: ReadonlyMap<string, object>,
  files: ReadonlyMap<string, Required<ObjectLocation>>,
): Pick<StepIo, 'value' | 'uploaded'> {
  return {
    value(value) {
      if (!isOutput(value)) return value;
      const { outputOf, field } = value;
      const found = Reflect.get(outputs.get(outputOf) ?? {}, field);
      assert.notEqual(
        found,
        undefined,
        `a step refers to ${field} of step ${outputOf}, which it did not give`,
      );
      return found;
    },
    uploaded({ sha256 }) {
      const file = files.get(sha256);
      assert.ok(
        file,
        `a step refers to file ${sha256}, which neither rendering nor plan gave, or it does not name`,
      );
      return file;
    },
  };
}
