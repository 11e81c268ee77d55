import {
  type Certificate,
  type Crl,
  type Door,
  defined,
  type Endpoint,
  type Finding,
  type HeldAttachment,
  type HeldCrl,
  type Io,
  isTrustloomError,
  type Observation,
  parseBundle,
  parseCrl,
} from '@trustloom/core';
import { recallList } from './list-memory.ts';
import { balancerArn, carriesMarks } from './names.ts';
import type { AlbPort, ListedListener, ListedStore } from './port.ts';
import type { Observed, StoredList, StoredListener, StoredStore } from './state.ts';
import type { AlbTarget } from './target.ts';

/** Reads what the target holds: our store with its CAs and lists, the listeners, and the doors beside them. */
export async function observeAlb(target: AlbTarget, port: AlbPort, io: Io): Promise<Observation<Observed>> {
  const [balancers, stores] = await Promise.all([balancersOf(target, port, io), ownStores(target, port, io)]);
  const listeners = target.listeners.flatMap((arn): readonly StoredListener[] => {
    const found = balancers.get(balancerArn(arn))?.listeners.find((listener) => listener.arn === arn);
    if (found === undefined) return [];
    const { action: _, ...listener } = found;
    return [listener];
  });
  const unreadable = unreadableParts(stores);
  const used = (store: StoredStore) => listeners.some((listener) => listener.store === store.arn);
  const sorted = [...stores].sort((a, b) => Number(used(b)) - Number(used(a)) || (a.name < b.name ? -1 : 1));
  const [store] = sorted;
  const own = new Set(stores.map(({ arn }) => arn));
  return {
    state: { stores: sorted, listeners },
    pending: sorted.filter(({ active }) => !active).map(({ name }) => `trust store ${name} is CREATING`),
    holds: {
      exists: store !== undefined,
      cas:
        store?.readable === false
          ? 'unknown'
          : (store?.cas ?? []).map((certificate) => ({
              sha256: certificate.sha256,
              subject: certificate.subject.text,
              certificate,
            })),
      crls: (store?.lists ?? []).map(heldList),
      attachments: listeners.map((listener) => heldAttachment(listener, own)),
      doors: [...balancers.values()].flatMap((balancer) => doorsOf(balancer, target)),
      endpoints: listeners.flatMap(({ arn, port: number }): readonly Endpoint[] => {
        const host = balancers.get(balancerArn(arn))?.host;
        return host === undefined ? [] : [{ kind: 'tls', host, port: number }];
      }),
      findings: [...missingListeners(target, listeners), ...wrongProtocol(listeners), ...unreadable],
    },
  };
}

async function ownStores(target: AlbTarget, port: AlbPort, io: Io): Promise<readonly StoredStore[]> {
  const { listed, tags } = await io.shared('stores', async () => {
    const stores = await port.stores();
    return { listed: stores, tags: await port.tags(stores.map(({ arn }) => arn)) };
  });
  const found = listed
    .map((store) => ({ store, ours: carriesMarks(tags.get(store.arn) ?? {}, io.context) }))
    .filter(({ store, ours }) => ours || store.arn === target.trustStore);
  const strangersOf = async (arn: string) =>
    found.length < 2 ? [] : (await port.associations(arn)).filter((user) => !target.listeners.includes(user));
  return Promise.all(
    found.map(async ({ store, ours }) =>
      readStore({ ...store, ours, strangers: await strangersOf(store.arn) }, port, io),
    ),
  );
}

async function readStore(
  store: ListedStore & Pick<StoredStore, 'ours' | 'strangers'>,
  port: AlbPort,
  io: Io,
): Promise<StoredStore> {
  if (!store.active) return { ...store, readable: true, cas: [], lists: [] };
  const [bundle, lists] = await Promise.all([port.bundle(store.arn), port.lists(store.arn)]);
  const read = await Promise.all(
    lists.map(async ({ id, entries }): Promise<StoredList> => {
      const known = await recallList(store.arn, { id, entries }, io);
      return { id, entries, crl: known ?? listOf(await port.list(store.arn, id), store.name) };
    }),
  );
  const cas = casOf(bundle, store.name);
  return { ...store, readable: cas !== undefined, cas: cas ?? [], lists: read };
}

