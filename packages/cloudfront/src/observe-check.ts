import type { Finding, HeldCrl, HeldEnforcement, Io } from '@trustloom/core';
import { defined } from '@trustloom/core';
import { generateConnectionFunction, readHead } from './connection-function/generate.ts';
import { readLayout } from './keys/layout.ts';
import { readListItem } from './keys/list-items.ts';
import { recallItems } from './keys-copy.ts';
import { carriesMarks, functionName, keysNamePrefix, markNote, markTags } from './names.ts';
import type { CloudfrontPort, DistributionFacts } from './port.ts';
import type { CheckPort, KeyStoreFacts } from './port-check.ts';
import type { KeysPort } from './port-keys.ts';
import { keysInUse, type Observed, type StoredFunction, type StoredKeys } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** The ports that observing and writing go through. */
export interface Ports {
  readonly cloudfront: CloudfrontPort;
  readonly check: CheckPort;
  readonly keys: KeysPort;
}

/** The function and the key value stores of a target, and what of them is not ready yet. */
export interface SeenCheck {
  readonly fn?: StoredFunction;
  readonly keys: readonly StoredKeys[];
  readonly pending: readonly string[];
}

/** Reads what refuses the revoked at a target. */
export async function observeCheck({ cloudfront, check, keys }: Ports, io: Io): Promise<SeenCheck> {
  const [functions, told, listed] = await Promise.all([
    io.shared('functions', check.functions),
    io.afterWrite ? undefined : io.shared('live functions', check.liveStores),
    io.shared('key value stores', check.keyStores),
  ]);
  const prefix = keysNamePrefix(io.context);
  const named = listed.filter(({ name }) => name.startsWith(prefix));
  const marked = await Promise.all(
    named.map(async (facts) => ({ facts, mark: await markOf(facts.arn, facts.arn, cloudfront, io) })),
  );
  const stores = await Promise.all(
    marked.flatMap(({ facts, mark }) => (mark === undefined ? [] : [readStore(facts, mark, keys, io)])),
  );
  const facts = functions.find(({ name }) => name === functionName(io.context));
  if (facts === undefined) return { keys: stores.map(({ store }) => store), pending: pendingOf(stores) };
  const [mark, live] = await Promise.all([
    markOf(facts.id, facts.arn, cloudfront, io),
    check.live(facts.id, told?.get(facts.id)),
  ]);
  return {
    fn: { id: facts.id, name: facts.name, ours: mark !== undefined, ...defined({ live }) },
    keys: stores.map(({ store }) => store),
    pending: [
      ...pendingOf(stores),
      ...(facts.publishing ? [`connection function ${facts.name} is PUBLISHING`] : []),
    ],
  };
}

/** Our mark on a function or a store: from the record where we made it, else from its tags. Undefined: it is not ours. */
async function markOf(
  id: string,
  arn: string,
  cloudfront: CloudfrontPort,
  { notes, context }: Io,
): Promise<string | undefined> {
  const note = notes[markNote(id)];
  if (typeof note === 'string') return note;
  const tags = await cloudfront.tags(arn);
  return carriesMarks(tags, context) ? (tags[markTags.layout] ?? '') : undefined;
}

interface SeenStore {
  readonly store: StoredKeys;
  readonly waits: boolean;
}

async function readStore(
  { name, arn, status }: KeyStoreFacts,
  mark: string,
  keys: KeysPort,
  io: Io,
): Promise<SeenStore> {
  const layout = readLayout(mark);
  const store = { name, arn, broken: /FAILED/.test(status), ...defined({ layout }) };
  if (status !== 'READY') return { store, waits: !store.broken };
  const held = await keys.read(arn, (etag) => recallItems(arn, etag, io));
  return { store: { ...store, ...defined({ held }) }, waits: held === undefined };
}

function pendingOf(stores: readonly SeenStore[]): readonly string[] {
  return stores
    .filter(({ waits }) => waits)
    .map(({ store }) => `key value store ${store.name} is PROVISIONING`);
}

/** How the revoked are refused, distribution by distribution. */
export function enforcementOf(
  found: readonly DistributionFacts[],
  observed: Observed,
  target: CloudfrontTarget,
): HeldEnforcement {
  if (target.mode === 'passthrough')
    return {
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['in passthrough CloudFront checks no certificate'],
    };
  const { fn } = observed;
  const broken = functionGap(observed, target.mode);
  const gaps = found.flatMap((distribution) => {
    if (distribution.mode === 'off') return [`${distribution.id} asks for no certificate`];
    if (distribution.fn === undefined) return [`${distribution.id} has no connection function`];
    if (distribution.fn !== fn?.id) return [`${distribution.id} has a connection function that is not ours`];
    return broken === undefined ? [] : [`${distribution.id}: ${broken}`];
  });
  const state =
    gaps.length === 0 && found.length > 0
      ? 'enforced'
      : gaps.length < found.length
        ? 'partly'
        : 'not-enforced';
  return { mechanism: 'function', state, gaps };
}

/** What keeps the live function from being the one that we would write; undefined when nothing does. */
function functionGap(observed: Observed, mode: 'required' | 'optional'): string | undefined {
  const { fn } = observed;
  if (fn?.ours !== true) return 'the connection function does not carry our mark';
  if (fn.live === undefined) return 'the connection function was never published';
  const head = readHead(fn.live.code);
  const ours =
    head === undefined
      ? undefined
      : generateConnectionFunction({ mode: head.mode, graceMs: head.graceSeconds * 1000 });
  if (head === undefined || ours !== fn.live.code)
    return 'the code of the connection function was changed, or is of another version';
  if (head.mode !== mode) return `the connection function is the one for ${head.mode}`;
  const store = keysInUse(observed);
  if (store === undefined) return 'the connection function reads a key value store that is not ours';
  return store.held?.items.has('head') === true
    ? undefined
    : 'the key value store lacks its head, so it refuses everybody';
}

/** The lists that the key value store carries, as it tells itself. */
export function carriedLists(observed: Observed): readonly HeldCrl[] {
  return [...(keysInUse(observed)?.held?.items ?? [])].flatMap(
    ([key, value]) => readListItem(key, value) ?? [],
  );
}

/** A function of somebody else has the name that we would use. */
export function foreignFunction({ fn }: SeenCheck): readonly Finding[] {
  if (fn === undefined || fn.ours) return [];
  return [
    {
      code: 'name-taken',
      severity: 'error',
      thing: fn.id,
      message: `a connection function named ${fn.name} exists and does not carry our mark; rename it`,
    },
  ];
}
