import {
  type FileVersion,
  type Handlers,
  type JsonObject,
  type ObjectLocation,
  ownershipNote,
} from '@trustloom/core/adapter';
import type { CloudfrontSteps } from './model/index.ts';
import type { CloudfrontPort } from './port/index.ts';

/** Does one step: one write. */
export const performCloudfront: Handlers<CloudfrontSteps, CloudfrontPort> = {
  async 'create-store'({ bundle, ...store }, port, io) {
    const location = io.uploaded({ sha256: bundle });
    const { id, etag } = await port.createTrustStore({ ...store, location });
    return { output: { id, etag }, notes: storeNotes(etag, bundle, location, store.ocsp), settles: true };
  },
  async 'update-store'({ bundle, id, ocsp, etag: expected }, port, io) {
    const location = io.uploaded({ sha256: bundle });
    const etag = await port.updateTrustStore({ id, location, ocsp, expected: io.value(expected) });
    return { output: { etag }, notes: storeNotes(etag, bundle, location, ocsp), settles: true };
  },
  async 'tag-store'({ arn, tags }, port) {
    await port.tag(arn, tags);
    return { output: {} };
  },
  async 'delete-store'({ id }, port) {
    await port.deleteTrustStore(id);
    return { output: {}, notes: { etag: null, bundle: null, location: null } };
  },
  async 'set-mtls'({ distribution, store, fn, ...settings }, port, io) {
    const mtls = {
      ...settings,
      store: store === undefined ? undefined : io.value(store),
      fn: fn === undefined ? undefined : io.value(fn),
    };
    await port.setMtls(distribution, mtls);
    return { output: {}, settles: true };
  },
  async 'create-key-value-store'({ name, file, layout, tags }, port, io) {
    const arn = await port.createKeyValueStore(name, io.uploaded({ sha256: file }), tags);
    return { output: { arn }, notes: { [ownershipNote(arn)]: layout }, settles: true };
  },
  async 'update-entries'({ copy, puts, deletes, ...store }, port, io) {
    const arn = io.value(store.arn);
    const expected = store.etag === undefined ? await port.itemsEtag(arn) : io.value(store.etag);
    const etag = await port.updateItems(arn, { puts, deletes }, expected);
    if (copy === undefined) return { output: { etag } };
    // Notes lie where a refresh may write them, so only revoking steps leave some: a store that is
    // only filled is read back.
    const { sha256, before } = copy;
    const entries = { arn, etag, sha256, location: { ...io.uploaded({ sha256 }) }, before: asJson(before) };
    return { output: { etag }, notes: { entries } };
  },
  async 'delete-key-value-store'({ name, arn }, port) {
    await port.deleteKeyValueStore(name);
    return { output: {}, notes: { [ownershipNote(arn)]: null } };
  },
  async 'delete-copies'({ files, noted }, _port, io) {
    await io.files.removeVersions(files);
    return { output: {}, notes: { cleaned: asJson(noted) } };
  },
  async 'create-function'({ store, ...made }, port, io) {
    const output = await port.createFunction({ ...made, store: io.value(store) });
    return { output, notes: { [ownershipNote(output.id)]: 'function' } };
  },
  async 'update-function'({ id, code, store }, port, io) {
    return { output: { etag: await port.updateFunction({ id, code, store: io.value(store) }) } };
  },
  async 'publish-function'({ id, etag }, port, io) {
    await port.publishFunction(io.value(id), io.value(etag));
    return { output: {}, settles: true };
  },
  async 'delete-function'({ id }, port) {
    await port.deleteFunction(id);
    return { output: {}, notes: { [ownershipNote(id)]: null } };
  },
};

/**
 * What the state remembers after our own write: the only way to know later what the store holds.
 */
function storeNotes(
  etag: string,
  bundle: string,
  location: Required<ObjectLocation>,
  ocsp: boolean,
): JsonObject {
  return { etag, bundle, location: { ...location }, ocsp };
}

const asJson = (files: readonly FileVersion[]) => files.map(({ key, version }) => ({ key, version }));
