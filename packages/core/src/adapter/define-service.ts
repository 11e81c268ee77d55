import { TrustloomError } from '../errors/error.ts';
import { type Finding, isBlocking } from '../errors/finding.ts';
import type { StandardSchemaV1 } from '../util/standard-schema.ts';
import type { Instant } from '../util/time.ts';
import type { Content } from './content.ts';
import type {
  BoundStep,
  BoundTarget,
  ObservedTarget,
  RenderedTarget,
  Rendering,
  Service,
  ServiceIo,
  ServicePlan,
  ServiceSpec,
  StepIo,
} from './contract.ts';
import { isNoneLeft, onlyRevokedCas } from './only-revoked-cas.ts';
import type { Step, StepEnvelope, StepKind, StepTable } from './step.ts';
import type { PlanContext, TargetContext, Trust } from './target.ts';
import { letWait, notHeld, trustWithout } from './waiting-cas.ts';

/**
 * Hides an adapter's own types, so that the engine can hold services of all kinds side by side.
 * What `render` and `observe` gave travels to `plan` and `perform` in closures: no cast, no
 * registry.
 *
 * @example
 * export const alb: Service = defineService({ key: 'alb', facts, schema, place, render, observe, plan, perform, connect })
 */
export function defineService<Target extends object, Desired, Observed, Port, T extends StepTable<T>>(
  given: ServiceSpec<Target, Desired, Observed, Port, T>,
): Service {
  // Every target is read with it, and making one costs more than reading with it.
  let schema: StandardSchemaV1<unknown, Target> | undefined;
  const spec = {
    ...given,
    schema() {
      schema ??= given.schema();
      return schema;
    },
  };
  return Object.freeze({
    key: spec.key,
    info: spec.info,
    schema: spec.schema,
    accountRegion: (config: object) => spec.accountRegion(validated(spec, config)),
    attachments: (config: object) => spec.attachments(validated(spec, config)),
    readsInventory: (config: object) => spec.readsInventory?.(validated(spec, config)) ?? false,
    bind: (config: object, context: TargetContext) => bind(spec, validated(spec, config), context),
  });
}

function bind<Target, Desired, Observed, Port, T extends StepTable<T>>(
  spec: ServiceSpec<Target, Desired, Observed, Port, T>,
  target: Target,
  context: TargetContext,
): BoundTarget {
  return Object.freeze({
    context,
    info: spec.info,
    render(trust: Trust | undefined, now: Instant): RenderedTarget {
      if (trust === undefined)
        return Object.freeze({
          observe: (io: ServiceIo) => observe(spec, target, context, undefined, io),
        });
      const { desired, ...rendering } = neverEmpty(
        spec.render(trust, target, { ...context, now }),
        trust,
        context,
      );
      return Object.freeze({
        rendering: Object.freeze({ ...rendering, noneLeft: isNoneLeft(trust, rendering.anchors) }),
        observe: (io: ServiceIo) =>
          observe(
            spec,
            target,
            context,
            {
              trust,
              desired,
              anchors: rendering.anchors,
              render: (other) => spec.render(other, target, { ...context, now }),
            },
            io,
          ),
      });
    },
  });
}

async function observe<Target, Desired, Observed, Port, T extends StepTable<T>>(
  spec: ServiceSpec<Target, Desired, Observed, Port, T>,
  target: Target,
  context: TargetContext,
  wanted: Wanted<Desired> | undefined,
  io: ServiceIo,
): Promise<ObservedTarget> {
  const { state, content, pending } = await spec.observe(target, await spec.connect(io), io, wanted?.trust);
  const bound = (plan: ServicePlan<Step<T>>): ServicePlan<BoundStep> => ({
    ...plan,
    steps: plan.steps.map((step) => boundStep(spec, step)),
  });
  return Object.freeze({
    content,
    pending,
    plan(now: Instant, { stateLost = false }: Pick<PlanContext, 'stateLost'> = {}) {
      const planned = (desired: Desired | undefined) =>
        spec.plan(desired, state, target, { ...context, now, stateLost });
      return bound(
        wanted === undefined || (wanted.trust.waiting ?? []).length === 0
          ? planned(wanted?.desired)
          : planWaiting(wanted, content, context, planned),
      );
    },
    planTeardown: (now: Instant) => bound(spec.plan(undefined, state, target, { ...context, now })),
  });
}

