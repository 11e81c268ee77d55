import { count, type Finding } from '@trustloom/core';
import type { DesiredKeys } from './keys/desired.ts';
import type { Layout } from './keys/layout.ts';
import type { KeyChanges } from './keys/reconcile.ts';

/** Why the store in use has to make way for a new one, as far as clients notice. */
export function storeFindings(
  layout: Layout | undefined,
  changes: KeyChanges | undefined,
  keys: DesiredKeys,
): readonly Finding[] {
  return [
    ...(changes === undefined ? [] : fullFindings(changes)),
    ...(layout === undefined ? [] : denialFindings(layout, keys)),
  ];
}

function fullFindings({ overflowing }: KeyChanges): readonly Finding[] {
  if (overflowing.length === 0) return [];
  return [
    {
      code: 'keys-full',
      severity: 'error',
      message: `${overflowing.length} buckets of the key value store are full, so some serials wait for a new store; apply makes one`,
    },
  ];
}

/** What the form `compact` promises to valid clients: zero only where every serial was looked at. */
export function boundOf({ form, inventory, kept }: DesiredKeys, layout: Layout): string {
  if (form === 'exact') return '';
  const { count: wrong } = inventory.wrongDenials(layout);
  if (inventory.issued === 0 || wrong > 0)
    return '; each valid certificate is refused by mistake with a chance of at most 2^-41';
  const some = inventory.complete && !kept ? '' : ' at hand';
  return `; of the ${count(inventory.issued)} issued serials${some}, none is refused by mistake`;
}

/** News can make a valid serial look like a revoked one; a store with another seed tells them apart. */
function denialFindings(layout: Layout, { form, inventory, kept }: DesiredKeys): readonly Finding[] {
  if (layout.form !== form) return [];
  const { count, first } = inventory.wrongDenials(layout);
  if (first === undefined) return [];
  const more = count === 1 ? '' : ` and ${count - 1} more`;
  return [
    {
      code: 'keys-wrong-denial',
      severity: 'error',
      thing: first,
      message: `the valid serial ${first} of the inventory${more} looks like a revoked one in the key value store, so its client is refused; ${
        kept ? 'once all lists are at hand, apply makes a new store' : 'apply makes a new store'
      } that tells them apart`,
    },
  ];
}
