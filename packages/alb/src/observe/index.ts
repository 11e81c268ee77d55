import {
  type Finding,
  type Io,
  ifReadable,
  isOwned,
  type Observation,
  type ObservedAttachment,
  type ObservedCrl,
  observedCa,
  observedCrl,
  parseBundle,
  parseCrl,
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
  const [listeners, stores] = await Promise.all([
    readListeners(target, port, io),
    readStores(target, port, io),
  ]);
  const used = (store: StoredStore) => listeners.found.some((listener) => listener.store === store.arn);
  const sorted = [...stores].sort((a, b) => Number(used(b)) - Number(used(a)) || (a.name < b.name ? -1 : 1));
  const [store] = sorted;
  return {
    state: { stores: sorted, listeners: listeners.found },
    pending: sorted.filter(({ active }) => !active).map(({ name }) => `trust store ${name} is CREATING`),
    content: {
      exists: store !== undefined,
      cas: store?.readable === false ? 'unknown' : (store?.cas ?? []).map(observedCa),
      crls: (store?.crls ?? []).map(heldCrl),
      owned: sorted.some((one) => one.owned),
      attachments: listeners.found.map((listener) => observedAttachment(listener, stores)),
      bypasses: listeners.bypasses,
      endpoints: listeners.endpoints,
      findings: [...listeners.findings, ...unreadableParts(stores)],
      unmet: listeners.unmet,
    },
  };
}

async function readStores(target: AlbTarget, port: AlbPort, io: Io): Promise<readonly StoredStore[]> {
  const { listed, tags } = await io.shared('stores', async () => {
    const stores = await port.stores();
    return { listed: stores, tags: await port.tags(stores.map(({ arn }) => arn)) };
  });
  const found = listed
    .map((store) => ({ ...store, owned: isOwned(tags.get(store.arn) ?? {}, io.context) }))
    .filter(({ arn, owned }) => owned || arn === target.trustStore);
  const otherUsersOf = async (arn: string) =>
    found.length < 2 ? [] : (await port.associations(arn)).filter((user) => !target.listeners.includes(user));
  return Promise.all(
    found.map(async (store) => readStore({ ...store, otherUsers: await otherUsersOf(store.arn) }, port, io)),
  );
}

async function readStore(
  store: ListedStore & Pick<StoredStore, 'owned' | 'otherUsers'>,
  port: AlbPort,
  io: Io,
): Promise<StoredStore> {
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
): ObservedAttachment {
  const foreign = mode === 'verify' && store !== undefined && !stores.some(({ arn }) => arn === store);
  return {
    id,
    mode: foreign ? 'verify with a store without our ownership tags' : mode,
    enforcing: mode === 'verify',
    ignoresExpiry,
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