/** What should stand on a target, and of what trust that follows. */
interface Wanted<Desired> extends Pick<Rendering<Desired>, 'desired' | 'anchors'> {
  readonly trust: Trust;
  /** What should stand there of another trust. */
  render(trust: Trust): Rendering<Desired>;
}

/**
 * CAs that wait for their first CRL stay where they stand and come nowhere anew. Where others are
 * left, these alone are planned for; where none is, the plan shows what waits.
 */
function planWaiting<Desired, S extends StepEnvelope>(
  { trust, desired, anchors, render }: Wanted<Desired>,
  content: Content,
  { name }: TargetContext,
  planned: (desired: Desired) => ServicePlan<S>,
): ServicePlan<S> {
  const missing = notHeld(trust, anchors, content);
  const others = missing.length === 0 || content.cas === 'unknown' ? undefined : trustWithout(trust, missing);
  const rendering = others === undefined ? undefined : render(others);
  const stands =
    rendering !== undefined && rendering.anchors.length > 0 && !rendering.findings.some(isBlocking)
      ? rendering
      : undefined;
  const plan = planned(stands === undefined ? desired : stands.desired);
  const withWaiting = missing.length > 0 && stands === undefined;
  const where = { target: name, content };
  const { steps, findings } = letWait({ ...plan, withWaiting }, trust.waiting ?? [], where, missing);
  return {
    ...plan,
    steps,
    artifacts: [...(plan.artifacts ?? []), ...(stands?.artifacts ?? [])],
    findings: [...plan.findings, ...findings],
  };
}

/** The input stays in the closure: nothing but its handler reads it. */
function boundStep<Target, Desired, Observed, Port, T extends StepTable<T>, K extends StepKind<T>>(
  { perform, connect }: ServiceSpec<Target, Desired, Observed, Port, T>,
  step: Step<T, K>,
): BoundStep {
  return Object.freeze({
    step: withoutInput(step),
    perform: async (io: StepIo) => perform[step.kind](step.input, await connect(io), io),
  });
}

function withoutInput({
  input: _,
  ...rest
}: StepEnvelope & { readonly kind: string; readonly input: object }) {
  return Object.freeze(rest);
}

/**
 * Refuses a rendering without anchors: an empty store locks every client out, or admits every
 * client. When none is left because CAs were revoked, that is no mistake of the input, and stops no
 * other target.
 */
function neverEmpty<Desired>(
  rendering: Rendering<Desired>,
  { revoked }: Trust,
  { name }: TargetContext,
): Rendering<Desired> {
  if (rendering.anchors.length > 0) return rendering;
  if (revoked.length > 0) return { ...rendering, findings: [...rendering.findings, onlyRevokedCas(name)] };
  const empty: Finding = {
    code: 'empty-bundle',
    severity: 'error',
    target: name,
    message: `${name}: none of the accepted CAs issues client certificates, so no client would be trusted; accept the issuing CA`,
  };
  return { ...rendering, findings: [...rendering.findings, empty] };
}

function validated<Target extends object>(
  {
    key,
    schema,
  }: Pick<ServiceSpec<Target, unknown, unknown, unknown, Record<never, never>>, 'key' | 'schema'>,
  config: object,
): Target {
  const result = schema()['~standard'].validate(config);
  if (result instanceof Promise)
    throw new TrustloomError('contract-broken', `${key}: the schema of a target must be synchronous`);
  if (result.issues === undefined) return result.value;
  const message = result.issues.map((issue) => issue.message).join('; ');
  throw new TrustloomError('definition-value', `${key}: ${message}`);
}
