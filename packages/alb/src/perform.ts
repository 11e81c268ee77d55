import {
  type Io,
  isJsonObject,
  type Json,
  type JsonObject,
  type ObjectLocation,
  type Receipt,
  type Step,
  TrustloomError,
} from '@trustloom/core';
import { forgetLists, noteList } from './list-memory.ts';
import { marksOf } from './names.ts';
import type { AlbPort } from './port.ts';
import type { AlbTarget } from './target.ts';

/** Associations were seen to linger; another tool waits two minutes for them to end. */
const lingerLimitMs = 120_000;
const lingerStepMs = 2_000;

/**
 * Does one step: at most one write.
 *
 * @throws TrustloomError `object-changed` when a newer list is not seen whole, or a store is still in use; `precondition` when a listener
 *   that the target does not name uses it; and the codes of the port
 */
export async function performAlb(
  { input, effect }: Step,
  target: AlbTarget,
  port: AlbPort,
  io: Io,
): Promise<Receipt> {
  switch (input.do) {
    case 'create-store': {
      const arn = await port.createStore(text(input.name), location(input.bundle), {
        ...marksOf(io.context),
      });
      return { result: { arn }, settles: true };
    }
    case 'modify-store':
      await port.modifyStore(text(input.store), location(input.bundle));
      return { result: {}, settles: true };
    case 'add-list': {
      const [store, list] = [text(input.store), location(input.list)];
      const id = await port.addList(store, list);
      const added = { id, digest: text(input.digest), location: list };
      return { result: { id }, notes: await noteList(store, added, port, io) };
    }
    case 'remove-lists': {
      if (isJsonObject(input.verify) && !(await inForce(text(input.store), input.verify, port))) {
        throw new TrustloomError(
          'object-changed',
          'the newer list is not there with all its entries; the older one stays until it is',
        );
      }
      const ids = Array.isArray(input.ids)
        ? input.ids.filter((one): one is number => typeof one === 'number')
        : [];
      await port.removeLists(text(input.store), ids);
      return {
        result: {},
        ...(effect === 'revoke' ? { notes: forgetLists(text(input.store), ids, io) } : {}),
      };
    }
    case 'modify-listener': {
      const mode = input.mode === 'verify' || input.mode === 'passthrough' ? input.mode : 'off';
      const store = typeof input.store === 'string' ? input.store : undefined;
      await port.modifyListener({
        arn: text(input.arn),
        mode,
        store,
        ignoreExpiry: input.ignoreExpiry === true,
        advertise: input.advertise === true,
      });
      return { result: {} };
    }
    case 'delete-store':
      await unused(text(input.store), target, port, io);
      await port.deleteStore(text(input.store));
      return { result: {} };
    case 'tag':
      await port.tag(text(input.store), { ...marksOf(io.context) });
      return { result: {} };
    default:
      throw new TrustloomError('contract-broken', 'alb: unknown step');
  }
}

async function inForce(store: string, { id, entries }: JsonObject, port: AlbPort): Promise<boolean> {
  return (await port.lists(store)).some((list) => list.id === id && list.entries === entries);
}

/** Listeners linger for a while after they stopped using a store, and keep it from being deleted. */
async function unused(store: string, { listeners }: AlbTarget, port: AlbPort, io: Io): Promise<void> {
  for (let waited = 0; ; waited += lingerStepMs) {
    const users = await port.associations(store);
    const strangers = users.filter((arn) => !listeners.includes(arn));
    if (strangers.length > 0)
      throw new TrustloomError(
        'precondition',
        `the trust store ${store} is still used by ${strangers.join(', ')}, which the definition does not name; detach it, then apply again`,
      );
    if (users.length === 0) return;
    if (waited >= lingerLimitMs)
      throw new TrustloomError('object-changed', `the trust store ${store} is still used by a listener`);
    await io.clock.sleep(lingerStepMs, io.signal);
  }
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new TrustloomError('contract-broken', 'alb: a step lacks a value');
}

function location(value: Json | undefined): Required<ObjectLocation> {
  const { bucket, key, version }: JsonObject = isJsonObject(value) ? value : {};
  return { bucket: text(bucket), key: text(key), version: text(version) };
}
