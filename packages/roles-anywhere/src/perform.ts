import {
  type Handlers,
  type OwnershipTags,
  ownershipNote,
  type Receipt,
  TrustloomError,
} from '@trustloom/core/adapter';
import type { RolesAnywhereSteps } from './model.ts';
import type { RolesAnywherePort } from './port/index.ts';

/** One write for each kind of step. */
export const performRolesAnywhere: Handlers<RolesAnywhereSteps, RolesAnywherePort> = {
  'create-anchor': async (anchor, port) => created(await port.createAnchor(anchor), anchor.tags),
  'update-anchor': ({ id, pem }, port) => done(port.updateAnchor(id, pem)),
  async 'enable-anchor'({ id, arn, imported }, port, io) {
    const ids = imported.map((one) => io.value(one));
    if (ids.length > 0) await seenOn(io.value(arn), ids, port);
    return done(port.enableAnchor(io.value(id)));
  },
  'disable-anchor': ({ id }, port) => done(port.disableAnchor(id)),
  'delete-anchor': ({ id }, port) => deleted(port.deleteAnchor(id), id),
  'import-crl': async (crl, port, io) =>
    created(await port.importCrl({ ...crl, anchorArn: io.value(crl.anchorArn) }), crl.tags),
  'update-crl': ({ id, pem }, port) => done(port.updateCrl(id, pem)),
  'enable-crl': ({ id }, port) => done(port.enableCrl(id)),
  'disable-crl': ({ id }, port) => done(port.disableCrl(id)),
  'delete-crl': ({ id }, port, io) => deleted(port.deleteCrl(io.value(id)), io.value(id)),
};

/**
 * `ImportCrl` alone, of the calls that name an anchor, declares no error for one that does not
 * exist: what it said is not taken for what is so.
 */
async function seenOn(anchorArn: string, ids: readonly string[], port: RolesAnywherePort): Promise<void> {
  const held = await port.crls();
  const seen = ids.filter((id) =>
    held.some((crl) => crl.id === id && crl.enabled && crl.anchorArn === anchorArn),
  );
  if (seen.length < ids.length)
    throw new TrustloomError(
      'object-changed',
      'a CRL that was imported is not in force on the trust anchor, which stays disabled: without it revoked clients would be admitted',
    );
}

async function done(write: Promise<unknown>): Promise<Receipt<object>> {
  await write;
  return { output: {} };
}

async function deleted(write: Promise<unknown>, id: string): Promise<Receipt<object>> {
  return { ...(await done(write)), notes: { [ownershipNote(id)]: null } };
}

/**
 * What we made is remembered by its id: then no look at its tags is needed, and a new name does not
 * hide it.
 */
function created<Out extends { readonly id: string }>(output: Out, tags: OwnershipTags<'key'>): Receipt<Out> {
  return { output, notes: { [ownershipNote(output.id)]: tags['trustloom:key'] } };
}
