import { strict as assert } from 'node:assert';
import { createUploads } from '@trustloom/aws';
import type {
  BoundTarget,
  Io,
  Json,
  JsonObject,
  ObjectLocation,
  Observation,
  Rendering,
  Step,
  TargetPlan,
  Trust,
} from '@trustloom/core';
import type { ContractWorld } from './world.ts';

/** What the record would keep between runs: it outlives a process that was killed. */
export interface Memory {
  notes: JsonObject;
}

/** What one look and one plan gave. */
export interface Planned {
  readonly rendering: Rendering<unknown> | undefined;
  readonly observation: Observation<unknown>;
  readonly plan: TargetPlan<JsonObject>;
}

/** A run of the engine in small: one target, every consent given, nobody to wait for. Written apart from the engine, as a second opinion. */
export interface Process {
  readonly bound: BoundTarget;
  observe(): Promise<Observation<unknown>>;
  /** Observes until nothing is pending, then plans. `trust` undefined: the target left the definition. */
  plan(trust: Trust | undefined): Promise<Planned>;
  /** Uploads what the plan refers to, and performs its steps in order. */
  run(planned: Planned, watch?: Watch): Promise<readonly Step[]>;
}

/** Looks on while a plan is performed. */
export interface Watch {
  /** Before a step; `stop` ends the process there, as a kill would. */
  before?(step: Step, index: number): 'stop' | undefined | Promise<'stop' | undefined>;
  /** After a step, once what it started has settled. */
  after?(step: Step, index: number): void | Promise<void>;
}

const rank: Readonly<Record<Step['effect'], number>> = {
  revoke: 0,
  label: 1,
  grant: 2,
  enforce: 3,
  remove: 4,
  open: 5,
  readmit: 6,
  clean: 7,
};

/** Starts a process in a world. */
export function startProcess(world: ContractWorld, memory: Memory): Process {
  const { clock, place } = world;
  const { aws, adapter } = world.open();
  const uploads = createUploads(aws, { definition: 'acme' });
  const bound = adapter.bind(world.target, {
    definition: 'acme',
    name: 'edge',
    place,
    attach: 'managed',
    anchors: 'all',
  });
  const io = (afterWrite: boolean): Io => ({
    context: bound.context,
    signal: new AbortController().signal,
    clock,
    notes: memory.notes,
    paced: (_family, send) => send(),
    shared: (_key, read) => read(),
    afterWrite,
    readObject: (location) => uploads.read(place, 'apps', location),
    files: uploads.files(place, 'apps'),
  });
  const observe = (afterWrite = false) => bound.observe(io(afterWrite));
  const settled = async (afterWrite: boolean): Promise<Observation<unknown>> => {
    const { everyMs, limitMs } = bound.facts.settle;
    for (let waited = 0; ; waited += everyMs) {
      const observation = await observe(afterWrite);
      if (observation.pending.length === 0) return observation;
      assert.ok(
        waited <= limitMs,
        `still pending after facts.settle.limitMs: ${observation.pending.join(', ')}`,
      );
      await clock.sleep(everyMs);
    }
  };
  return {
    bound,
    observe: () => observe(),
    async plan(trust) {
      const rendering = trust === undefined ? undefined : bound.render(trust, clock.now());
      const observation = await settled(false);
      const errors = rendering?.findings.filter((finding) => finding.severity === 'error') ?? [];
      assert.deepEqual(errors, [], 'the contract fixtures fit every service, so render must find no error');
      return { rendering, observation, plan: bound.plan(rendering, observation, clock.now()) };
    },
    async run(planned, watch = {}) {
      const artifacts = new Map<string, Required<ObjectLocation>>();
      const known = [...(planned.rendering?.artifacts ?? []), ...(planned.plan.artifacts ?? [])];
      const needed = new Set(planned.plan.steps.flatMap((step) => artifactNames(step.input)));
      for (const artifact of known)
        if (needed.has(artifact.sha256))
          artifacts.set(artifact.sha256, await uploads.put(place, 'apps', artifact));
      const results = new Map<string, JsonObject>();
      const done: Step[] = [];
      for (
        let step = next(planned.plan.steps, results);
        step !== undefined;
        step = next(planned.plan.steps, results)
      ) {
        if ((await watch.before?.(step, done.length)) === 'stop') return done;
        // What is performed went through JSON, as a step must survive.
        const input = resolve(JSON.parse(JSON.stringify(step.input)), results, artifacts) as JsonObject;
        const receipt = await bound.perform({ ...step, input }, io(true));
        results.set(step.id, receipt.result);
        if (receipt.notes !== undefined) memory.notes = { ...memory.notes, ...receipt.notes };
        if (receipt.settles === true) await settled(true);
        done.push(step);
        await watch.after?.(step, done.length - 1);
      }
      assert.equal(done.length, planned.plan.steps.length, 'some steps wait for steps that never come');
      return done;
    },
  };
}

function next(steps: readonly Step[], done: ReadonlyMap<string, JsonObject>): Step | undefined {
  const ids = new Set(steps.map((step) => step.id));
  return steps
    .filter((step) => !done.has(step.id) && (step.after ?? []).every((id) => done.has(id) || !ids.has(id)))
    .sort((a, b) => rank[a.effect] - rank[b.effect])[0];
}

function artifactNames(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => artifactNames(item));
  if (typeof value !== 'object' || value === null) return [];
  const own = Reflect.get(value, '$artifact');
  return typeof own === 'string' ? [own] : Object.values(value).flatMap((item: Json) => artifactNames(item));
}

function resolve(
  value: Json,
  results: ReadonlyMap<string, JsonObject>,
  artifacts: ReadonlyMap<string, Required<ObjectLocation>>,
): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, results, artifacts));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as JsonObject;
  const { $artifact, $ref, get } = object;
  if (typeof $artifact === 'string') {
    const place = artifacts.get($artifact);
    assert.ok(place, `a step refers to artifact ${$artifact}, which neither rendering nor plan gave`);
    return { ...place };
  }
  if (typeof $ref === 'string' && typeof get === 'string') {
    const found = results.get($ref)?.[get];
    assert.notEqual(
      found,
      undefined,
      `a step refers to ${get} of step ${$ref}, which its receipt did not give`,
    );
    return found as Json;
  }
  return Object.fromEntries(
    Object.entries(object).map(([key, item]) => [key, resolve(item, results, artifacts)]),
  );
}
