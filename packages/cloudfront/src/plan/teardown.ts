import type { FileVersion } from '@trustloom/core/adapter';
import type { CloudfrontStep, Observed } from '../model/index.ts';
import type { Copies } from '../revocation/copies.ts';

/** So many copies that nothing reads are worth a call to delete them. */
const worthACall = 10;

/**
 * The target left the definition: its distributions ask for no certificate any more, then all that
 * is ours goes.
 */
export function planTeardown(observed: Observed): readonly CloudfrontStep[] {
  const { store, fn, distributions } = observed;
  const ownStore = store?.owned === true ? store : undefined;
  const ownFunction = fn?.owned === true ? fn : undefined;
  const detach = distributions
    .filter(
      (distribution) =>
        (ownStore !== undefined && distribution.store === ownStore.id) ||
        (ownFunction !== undefined && distribution.fn === ownFunction.id),
    )
    .map(
      ({ id, mode }): CloudfrontStep<'set-mtls'> => ({
        id: `detach:${id}`,
        kind: 'set-mtls',
        effect: 'relax',
        affects: [`${id} mode=off`],
        summary: `set distribution ${id} from ${mode} to off`,
        reason: 'the target left the definition',
        action: 'cloudfront:UpdateDistribution',
        input: { distribution: id, mode: 'off', ignoreExpiry: false, advertise: false },
      }),
    );
  const after = detach.map(({ id }) => id);
  return [
    ...detach,
    ...(ownStore === undefined ? [] : [deleteStore(ownStore, after)]),
    ...deleteRevocation(observed, after),
  ];
}

/**
 * Deletes all of what refuses the revoked: our connection function, its KeyValueStores, and their
 * copies.
 */
export function deleteRevocation(
  { fn, keyValueStores, copies: { old, current, noted } }: Observed,
  after: readonly string[],
): readonly CloudfrontStep[] {
  const ownFunction = fn?.owned === true ? deleteFunction(fn, after) : undefined;
  const files = [...old, ...(current === undefined ? [] : [current])];
  return [
    ...(ownFunction === undefined ? [] : [ownFunction]),
    ...keyValueStores.map((one) =>
      deleteKeyValueStore(one, ownFunction === undefined ? after : [ownFunction.id]),
    ),
    ...(files.length === 0 ? [] : [deleteCopies(files, noted, after)]),
  ];
}

/**
 * Deletes copies of earlier states of a KeyValueStore, which each revoking write leaves behind,
 * once there are many.
 */
export function deleteOldCopies({ old, noted }: Copies): readonly CloudfrontStep[] {
  return old.length < worthACall ? [] : [deleteCopies(old, noted, [])];
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const cleanup = { effect: 'cleanup', reason: 'nothing uses it any more' } as const;

function deleteStore({ id, name }: Named, after: readonly string[]): CloudfrontStep<'delete-store'> {
  return {
    id: 'delete-store',
    kind: 'delete-store',
    ...cleanup,
    affects: [id],
    summary: `delete trust store ${name}`,
    action: 'cloudfront:DeleteTrustStore',
    input: { id },
    after,
  };
}

function deleteFunction({ id, name }: Named, after: readonly string[]): CloudfrontStep<'delete-function'> {
  return {
    id: 'delete-function',
    kind: 'delete-function',
    ...cleanup,
    affects: [id],
    summary: `delete connection function ${name}`,
    action: 'cloudfront:DeleteConnectionFunction',
    input: { id },
    after,
  };
}

/** Deletes a KeyValueStore of ours. */
export function deleteKeyValueStore(
  { name, arn }: { readonly name: string; readonly arn: string },
  after: readonly string[],
): CloudfrontStep<'delete-key-value-store'> {
  return {
    id: `delete-key-value-store:${name}`,
    kind: 'delete-key-value-store',
    ...cleanup,
    affects: [name],
    summary: `delete KeyValueStore ${name}`,
    action: 'cloudfront:DeleteKeyValueStore',
    input: { name, arn },
    after,
  };
}

function deleteCopies(
  files: readonly FileVersion[],
  noted: readonly FileVersion[],
  after: readonly string[],
): CloudfrontStep<'delete-copies'> {
  return {
    id: 'delete-copies',
    kind: 'delete-copies',
    ...cleanup,
    // Every refresh may add one: an approved plan must not go stale by it.
    affects: [],
    summary: `delete ${files.length === 1 ? 'a copy' : `${files.length} copies`} of the KeyValueStore in S3`,
    reason: 'nothing reads them any more',
    action: 's3:DeleteObjectVersion',
    input: { files, noted: [...new Set([...noted, ...files])] },
    after,
  };
}
