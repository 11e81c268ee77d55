import type { Service } from '../adapter/contract.ts';
import type { Definition, TargetDefinition } from '../definition/definition.ts';
import { asTrustloomError, TrustloomError } from '../errors/error.ts';
import type { IdentifiedTargets, LeavingTarget } from '../state/identity.ts';
import type { RevocationState, TargetRow, TrustState } from '../state/state.ts';
import { defined } from '../util/defined.ts';
import type { JsonObject } from '../util/json.ts';
import type { Clock } from '../util/time.ts';
import type { PrepareParts, SeenTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';
import { createSharedReads, type SharedReads } from './shared-reads.ts';
import { createTargetIo } from './target-io.ts';

/** A target that was not looked at yet. */
type UnseenTarget = Omit<SeenTarget, 'memory'>;

/** Renders and observes the targets of the definition, and those that leave it. Reads only. */
export async function observeTargets(
  parts: PrepareParts,
  { identified, resolved }: { readonly identified: IdentifiedTargets; readonly resolved: ResolvedTrust },
  state: { readonly trust: TrustState; readonly revocation: RevocationState },
  asked: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly SeenTarget[]> {
  const { definition, clock } = parts;
  const { trust, revocation } = state;
  const names = [
    ...identified.named.map(({ target }) => target.name),
    ...identified.leaving.map(({ name }) => name),
  ];
  checkTargetNames(names, asked ?? []);
  const isAsked = ({ name }: { readonly name: string }) => asked === undefined || asked.includes(name);
  /** What revoking steps asked to remember stands in the other object; a target sees both as one. */
  const notesOf = (id: string) => ({ ...trust.targets[id]?.notes, ...revocation.notes?.[id] });
  const named = identified.named.map(({ id, target }): UnseenTarget => {
    const row = rowOf(target, definition);
    return { ...bindTarget(parts, { id, name: target.name, row }, notesOf(id)), leaving: false, row };
  });
  const leaving = identified.leaving.map(
    (target): UnseenTarget => ({ ...bindTarget(parts, target, notesOf(target.id)), leaving: true }),
  );
  const reads = createSharedReads();
  const seen = [...named, ...leaving]
    .filter(isAsked)
    .map((target) => look(target, resolved, clock, signal, reads));
  return (await Promise.all(seen)).map((target) => ({ ...target, memory: memoryOf(target, state) }));
}

/** What the state shall say of a target of the definition. */
function rowOf(target: TargetDefinition, { groups }: Definition): Omit<TargetRow, 'notes'> {
  const { name, trust, kind, accountRegion, accountName, attach, anchors, config } = target;
  const remembered = groups
    .filter((group) => trust.includes(group.name))
    .map(({ name: group, account, crls }) => ({
      name: group,
      ...defined({ account }),
      crls: crls.map(({ text, kind: way }) => ({ text, kind: way })),
    }));
  return { name, trust, groups: remembered, kind, accountRegion, accountName, attach, anchors, config };
}

/** What the state is to a target: by what stands there, not by whether the state is there. */
function memoryOf(
  { id, observed }: UnseenTarget,
  { trust, revocation }: { readonly trust: TrustState; readonly revocation: RevocationState },
): SeenTarget['memory'] {
  const known = trust.targets[id] === undefined ? undefined : revocation.known?.[id];
  if (observed?.content.owned === true && known === undefined) return 'lost';
  return known?.rebuilt === undefined ? 'known' : 'rebuilt';
}

function bindTarget(
  parts: PrepareParts,
  target: Pick<LeavingTarget, 'id' | 'name'> & { readonly row: Omit<TargetRow, 'notes'> },
  notes: JsonObject,
): Pick<SeenTarget, 'id' | 'name' | 'bound' | 'io'> {
  const { id, name, row } = target;
  const { kind, accountRegion, accountName, attach, anchors, config } = row;
  const { definition, lock, services } = parts;
  const ids = { definition: definition.name, ...defined({ definitionId: lock.id }), id, name };
  const bound = serviceOf(services, kind).bind(config, { ...ids, accountRegion, attach, anchors });
  return { id, name, bound, io: createTargetIo(bound, accountName, notes, parts) };
}

async function look(
  target: UnseenTarget,
  resolved: ResolvedTrust,
  clock: Clock,
  signal: AbortSignal,
  reads: SharedReads,
): Promise<UnseenTarget> {
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

function checkTargetNames(known: readonly string[], asked: readonly string[]): void {
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TrustloomError(
      'definition-value',
      `no target named ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
}
