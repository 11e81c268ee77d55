import { type RevocationRecord, revocationMark, type TrustRecord } from '../state/state.ts';
import { type AbortOptions, manyEars } from '../util/signal.ts';
import { assemble } from './assemble.ts';
import { type Gathered, type Loaded, type LoadParts, load, loadSources } from './load.ts';
import { observeTargets } from './observe.ts';
import type { Prepared, PrepareParts } from './prepared.ts';
import { resolveTrust, type TrustView } from './resolve-trust.ts';

/** What a caller may say about a plan. */
export interface PlanOptions extends AbortOptions {
  /** Consents, as printed: `enforce:edge`. */
  readonly allow?: readonly string[];
  /** Names of targets; all when absent. */
  readonly targets?: readonly string[];
}

/** Loads, observes and plans. Three of the four steps that touch the world happen here or below; none of them writes. */
export async function prepare(parts: PrepareParts, options: PlanOptions): Promise<Prepared> {
  const signal = manyEars(options.signal);
  const [{ gathered, view, now, revocation }, trust] = await Promise.all([
    loadView(parts, { ...options, signal }),
    parts.record.trust.read(),
  ]);
  const seen = await observeTargets(parts, view, withNotes(trust, revocation), options.targets, signal);
  const { accepted, letGoNow } = view.lists;
  const rows = Object.fromEntries([...accepted].map(([place, { row }]) => [place, row]));
  const lists = { ...revocation.lists, ...rows, ...Object.fromEntries(letGoNow) };
  const revocationFingerprint = revocationMark({ ...revocation, lists });
  const allow = new Set(options.allow ?? []);
  return assemble({ parts, view, gathered, seen, now, allow, revocationFingerprint });
}

/** What definition, lock, sources and state say together; no service is asked. */
export async function loadView(
  parts: Pick<PrepareParts, 'definition' | 'lock' | 'sources' | 'clock' | 'services' | 'record'>,
  { allow = [], signal }: PlanOptions,
): Promise<Loaded & { readonly view: TrustView }> {
  const loaded = await load(parts, signal);
  return { ...loaded, view: resolveTrust(loaded, new Set(allow)) };
}

/** Only what the sources and the definition say, without asking any service or the state: what `check` and `accept` need. */
export async function gatherView(
  parts: LoadParts,
  { signal }: AbortOptions = {},
): Promise<{ readonly gathered: Gathered; readonly view: TrustView }> {
  const loaded = await loadSources(parts, signal);
  return { gathered: loaded.gathered, view: resolveTrust(loaded, new Set()) };
}

/** What revoking steps asked to remember stands in the other object; a target sees both as one. */
function withNotes(trust: TrustRecord, { notes = {} }: RevocationRecord): TrustRecord {
  const targets = Object.entries(trust.targets).map(
    ([name, target]) => [name, { ...target, notes: { ...target.notes, ...notes[name] } }] as const,
  );
  return { ...trust, targets: Object.fromEntries(targets) };
}
