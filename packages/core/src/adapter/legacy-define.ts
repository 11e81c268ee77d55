import { TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import type { JsonObject } from '../util/json.ts';
import type { StandardResult, StandardSchemaV1 } from '../util/standard-schema.ts';
import type { Instant } from '../util/time.ts';
import type { Io, Observation, Rendering } from './contract.ts';
import type { Adapter, AdapterSpec, BoundTarget } from './legacy.ts';
import type { Step } from './legacy-step.ts';
import { nobodyLeft } from './nobody-left.ts';
import type { TargetContext, Trust } from './target.ts';

/**
 * Hides an adapter's own types, so that the engine can hold adapters of all kinds side by side.
 * What goes into `plan` and `perform` is checked to be what the same target's `render` and `observe` gave.
 *
 * @example
 * export const alb = (options: AlbOptions) => defineAdapter(albSpec(elbPort(options.client)))
 */
export function defineAdapter<Target extends object, Desired, Observed, Input extends JsonObject>(
  spec: AdapterSpec<Target, Desired, Observed, Input>,
): Adapter {
  return Object.freeze({
    facts: spec.facts,
    key: spec.key,
    schema: spec.target as StandardSchemaV1<unknown, object> as StandardSchemaV1<unknown, JsonObject>,
    place: (target: JsonObject) => spec.place(validated(spec, target)),
    readsInventory: (target: JsonObject) => spec.readsInventory?.(validated(spec, target)) ?? false,
    bind: (target: JsonObject, context: TargetContext) => bind(spec, validated(spec, target), context),
  });
}

function bind<Target extends object, Desired, Observed, Input extends JsonObject>(
  spec: AdapterSpec<Target, Desired, Observed, Input>,
  target: Target,
  context: TargetContext,
): BoundTarget {
  const renderings = new WeakMap<Rendering<unknown>, Rendering<Desired>>();
  const observations = new WeakMap<Observation<unknown>, Observation<Observed>>();
  return Object.freeze({
    context,
    facts: spec.facts,
    render(trust: Trust, now: Instant) {
      const rendering = trustingSomebody(spec.render(trust, target, { ...context, now }), trust, context);
      renderings.set(rendering, rendering);
      return rendering;
    },
    async observe(io: Io) {
      const observation = await spec.observe(target, io);
      observations.set(observation, observation);
      return observation;
    },
    plan(rendering: Rendering<unknown> | undefined, observation: Observation<unknown>, now: Instant) {
      const desired = rendering === undefined ? undefined : own(renderings, rendering, spec.key).desired;
      return spec.plan(desired, own(observations, observation, spec.key).state, target, { ...context, now });
    },
    // The engine only ever performs steps that this adapter planned, with references resolved.
    perform: (step: Step, io: Io) => spec.perform(step as Step<Input>, target, io),
  });
}

/**
 * Refuses a rendering that would trust nobody: an empty store locks everyone out, or lets everyone in. When nobody is left because CAs
 * were revoked, that is no mistake of the input, and stops no other target.
 */
function trustingSomebody<Desired>(
  rendering: Rendering<Desired>,
  { revoked }: Trust,
  { name }: TargetContext,
): Rendering<Desired> {
  if (rendering.anchors.length > 0) return rendering;
  if (revoked.length > 0) return { ...rendering, findings: [...rendering.findings, nobodyLeft(name)] };
  const nobody: Finding = {
    code: 'empty-bundle',
    severity: 'error',
    target: name,
    message: `${name}: none of the accepted CAs issues client certificates, so nobody would be trusted; accept the issuing CA`,
  };
  return { ...rendering, findings: [...rendering.findings, nobody] };
}

function own<K extends object, V>(map: WeakMap<K, V>, key: K, service: string): V {
  const value = map.get(key);
  if (value === undefined)
    throw new TrustloomError('contract-broken', `${service}: this value was made for another target`);
  return value;
}

function validated<Target extends object>(
  spec: { readonly key: string; readonly target: StandardSchemaV1<unknown, Target> },
  target: JsonObject,
): Target {
  const result = spec.target['~standard'].validate(target);
  if (result instanceof Promise)
    throw new TrustloomError('contract-broken', `${spec.key}: the schema of a target must be synchronous`);
  return unwrap(result, spec.key);
}

function unwrap<Target>(result: StandardResult<Target>, key: string): Target {
  if (result.issues === undefined) return result.value;
  throw new TrustloomError(
    'definition-value',
    `${key}: ${result.issues.map((issue) => issue.message).join('; ')}`,
  );
}
