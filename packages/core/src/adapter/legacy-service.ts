import type { Finding } from '../errors/finding.ts';
import { defined } from '../util/defined.ts';
import { isJsonObject, type Json } from '../util/json.ts';
import type { BoundStep, ObservedTarget, RenderedTarget, Service, ServicePlan, StepIo } from './contract.ts';
import type { Adapter, BoundTarget } from './legacy.ts';
import type { Step } from './legacy-step.ts';
import { isNoneLeft } from './nobody-left.ts';
import type { Artifact } from './ports.ts';

/** Gives the engine a service made of an adapter of the old contract. Goes with the last of them. */
export function asService(adapter: Adapter): Service {
  return {
    facts: adapter.facts,
    key: adapter.key,
    schema: () => adapter.schema,
    place: (config) => adapter.place(jsonOf(config)),
    readsInventory: (config) => adapter.readsInventory(jsonOf(config)),
    bind(config, context) {
      const bound = adapter.bind(jsonOf(config), context);
      return {
        context,
        facts: bound.facts,
        render(trust, now): RenderedTarget {
          const rendering = trust === undefined ? undefined : bound.render(trust, now);
          return {
            ...(rendering === undefined || trust === undefined
              ? {}
              : { rendering: { ...rendering, noneLeft: isNoneLeft(trust, rendering.anchors) } }),
            observe: async (io): Promise<ObservedTarget> => {
              const observation = await bound.observe(io);
              const isUnmet = ({ code }: Finding) => code === 'attachment-missing' || code === 'name-taken';
              const { findings } = observation.holds;
              return {
                holds: {
                  ...observation.holds,
                  findings: findings.filter((finding) => !isUnmet(finding)),
                  unmet: findings.filter(isUnmet),
                },
                pending: observation.pending,
                plan(at): ServicePlan<BoundStep> {
                  const plan = bound.plan(rendering, observation, at);
                  const artifacts = [...(rendering?.artifacts ?? []), ...(plan.artifacts ?? [])];
                  return {
                    findings: plan.findings,
                    ...defined({ artifacts: plan.artifacts, stays: plan.stays }),
                    steps: plan.steps.map((step) => shimStep(step, bound, artifacts)),
                  };
                },
              };
            },
          };
        },
      };
    },
  };
}

function shimStep(step: Step, bound: BoundTarget, artifacts: readonly Artifact[]): BoundStep {
  const { input, things, mends, unawaited, swapsRevocation, ...rest } = step;
  const files = [...new Set(artifactsOf(input))].map((sha256) => ({
    sha256,
    kind: artifacts.find((artifact) => artifact.sha256 === sha256)?.kind ?? 'bundle',
  }));
  return {
    step: {
      ...rest,
      kind: 'legacy',
      affects: things,
      summary: mends,
      reason: mends,
      ...(files.length > 0 ? { files } : {}),
      ...defined({ nonBlocking: unawaited, replacesRevocation: swapsRevocation }),
    },
    async perform(io) {
      const { result, settles, ...receipt } = await bound.perform(
        { ...step, input: jsonOf(resolved(input, io)) },
        io,
      );
      return { ...receipt, output: result, ...(settles === true ? { settles } : {}) };
    },
  };
}

/** Replaces `{ "$ref", "get" }` and `{ "$artifact" }` in a step's input by what they stand for. */
function resolved(value: Json, io: StepIo): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolved(item, io));
  if (!isJsonObject(value)) return value;
  if (typeof value.$artifact === 'string') return { ...io.uploaded({ sha256: value.$artifact }) };
  if (typeof value.$ref === 'string' && typeof value.get === 'string')
    return io.value<Json>({ outputOf: value.$ref, field: value.get });
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, io)]));
}

function artifactsOf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => artifactsOf(item));
  if (!isJsonObject(value)) return [];
  if (typeof value.$artifact === 'string') return [value.$artifact];
  return Object.values(value).flatMap(artifactsOf);
}

/** What a schema gave for a definition in JSON is JSON. */
function jsonOf(value: object | Json) {
  const json = value as Json;
  if (isJsonObject(json)) return json;
  throw new TypeError('a target is an object');
}