/** What somebody else put there may not be readable by our rules: undefined, and told as a finding. */
function casOf(bundle: Uint8Array, name: string): readonly Certificate[] | undefined {
  try {
    return parseBundle(bundle, name).certificates;
  } catch (error) {
    if (isTrustloomError(error) && error.kind !== 'bug') return undefined;
    throw error;
  }
}

function listOf(content: Uint8Array, name: string): Crl | undefined {
  try {
    return parseCrl(content, name);
  } catch (error) {
    if (isTrustloomError(error) && error.kind !== 'bug') return undefined;
    throw error;
  }
}

function heldList({ entries, crl, id }: StoredList): HeldCrl {
  if (crl === undefined)
    return { sha256: `revocation ${id}`, issuer: 'unreadable list', entries, inForce: true };
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

function heldAttachment(
  { arn, mode, store, ignoreExpiry }: StoredListener,
  own: ReadonlySet<string>,
): HeldAttachment {
  return {
    id: arn,
    mode:
      mode === 'verify' && store !== undefined && !own.has(store)
        ? 'verify with a store that is not ours'
        : mode,
    enforcing: mode === 'verify',
    ignoresExpiry: ignoreExpiry,
  };
}

/** A load balancer, as far as doors and endpoints need it. */
interface Balancer {
  readonly host: string;
  readonly listeners: readonly ListedListener[];
}

/** The load balancers of a target by ARN, each with all that it listens to: the doors, and the listeners of the target themselves. */
async function balancersOf(target: AlbTarget, port: AlbPort, io: Io): Promise<ReadonlyMap<string, Balancer>> {
  const arns = [...new Set(target.listeners.map(balancerArn))];
  const found = await Promise.all(
    arns.map(async (arn) => {
      const [listeners, told] = await Promise.all([
        io.shared(arn, () => port.listeners(arn)),
        io.shared('hosts', () => port.hosts()),
      ]);
      const host = told.get(arn) ?? (await port.hosts(arn)).get(arn);
      return [arn, { host: host ?? '', listeners }] as const;
    }),
  );
  return new Map(found);
}

/** Other listeners of the same load balancer that hand requests on without asking for a certificate. */
function doorsOf({ host, listeners }: Balancer, target: AlbTarget): readonly Door[] {
  return listeners
    .filter(({ arn }) => !target.listeners.includes(arn))
    .map(({ arn, protocol, port, mode, action }) => {
      const open = action !== 'redirect' && action !== 'fixed-response' && mode !== 'verify';
      return {
        id: arn,
        state: open ? 'open' : 'closed',
        what: `${protocol} port ${port} of ${host} ${open ? 'forwards without mutual TLS' : `answers with ${mode === 'verify' ? 'verify' : action}`}`,
      };
    });
}

function missingListeners(target: AlbTarget, found: readonly StoredListener[]): readonly Finding[] {
  return target.listeners
    .filter((arn) => !found.some((listener) => listener.arn === arn))
    .map((arn) => ({
      code: 'attachment-missing',
      severity: 'error',
      thing: arn,
      message: `the listener ${arn} does not exist; mend the definition, or make the listener`,
    }));
}

function wrongProtocol(found: readonly StoredListener[]): readonly Finding[] {
  return found
    .filter(({ protocol }) => protocol !== 'HTTPS')
    .map(({ arn, protocol }) => ({
      code: 'precondition',
      severity: 'error',
      thing: arn,
      message: `the listener ${arn} is ${protocol}; only HTTPS listeners ask for client certificates`,
      source: 'AWS: Mutual authentication with TLS in Application Load Balancer',
    }));
}

function unreadableParts(stores: readonly StoredStore[]): readonly Finding[] {
  return stores.flatMap(({ arn, name, readable, lists }): readonly Finding[] => [
    ...(readable
      ? []
      : [
          {
            code: 'bundle-unreadable',
            severity: 'warning',
            thing: arn,
            message: `the bundle of ${name} cannot be read, so nobody can tell whom it trusts`,
          } as const,
        ]),
    ...lists
      .filter(({ crl }) => crl === undefined)
      .map(
        ({ id }): Finding => ({
          code: 'crl-malformed',
          severity: 'warning',
          thing: arn,
          message: `list ${id} of ${name} cannot be read; it stays, since nobody can tell what it revokes`,
        }),
      ),
  ]);
}
