import type { Adapter } from '../adapter/legacy.ts';
import type { Definition } from '../definition/definition.ts';
import { asTrustloomError, TrustloomError } from '../errors/error.ts';
import { recallLists } from '../state/accepted-crls.ts';
import {
  type RecordedTarget,
  type RevocationRecord,
  revocationMark,
  type TrustRecord,
} from '../state/state.ts';
import { defined } from '../util/defined.ts';
import type { JsonObject } from '../util/json.ts';
import { type AbortOptions, manyEars } from '../util/signal.ts';
import type { Clock, Instant } from '../util/time.ts';
import { assemble } from './assemble.ts';
import { type Gathered, gather } from './gather.ts';
import type { Prepared, PrepareParts, Surveyed } from './prepared.ts';
import { createSharedReads, type SharedReads } from './shared-reads.ts';
import { type TrustView, trustView } from './trust.ts';
import { handsOf } from './work.ts';

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
  const surveyed = await survey(parts, view, withNotes(trust, revocation), options, signal);
  const { accepted, letGoNow } = view.lists;
  const rows = Object.fromEntries([...accepted].map(([place, { row }]) => [place, row]));
  const lists = { ...revocation.lists, ...rows, ...Object.fromEntries(letGoNow) };
  const knows = revocationMark({ ...revocation, lists });
  return assemble({ parts, view, gathered, surveyed, now, allow: new Set(options.allow ?? []), knows });
}

/** What definition, lock, sources and record say together; no service is asked. */
export async function loadView(
  parts: Omit<PrepareParts, 'uploads'>,
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
  parts: Pick<PrepareParts, 'definition' | 'lock' | 'sources' | 'clock' | 'adapters'>,
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

async function survey(
  parts: PrepareParts,
  view: TrustView,
  record: TrustRecord,
  { targets }: PlanOptions,
  signal: AbortSignal,
): Promise<readonly Surveyed[]> {
  const { pacers } = parts;
  const wanted = (name: string) => targets === undefined || targets.includes(name);
  unknownTargets(parts.definition, record, targets ?? []);
  const hands = (name: string, target: RecordedTarget | Omit<RecordedTarget, 'notes'>, notes: JsonObject) =>
    handsOf(
      adapterFor(parts.adapters, target.kind).bind(target.config, {
        definition: parts.definition.name,
        name,
        place: target.place,
        attach: target.attach,
        anchors: target.anchors,
      }),
      target.accountName,
      notes,
      { clock: parts.clock, uploads: parts.uploads, pacers },
    );
  const defined = parts.definition.targets
    .filter(({ name }) => wanted(name))
    .map((target) => {
      const { kind, place, accountName, attach, anchors, config } = target;
      const recorded = { kind, place, accountName, attach, anchors, config };
      return {
        leaving: false,
        recorded,
        hands: hands(target.name, recorded, record.targets[target.name]?.notes ?? {}),
      };
    });
  const names = new Set(parts.definition.targets.map(({ name }) => name));
  const leaving = Object.entries(record.targets)
    .filter(([name]) => !names.has(name) && wanted(name))
    .map(([name, target]) => ({ leaving: true, hands: hands(name, target, target.notes) }));
  const reads = createSharedReads();
  return Promise.all(
    [...defined, ...leaving].map((target) => look(target, view, parts.clock, signal, reads)),
  );
}

async function look(
  target: Pick<Surveyed, 'hands' | 'leaving' | 'recorded'>,
  view: TrustView,
  clock: Clock,
  signal: AbortSignal,
  reads: SharedReads,
): Promise<Surveyed> {
  const { bound } = target.hands;
  const trust = view.trusts.get(bound.context.name);
  try {
    const rendering = trust === undefined ? undefined : bound.render(trust, clock.now());
    const observation = await target.hands.observe(signal, { reads, afterWrite: false });
    return { ...target, ...defined({ rendering }), observation };
  } catch (error) {
    signal.throwIfAborted();
    return { ...target, failed: asTrustloomError(error) };
  }
}

function adapterFor(adapters: readonly Adapter[], key: string): Adapter {
  const adapter = adapters.find((candidate) => candidate.key === key);
  if (adapter === undefined) throw new TrustloomError('definition-value', `no adapter for ${key} was given`);
  return adapter;
}

function unknownTargets(definition: Definition, record: TrustRecord, asked: readonly string[]): void {
  const known = [...definition.targets.map(({ name }) => name), ...Object.keys(record.targets)];
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TrustloomError(
      'definition-value',
      `no target named ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
}
