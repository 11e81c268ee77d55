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
import { marksOf } from './names.ts';
import type { AlbPort } from './port.ts';

/** Does one step: at most one write. */
export async function performAlb({ input }: Step, port: AlbPort, io: Io): Promise<Receipt> {
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
    case 'add-list':
      return { result: { id: await port.addList(text(input.store), location(input.list)) } };
    case 'remove-lists': {
      const { id, entries } = isJsonObject(input.verify) ? input.verify : {};
      const lists = await port.lists(text(input.store));
      const newer = lists.find((list) => list.id === id);
      if (newer === undefined || newer.entries !== entries) {
        throw new TrustloomError(
          'object-changed',
          'the newer list is not there with all its entries; the older one stays until it is',
        );
      }
      const ids = Array.isArray(input.ids)
        ? input.ids.filter((one): one is number => typeof one === 'number')
        : [];
      await port.removeLists(text(input.store), ids);
      return { result: {} };
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
      await port.deleteStore(text(input.store));
      return { result: {} };
    case 'tag':
      await port.tag(text(input.store), { ...marksOf(io.context) });
      return { result: {} };
    default:
      throw new TrustloomError('contract-broken', 'alb: unknown step');
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
