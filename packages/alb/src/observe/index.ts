import {
  defined,
  type Finding,
  type Io,
  isOwned,
  isTrustloomError,
  type Observation,
  type ObservedAttachment,
  type ObservedCrl,
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
      cas:
        store?.readable === false
          ? 'unknown'
          : (store?.cas ?? []).map((certificate) => ({
              sha256: certificate.sha256,
              subject: certificate.subject.text,
              certificate,
            })),
      crls: (store?.crls ?? []).map(observedCrl),
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
      return { id, entries, crl: known ?? readable(parseCrl, await port.crl(store.arn, id), store.name) };
    }),
  );
  const cas = readable(parseBundle, bundle, store.name)?.certificates;
  return { ...store, readable: cas !== undefined, cas: cas ?? [], crls };
}

/**
 * What somebody else put there may not be readable by our rules: undefined, and reported as a
 * finding.
 */
function readable<T>(
  parse: (content: Uint8Array, name: string) => T,
  content: Uint8Array,
  name: string,
): T | undefined {
  try {
    return parse(content, name);
  } catch (error) {
    if (isTrustloomError(error) && error.kind !== 'bug') return undefined;
    throw error;
  }
}

function observedCrl({ entries, crl, id }: StoredCrl): ObservedCrl {
  if (crl === undefined)
    return { sha256: `revocation ${id}`, issuer: 'unreadable CRL', entries, inForce: true };
  const { sha256, issuer, thisUpdate, nextUpdate } = crl;
  return {
    sha256,
    issuer: issuer.text,
    entries,
    thisUpdate,
    ...defined({ nextUpdate }),
    inForce: true,
    crl,
  };
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
