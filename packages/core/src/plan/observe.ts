import type { Service } from '../adapter/contract.ts';
import type { Definition } from '../definition/definition.ts';
import { asTrustloomError, TrustloomError } from '../errors/error.ts';
import type { TargetRow, TrustState } from '../state/state.ts';
import type { JsonObject } from '../util/json.ts';
import type { Clock } from '../util/time.ts';
import type { PrepareParts, SeenTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';
import { createSharedReads, type SharedReads } from './shared-reads.ts';
import { createTargetIo } from './target-io.ts';

/** Renders and observes the targets of the definition, and those that left it. Reads only. */
export async function observeTargets(
  parts: PrepareParts,
  resolved: ResolvedTrust,
  state: TrustState,
  asked: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly SeenTarget[]> {
  const { definition, clock } = parts;
  checkTargetNames(definition, state, asked ?? []);
  const isAsked = (name: string) => asked === undefined || asked.includes(name);
  const named = definition.targets
    .filter(({ name }) => isAsked(name))
    .map(({ name, kind, accountRegion, accountName, attach, anchors, config }): SeenTarget => {
      const row = { kind, accountRegion, accountName, attach, anchors, config };
      const bound = bindTarget(parts, name, row, state.targets[name]?.notes ?? {});
      return { ...bound, leaving: false, row };
    });
  const isNamed = new Set(definition.targets.map(({ name }) => name));
  const leaving = Object.entries(state.targets)
    .filter(([name]) => !isNamed.has(name) && isAsked(name))
    .map(([name, target]): SeenTarget => {
      return { ...bindTarget(parts, name, target, target.notes), leaving: true };
    });
  const reads = createSharedReads();
  return Promise.all([...named, ...leaving].map((target) => look(target, resolved, clock, signal, reads)));
}

function bindTarget(
  parts: PrepareParts,
  name: string,
  target: Omit<TargetRow, 'notes'>,
  notes: JsonObject,
): Pick<SeenTarget, 'name' | 'bound' | 'io'> {
  const { kind, accountRegion, accountName, attach, anchors, config } = target;
  const context = { definition: parts.definition.name, name, accountRegion, attach, anchors };
  const bound = serviceOf(parts.services, kind).bind(config, context);
  return { name, bound, io: createTargetIo(bound, accountName, notes, parts) };
}

async function look(
  target: SeenTarget,
  resolved: ResolvedTrust,
  clock: Clock,
  signal: AbortSignal,
  reads: SharedReads,
): Promise<SeenTarget> {
  try {
    const rendered = target.bound.render(resolved.trusts.get(target.name), clock.now());
    const observed = await target.io.observe(rendered, signal, { reads, afterWrite: false });
    return { ...target, rendered, observed };
  } catch (error) {
    signal.throwIfAborted();
    return { ...target, failed: asTrustloomError(error) };
  }
}

/** @throws TrustloomError `definition-value` when no service of this kind was given */
export function serviceOf(services: readonly Service[], kind: string): Service {
  const service = services.find(({ key }) => key === kind);
  if (service === undefined) throw new TrustloomError('definition-value', `no service for ${kind} was given`);
  return service;
}

function checkTargetNames(definition: Definition, state: TrustState, asked: readonly string[]): void {
  const known = [...new Set([...definition.targets.map(({ name }) => name), ...Object.keys(state.targets)])];
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TrustloomError(
      'definition-value',
      `no target named ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
}
