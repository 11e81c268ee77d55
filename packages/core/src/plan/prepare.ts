import { TrustloomError } from '../errors/error.ts';
import { fingerprintOf, type TrustState } from '../state/state.ts';
import { type AbortOptions, allowManyListeners } from '../util/signal.ts';
import { assemble } from './assemble.ts';
import { type Gathered, type Loaded, type LoadParts, load, loadSources } from './load.ts';
import { observeTargets } from './observe.ts';
import type { Prepared, PrepareParts } from './prepared.ts';
import { type ResolvedTrust, resolveTrust } from './resolve-trust.ts';

/** What a caller may say about a plan. */
export interface PlanOptions extends AbortOptions {
  /** Consents, as printed: `enforce:edge`. */
  readonly allow?: readonly string[];
  /** Names of targets; all when absent. */
  readonly targets?: readonly string[];
}

/**
 * Loads, observes and plans. Three of the four steps that touch the world happen here or below;
 * none of them writes.
 */
export async function prepare(parts: PrepareParts, options: PlanOptions): Promise<Prepared> {
  const signal = allowManyListeners(options.signal);
  const trust = await parts.state.trust.read();
  refuseForeignState(trust, parts);
  const loaded = await loadTrust(parts, { ...options, signal }, trust.targets);
  const { resolved, revocation } = loaded;
  const seen = await observeTargets(parts, loaded, { trust, revocation }, options.targets, signal);
  const { accepted, withdrawnNow } = resolved.crls;
  const rows = Object.fromEntries([...accepted].map(([stateKey, { row }]) => [stateKey, row]));
  const crls = { ...revocation.crls, ...rows, ...Object.fromEntries(withdrawnNow) };
  const revocationFingerprint = fingerprintOf({ ...revocation, crls });
  const allow = new Set(options.allow ?? []);
  return assemble({ ...loaded, parts, seen, allow, revocationFingerprint, trust });
}

/**
 * What definition, lock, sources and state say together; no service is asked.
 *
 * @param rows of the state, where what leaves the definition matters
 */
export async function loadTrust(
  parts: Pick<PrepareParts, 'definition' | 'lock' | 'sources' | 'clock' | 'services' | 'state'>,
  { allow = [], signal }: PlanOptions,
  rows: TrustState['targets'] = {},
): Promise<Loaded & { readonly resolved: ResolvedTrust }> {
  const loaded = await load(parts, rows, signal);
  return { ...loaded, resolved: resolveTrust(loaded, new Set(allow)) };
}

/**
 * Only what the sources and the definition say, without asking any service or the state: what
 * `check` and `accept` need.
 */
export async function gatherTrust(
  parts: LoadParts,
  { signal }: AbortOptions = {},
): Promise<{ readonly gathered: Gathered; readonly resolved: ResolvedTrust }> {
  const loaded = await loadSources(parts, signal);
  return { gathered: loaded.gathered, resolved: resolveTrust(loaded, new Set()) };
}

/**
 * Two definitions of one name would share a state, and each would take the other's targets away. A
 * state without targets has nothing to lose.
 */
function refuseForeignState(
  { definition: owner, targets }: TrustState,
  { definition, lock }: PrepareParts,
): void {
  if (owner === undefined || lock.id === undefined || owner === lock.id) return;
  if (Object.keys(targets).length === 0) return;
  throw new TrustloomError(
    'state-foreign',
    `the state of ${definition.name} belongs to another definition of this name: its lock has the id ${owner}, and this one ${lock.id}. Give this definition a name of its own, or bring back its own lock`,
    { context: { state: owner, lock: lock.id } },
  );
}
