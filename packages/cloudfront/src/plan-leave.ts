import type { JsonObject, Step, TargetPlan } from '@trustloom/core';
import { planLastCopies } from './plan-copies.ts';
import type { Observed } from './state.ts';

/** The target left the definition: its distributions ask for no certificate any more, then all that is ours goes. */
export function planLeaving({ store, fn, keys, distributions, copies }: Observed): TargetPlan<JsonObject> {
  const ours = store?.ours === true ? store : undefined;
  const ourFunction = fn?.ours === true ? fn : undefined;
  const detach = distributions
    .filter(
      (distribution) =>
        (ours !== undefined && distribution.store === ours.id) ||
        (ourFunction !== undefined && distribution.fn === ourFunction.id),
    )
    .map(
      ({ id }): Step => ({
        id: `detach:${id}`,
        effect: 'open',
        things: [`${id} mode=off`],
        mends: `the target left the definition, and ${id} still asks for certificates`,
        action: 'cloudfront:UpdateDistribution',
        input: { do: 'set-mtls', id, mode: 'off', ignoreExpiry: false, advertise: false },
      }),
    );
  const after = detach.map(({ id }) => id);
  const clean = [
    ...(ours === undefined
      ? []
      : [
          cleanStep(
            'delete-store',
            'cloudfront:DeleteTrustStore',
            `the store ${ours.name}`,
            { id: ours.id },
            after,
          ),
        ]),
    ...(ourFunction === undefined ? [] : [deleteFunction(ourFunction, after)]),
    ...keys.map((one) => deleteKeys(one, ourFunction === undefined ? after : ['delete-function'])),
    ...planLastCopies(copies, after),
  ];
  return { steps: [...detach, ...clean], findings: [] };
}

/** Deletes our connection function. */
export function deleteFunction(
  fn: { readonly id: string; readonly name: string },
  after: readonly string[],
): Step {
  return cleanStep(
    'delete-function',
    'cloudfront:DeleteConnectionFunction',
    `the connection function ${fn.name}`,
    { id: fn.id },
    after,
  );
}

/** Deletes a key value store of ours. */
export function deleteKeys(
  { name, arn }: { readonly name: string; readonly arn: string },
  after: readonly string[],
): Step {
  return {
    ...cleanStep(
      `delete-keys:${name}`,
      'cloudfront:DeleteKeyValueStore',
      `the key value store ${name}`,
      { name },
      after,
    ),
    input: { do: 'delete-keys', name, arn },
    things: [name],
  };
}

function cleanStep(
  id: 'delete-store' | 'delete-function' | `delete-keys:${string}`,
  action: string,
  what: string,
  input: Readonly<Record<string, string>>,
  after: readonly string[],
): Step {
  return {
    id,
    effect: 'clean',
    things: [input.id ?? ''],
    mends: `nothing needs ${what} any more, and it is still there`,
    action,
    input: { do: id, ...input },
    after,
  };
}
