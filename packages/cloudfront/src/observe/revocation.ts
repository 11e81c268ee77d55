import {
  defined,
  type Finding,
  type Io,
  isOwned,
  type ObservedCrl,
  type ObservedDenial,
  type ObservedEnforcement,
  ownershipNote,
  readTag,
} from '@trustloom/core/adapter';
import {
  type Observed,
  type ObservedDistribution,
  type ObservedFunction,
  type ObservedKeyValueStore,
  storeInUse,
} from '../model/index.ts';
import { keyValueStorePrefix, objectName } from '../model/names.ts';
import type { CloudfrontPort } from '../port/index.ts';
import type { ListedKeyValueStore } from '../port/key-value-store.ts';
import { recallItems } from '../revocation/copies.ts';
import { crlsIn } from '../revocation/entries/crl-items.ts';
import { denialsIn } from '../revocation/entries/denials.ts';
import { readLayout } from '../revocation/entries/layout.ts';
import { manifestKey } from '../revocation/entries/manifest.ts';
import { generateConnectionFunction, readFunctionHeader } from '../revocation/function.ts';
import type { CloudfrontTarget } from '../target.ts';

/** The function and the KeyValueStores of a target, and what of them is not ready yet. */
export interface ObservedRevocation extends Pick<Observed, 'fn' | 'keyValueStores'> {
  readonly pending: readonly string[];
}

/** Reads what refuses the revoked at a target. */
export async function observeRevocation(port: CloudfrontPort, io: Io): Promise<ObservedRevocation> {
  const [functions, liveStores, listed] = await Promise.all([
    io.shared('functions', port.functions),
    io.afterWrite ? undefined : io.shared('live functions', port.liveStores),
    io.shared('key value stores', port.keyValueStores),
  ]);
  const prefix = keyValueStorePrefix(io.context);
  const named = listed.filter(({ name }) => name.startsWith(prefix));
  const tagged = await Promise.all(
    named.map(async (store) => ({ store, tag: await ownedAs(store.arn, store.arn, port, io) })),
  );
  const stores = await Promise.all(
    tagged.flatMap(({ store, tag }) => (tag === undefined ? [] : [readStore(store, tag, port, io)])),
  );
  const keyValueStores = stores.map(({ store }) => store);
  const pending = stores
    .filter(({ waits }) => waits)
    .map(({ store }) => `KeyValueStore ${store.name} is PROVISIONING`);
  const fn = functions.find(({ name }) => name === objectName(io.context));
  if (fn === undefined) return { keyValueStores, pending };
  const { id, arn, name, publishing } = fn;
  const [tag, live] = await Promise.all([ownedAs(id, arn, port, io), port.live(id, liveStores?.get(id))]);
  return {
    fn: { id, name, owned: tag !== undefined, ...defined({ live }) },
    keyValueStores,
    pending: [...pending, ...(publishing ? [`connection function ${name} is PUBLISHING`] : [])],
  };
}

/**
 * The note or layout tag of a function or a store of ours: from the state where we made it, else
 * from its tags. Undefined: not ours.
 */
async function ownedAs(
  id: string,
  arn: string,
  port: CloudfrontPort,
  { notes, context }: Io,
): Promise<string | undefined> {
  const note = notes[ownershipNote(id)];
  if (typeof note === 'string') return note;
  const tags = await port.tags(arn);
  return isOwned(tags, context) ? (readTag(tags, 'layout') ?? '') : undefined;
}

async function readStore(
  { name, arn, status }: ListedKeyValueStore,
  tag: string,
  port: CloudfrontPort,
  io: Io,
): Promise<{ readonly store: ObservedKeyValueStore; readonly waits: boolean }> {
  const store = { name, arn, ...defined({ layout: readLayout(tag) }) };
  // One whose import failed will never be ready.
  if (status !== 'READY') return { store, waits: !/FAILED/.test(status) };
  const held = await port.items(arn, (etag) => recallItems(arn, etag, io));
  return { store: { ...store, ...defined({ held }) }, waits: held === undefined };
}

/** How the revoked are refused, distribution by distribution. */
export function enforcementOf(
  found: readonly ObservedDistribution[],
  observed: Observed,
  target: CloudfrontTarget,
): ObservedEnforcement {
  if (target.mode === 'passthrough')
    return {
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['in passthrough CloudFront checks no certificate'],
    };
  const broken = functionGap(observed, target.mode);
  const gaps = found.flatMap(({ id, mode, fn }) => {
    if (mode === 'off') return [`${id} asks for no certificate`];
    if (fn === undefined) return [`${id} has no connection function`];
    if (fn !== observed.fn?.id) return [`${id} has a connection function that is not ours`];
    return broken === undefined ? [] : [`${id}: ${broken}`];
  });
  const state =
    gaps.length === 0 && found.length > 0
      ? 'enforced'
      : gaps.length < found.length
        ? 'partly'
        : 'not-enforced';
  return { mechanism: 'function', state, gaps };
}

/**
 * What keeps the live function from being the one that we would write; undefined when nothing does.
 */
function functionGap(observed: Observed, mode: 'required' | 'optional'): string | undefined {
  const { fn } = observed;
  if (fn?.owned !== true) return 'the connection function does not carry our ownership tag';
  if (fn.live === undefined) return 'the connection function was never published';
  const header = readFunctionHeader(fn.live.code);
  if (
    header === undefined ||
    fn.live.code !== generateConnectionFunction({ mode: header.mode, graceMs: header.graceSeconds * 1000 })
  )
    return 'the code of the connection function was changed, or is of another version';
  if (header.mode !== mode) return `the connection function is the one for ${header.mode}`;
  const store = storeInUse(observed);
  if (store === undefined) return 'the connection function reads a KeyValueStore that is not ours';
  return store.held?.items.has(manifestKey) === true
    ? undefined
    : 'the KeyValueStore lacks its manifest, so it refuses everybody';
}

/** The CRLs that went into the KeyValueStore in use, as its items describe them. */
export function enforcedCrls(observed: Observed): readonly ObservedCrl[] {
  return crlsIn(storeInUse(observed)?.held?.items ?? new Map());
}

/** The denials that stores of ours hold, each once, as the one in use has them first. */
export function heldDenials(observed: Observed): readonly ObservedDenial[] {
  const inUse = storeInUse(observed);
  const stores = [inUse, ...observed.keyValueStores.filter((store) => store !== inUse)];
  const found = stores.flatMap((store) => denialsIn(store?.held?.items ?? new Map())).reverse();
  return [
    ...new Map(
      found.map(({ issuer: _, ...one }) => [`${one.caKey} ${one.serial} ${one.origin}`, one] as const),
    ).values(),
  ];
}

/** A function of somebody else has the name that we would use. */
export function foreignFunction(fn: ObservedFunction | undefined): readonly Finding[] {
  if (fn === undefined || fn.owned) return [];
  return [
    {
      code: 'name-taken',
      severity: 'error',
      about: fn.id,
      message: `a connection function named ${fn.name} exists and does not carry our ownership tag; rename it`,
    },
  ];
}
