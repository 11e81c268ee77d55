import { TrustloomError } from '../errors/error.ts';
import type { Place } from '../util/account-region.ts';
import { defined } from '../util/defined.ts';
import { isJsonObject, type JsonObject } from '../util/json.ts';
import type { StandardSchemaV1 } from '../util/standard-schema.ts';
import type { Instant } from '../util/time.ts';
import type {
  Access,
  BoundStep,
  Io,
  Observation,
  ObservedTarget,
  RenderedTarget,
  Rendering,
  Service,
  StepIo,
} from './contract.ts';
import type { Adapter, BoundTarget } from './legacy.ts';
import type { Step } from './legacy-step.ts';
import type { ObjectLocation } from './ports.ts';
import { isOutput, type Value } from './step.ts';
import type { TargetContext, Trust } from './target.ts';

/** Gives today's engine a service of the new contract. Goes when the engine takes services itself. */
export function asAdapter(service: Service, access: (place: Place) => Access): Adapter {
  return {
    facts: service.facts,
    key: service.key,
    get schema() {
      return service.schema() as StandardSchemaV1<unknown, JsonObject>;
    },
    place: (config) => service.place(config),
    readsInventory: (config) => service.readsInventory(config),
    bind: (config, context) => shimTarget(service, config, context, access(context.place)),
  };
}

function shimTarget(service: Service, config: object, context: TargetContext, access: Access): BoundTarget {
  const bound = service.bind(config, context);
  let rendered: RenderedTarget | undefined;
  const observed = new WeakMap<object, ObservedTarget>();
  let steps = new Map<string, BoundStep>();
  let outputs = new Map<string, object>();
  return {
    context,
    facts: bound.facts,
    render(trust: Trust, now: Instant) {
      rendered = bound.render(trust, now);
      const { rendering } = rendered;
      if (rendering === undefined) throw new TrustloomError('contract-broken', 'nothing rendered');
      return { ...rendering, desired: undefined } satisfies Rendering<unknown>;
    },
    async observe(io: Io) {
      const target = await (rendered ?? bound.render(undefined, 0)).observe({ ...io, ...access });
      const observation: Observation<unknown> = {
        state: undefined,
        holds: target.holds,
        pending: target.pending,
      };
      observed.set(observation, target);
      return observation;
    },
    plan(_rendering, observation, now) {
      const plan = observed.get(observation)?.plan(now);
      if (plan === undefined) throw new TrustloomError('contract-broken', 'not observed here');
      steps = new Map(plan.steps.map((bound) => [bound.step.id, bound]));
      outputs = new Map();
      return {
        ...defined({ artifacts: plan.artifacts, stays: plan.stays }),
        findings: plan.findings,
        steps: plan.steps.map(
          ({
            step: { affects, summary, reason: _, nonBlocking, replacesRevocation, kind, files, ...rest },
          }): Step => {
            return {
              ...rest,
              things: affects,
              mends: summary,
              ...defined({ unawaited: nonBlocking, swapsRevocation: replacesRevocation }),
              input: {
                kind,
                files: Object.fromEntries((files ?? []).map(({ sha256 }) => [sha256, { $artifact: sha256 }])),
              },
            };
          },
        ),
      };
    },
    async perform(step: Step, io: Io) {
      const bound = steps.get(step.id);
      if (bound === undefined) throw new TrustloomError('contract-broken', `no step ${step.id}`);
      const files = isJsonObject(step.input.files) ? step.input.files : {};
      const stepIo: StepIo = {
        ...io,
        ...access,
        value<V>(value: Value<V>): V {
          if (!isOutput(value)) return value as V;
          const found = Reflect.get(outputs.get(value.outputOf) ?? {}, value.field) as V | undefined;
          if (found === undefined)
            throw new TrustloomError('contract-broken', `no ${value.field} of ${value.outputOf}`);
          return found;
        },
        uploaded({ sha256 }) {
          const file = files[sha256];
          if (!isJsonObject(file)) throw new TrustloomError('contract-broken', `no file ${sha256}`);
          return file as unknown as Required<ObjectLocation>;
        },
      };
      const { output, ...receipt } = await bound.perform(stepIo);
      outputs.set(step.id, output);
      return { result: {}, ...receipt };
    },
  };
}
