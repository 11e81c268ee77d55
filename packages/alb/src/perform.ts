import { defined, type Handlers, type StepIo, TrustloomError } from '@trustloom/core/adapter';
import type { AlbSteps, StoredCount } from './model.ts';
import { forgetCrls, noteCrl } from './observe/crl-memory.ts';
import type { AlbPort } from './port/index.ts';

/** Associations were seen to linger; another tool waits two minutes for them to end. */
const lingerLimitMs = 120_000;
const lingerStepMs = 2_000;

/** What does each kind of step: at most one write. */
export const performAlb: Handlers<AlbSteps, AlbPort> = {
  async 'create-store'({ name, bundle, tags }, port, io) {
    return { output: { arn: await port.createStore(name, io.uploaded(bundle), tags) }, settles: true };
  },
  async 'modify-store'({ store, bundle }, port, io) {
    await port.modifyStore(io.value(store), io.uploaded(bundle));
    return { output: {}, settles: true };
  },
  async 'tag-store'({ store, tags }, port) {
    await port.tag(store, tags);
    return { output: {} };
  },
  async 'delete-store'({ store, listeners }, port, io) {
    await unused(store, listeners, port, io);
    await port.deleteStore(store);
    return { output: {} };
  },
  async 'add-crl'({ store, file }, port, io) {
    const [arn, location] = [io.value(store), io.uploaded(file)];
    const id = await port.addCrl(arn, location);
    return { output: { id }, notes: await noteCrl(arn, { id, digest: file.sha256, location }, port, io) };
  },
  async 'remove-crls'({ store, ids, newer, forget }, port, io) {
    const [arn, gone] = [io.value(store), ids.map((id) => io.value(id))];
    if (newer !== undefined && !(await isInForce(arn, newer, port, io)))
      throw new TrustloomError(
        'object-changed',
        'the newer CRL is not there with all its entries; the older one stays until it is',
      );
    await port.removeCrls(arn, gone);
    return { output: {}, ...defined({ notes: forget ? forgetCrls(arn, gone, io) : undefined }) };
  },
  async 'modify-listener'({ store, ...settings }, port, io) {
    await port.modifyListener({
      ...settings,
      ...defined({ store: store === undefined ? undefined : io.value(store) }),
    });
    return { output: {} };
  },
};

async function isInForce(store: string, newer: StoredCount, port: AlbPort, io: StepIo): Promise<boolean> {
  const id = io.value(newer.id);
  return (await port.crls(store)).some((crl) => crl.id === id && crl.entries === newer.entries);
}

/** Listeners linger for a while after they stopped using a store, and keep it from being deleted. */
async function unused(store: string, listeners: readonly string[], port: AlbPort, io: StepIo): Promise<void> {
  for (let waited = 0; ; waited += lingerStepMs) {
    const users = await port.associations(store);
    const others = users.filter((arn) => !listeners.includes(arn));
    if (others.length > 0)
      throw new TrustloomError(
        'precondition',
        `the trust store ${store} is still used by ${others.join(', ')}, which the definition does not name; detach it, then apply again`,
      );
    if (users.length === 0) return;
    if (waited >= lingerLimitMs)
      throw new TrustloomError('object-changed', `the trust store ${store} is still used by a listener`);
    await io.clock.sleep(lingerStepMs, io.signal);
  }
}
