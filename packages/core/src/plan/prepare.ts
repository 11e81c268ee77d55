import { recallLists } from '../state/accepted-crls.ts';
import { type RevocationRecord, revocationMark, type TrustRecord } from '../state/state.ts';
import { type AbortOptions, manyEars } from '../util/signal.ts';
import type { Instant } from '../util/time.ts';
import { assemble } from './assemble.ts';
import { type Gathered, gather } from './gather.ts';
import { observeTargets } from './observe.ts';
import type { Prepared, PrepareParts } from './prepared.ts';
import { type TrustView, trustView } from './trust.ts';

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

/** What definition, lock, sources and record say together; no service is asked. */
export async function loadView(
  parts: Pick<PrepareParts, 'definition' | 'lock' | 'sources' | 'clock' | 'services' | 'record'>,
  options: PlanOptions,
): Promise<{
  readonly gathered: Gathered;
  readonly view: TrustView;
  readonly now: Instant;
  readonly revocation: RevocationRecord;
}> {
  const [gathered, revocation] = await Promise.all([
    gather(parts, options.signal),
    parts.record.revocation.read(),
  ]);
  options.signal?.throwIfAborted();
  const offered = new Set(gathered.lists.map(({ crl }) => crl.sha256));
  const { memories, findings } = await recallLists(revocation, offered, parts.record.blobs);
  const now = parts.clock.now();
  const view = trustView({
    definition: parts.definition,
    lock: parts.lock,
    gathered: { ...gathered, findings: [...gathered.findings, ...findings] },
    record: revocation,
    memories,
    now,
    allow: new Set(options.allow ?? []),
  });
  return { gathered, view, now, revocation };
}

/** Only what the sources and the definition say, without asking any service or the record: what `check` and `accept` need. */
export async function gatherView(
  parts: Pick<PrepareParts, 'definition' | 'lock' | 'sources' | 'clock' | 'services'>,
  { signal }: AbortOptions = {},
): Promise<{ readonly gathered: Gathered; readonly view: TrustView }> {
  const { definition, lock, clock } = parts;
  const gathered = await gather(parts, signal);
  const record: RevocationRecord = { formatVersion: 1, lists: {}, deny: [] };
  const view = trustView({
    definition,
    lock,
    gathered,
    record,
    memories: new Map(),
    now: clock.now(),
    allow: new Set(),
  });
  return { gathered, view };
}

/** What revoking steps asked to remember stands in the other object; a target sees both as one. */
function withNotes(trust: TrustRecord, { notes = {} }: RevocationRecord): TrustRecord {
  const targets = Object.entries(trust.targets).map(
    ([name, target]) => [name, { ...target, notes: { ...target.notes, ...notes[name] } }] as const,
  );
  return { ...trust, targets: Object.fromEntries(targets) };
}
