import {
  type Finding,
  type Io,
  ifReadable,
  type Observation,
  type ObservedAttachment,
  type ObservedCrl,
  observedCa,
  observedCrl,
  ownerOf,
  parseBundle,
  parseCrl,
  readTag,
  type Tags,
  type TargetContext,
} from '@trustloom/core/adapter';
import type { ListedStore, Observed, StoredCrl, StoredListener, StoredStore } from '../model.ts';
import type { AlbPort } from '../port/index.ts';
import type { AlbTarget } from '../target.ts';
import { recallCrl } from './crl-memory.ts';
import { readListeners } from './load-balancers.ts';

/**
 * Reads what the target holds: our store with its CAs and CRLs, the listeners, and the bypasses
 * beside them.
 */
export async function observeAlb(target: AlbTarget, port: AlbPort, io: Io): Promise<Observation<Observed>> {
  const listed = await io.shared('stores', async () => {
    const found = await port.stores();
    const tags = await port.tags(found.map(({ arn }) => arn));
    return found.map((store) => ({ ...store, tags: tags.get(store.arn) ?? {} }));
  });
  const [listeners, stores] = await Promise.all([
    readListeners(target, port, io),
    readStores(listed, target, port, io),
  ]);
  const adopted = listed.find(({ arn }) => arn === target.trustStore);
  const ownedByAnother = adopted !== undefined && ownerOf(adopted.tags, io.context) === 'another';
  const used = (store: StoredStore) => listeners.found.some((listener) => listener.store === store.arn);
  const sorted = [...stores].sort((a, b) => Number(used(b)) - Number(used(a)) || (a.name < b.name ? -1 : 1));
  const [store] = sorted;
  return {
    state: { stores: sorted, listeners: listeners.found, ownedByAnother },
    pending: sorted.filter(({ active }) => !active).map(({ name }) => `trust store ${name} is CREATING`),
    content: {
      exists: store !== undefined,
      cas: store?.readable === false ? 'unknown' : (store?.cas ?? []).map(observedCa),
      crls: (store?.crls ?? []).map(heldCrl),
      owned: sorted.some((one) => one.owned),
      attachments: listeners.found.map((listener) => observedAttachment(listener, stores, target)),
      bypasses: listeners.bypasses,
      endpoints: listeners.endpoints,
      findings: [...listeners.findings, ...unreadableParts(stores)],
      unmet: [
        ...listeners.unmet,
        ...(ownedByAnother ? [taken(adopted, `the trust store ${adopted.name}`)] : []),
        ...takenListeners(listeners.found, listed, io.context),
      ],
    },
  };
}

/** A store as it is listed, with its tags. */
type TaggedStore = ListedStore & { readonly tags: Tags };

async function readStores(
  listed: readonly TaggedStore[],
  target: AlbTarget,
  port: AlbPort,
  io: Io,
): Promise<readonly StoredStore[]> {
  const found = listed.flatMap(({ tags, ...store }) => {
    const owner = ownerOf(tags, io.context);
    const isToAdopt = owner === 'none' && store.arn === target.trustStore;
    return owner === 'us' || isToAdopt ? [{ ...store, owned: owner === 'us' }] : [];
  });
  const otherUsersOf = async ({ arn, active }: ListedStore) =>
    active ? (await port.associations(arn)).filter((user) => !target.listeners.includes(user)) : [];
  return Promise.all(
    found.map(async (store) => {
      const [otherUsers, read] = await Promise.all([otherUsersOf(store), readStore(store, port, io)]);
      return { ...read, otherUsers };
    }),
  );
}

async function readStore(
  store: ListedStore & Pick<StoredStore, 'owned'>,
  port: AlbPort,
  io: Io,
): Promise<Omit<StoredStore, 'otherUsers'>> {
  if (!store.active) return { ...store, readable: true, cas: [], crls: [] };
  const [bundle, listed] = await Promise.all([port.bundle(store.arn), port.crls(store.arn)]);
  const crls = await Promise.all(
    listed.map(async ({ id, entries }): Promise<StoredCrl> => {
      const known = await recallCrl(store.arn, { id, entries }, io);
      if (known !== undefined) return { id, entries, crl: known };
      const content = await port.crl(store.arn, id);
      return { id, entries, crl: ifReadable(() => parseCrl(content, store.name)) };
    }),
  );
  const cas = ifReadable(() => parseBundle(bundle, store.name))?.certificates;
  return { ...store, readable: cas !== undefined, cas: cas ?? [], crls };
}

/** As the service counts its entries. */
function heldCrl({ entries, crl, id }: StoredCrl): ObservedCrl {
  if (crl === undefined)
    return { sha256: `revocation ${id}`, issuer: 'unreadable CRL', entries, inForce: true };
  return { ...observedCrl(crl, true), entries };
}

function observedAttachment(
  { arn: id, mode, store, ignoreExpiry: ignoresExpiry }: StoredListener,
  stores: readonly StoredStore[],
  target: AlbTarget,
): ObservedAttachment {
  const foreign = mode === 'verify' && store !== undefined && !stores.some(({ arn }) => arn === store);
  return {
    id,
    mode: foreign ? 'verify with a store without our ownership tags' : mode,
    enforcing: mode === 'verify',
    shouldEnforce: target.mode === 'verify',
    ...(foreign ? { otherStore: `trust store ${store}` } : {}),
    ignoresExpiry,
  };
}

/**
 * Listeners that verify clients with the store of another definition: each apply would take them
 * from the other. Within a definition no two targets claim one.
 */
function takenListeners(
  listeners: readonly StoredListener[],
  listed: readonly TaggedStore[],
  context: TargetContext,
): readonly Finding[] {
  if (context.attach === 'external') return [];
  return listeners
    .filter(({ mode }) => mode === 'verify')
    .flatMap(({ arn, store }) => {
      const used = listed.find((one) => one.arn === store);
      if (used === undefined) return [];
      const whose = { ...context, id: readTag(used.tags, 'target') ?? context.id };
      return ownerOf(used.tags, whose) === 'another'
        ? [taken(used, `${arn} verifies clients with the trust store ${used.name}, which`, arn)]
        : [];
    });
}

function taken({ arn, tags }: TaggedStore, what: string, about = arn): Finding {
  const [definition, target] = [readTag(tags, 'definition'), readTag(tags, 'target')];
  return {
    code: 'owned-by-another',
    severity: 'error',
    about,
    message: `${what} belongs to target ${target} of definition ${definition} by its ownership tags; take it out of that one first`,
  };
}

function unreadableParts(stores: readonly StoredStore[]): readonly Finding[] {
  return stores.flatMap(({ arn, name, readable, crls }) => {
    const findings: Finding[] = [];
    if (!readable)
      findings.push({
        code: 'bundle-unreadable',
        severity: 'warning',
        about: arn,
        message: `the bundle of ${name} cannot be read, so whom it trusts is unknown`,
      });
    for (const { id } of crls.filter(({ crl }) => crl === undefined))
      findings.push({
        code: 'crl-malformed',
        severity: 'warning',
        about: arn,
        message: `CRL ${id} of ${name} cannot be read; it stays, since what it revokes is unknown`,
      });
    return findings;
  });
}
