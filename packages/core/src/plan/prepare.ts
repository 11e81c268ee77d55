import { fingerprintOf, type RevocationState, type TrustState } from '../state/state.ts';
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
  const [{ gathered, resolved, now, revocation }, trust] = await Promise.all([
    loadTrust(parts, { ...options, signal }),
    parts.state.trust.read(),
  ]);
  const seen = await observeTargets(parts, resolved, withNotes(trust, revocation), options.targets, signal);
  const { accepted, withdrawnNow } = resolved.crls;
  const rows = Object.fromEntries([...accepted].map(([stateKey, { row }]) => [stateKey, row]));
  const crls = { ...revocation.crls, ...rows, ...Object.fromEntries(withdrawnNow) };
  const revocationFingerprint = fingerprintOf({ ...revocation, crls });
  const allow = new Set(options.allow ?? []);
  return assemble({ parts, resolved, gathered, seen, now, allow, revocationFingerprint });
}

/** What definition, lock, sources and state say together; no service is asked. */
export async function loadTrust(
  parts: Pick<PrepareParts, 'definition' | 'lock' | 'sources' | 'clock' | 'services' | 'state'>,
  { allow = [], signal }: PlanOptions,
): Promise<Loaded & { readonly resolved: ResolvedTrust }> {
  const loaded = await load(parts, signal);
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

/** What revoking steps asked to remember stands in the other object; a target sees both as one. */
function withNotes(trust: TrustState, { notes = {} }: RevocationState): TrustState {
  const targets = Object.entries(trust.targets).map(
    ([name, target]) => [name, { ...target, notes: { ...target.notes, ...notes[name] } }] as const,
  );
  return { ...trust, targets: Object.fromEntries(targets) };
}
