import { isOlderIssue, type Step } from '@trustloom/core';
import { reachedKeys } from './exposure.ts';
import type { HeldList } from './plan-list.ts';
import type { Desired, StoreRef } from './state.ts';

/**
 * Lists that somebody let go, since their CA had stopped publishing, and earlier ones of the same CA: they go by the consent to that. What
 * the CA issued later stays, and so does everything of a CA of which a list is wanted again.
 */
export function planLetGo(
  desired: Desired,
  held: readonly HeldList[],
  { store, suffix = '' }: { readonly store: StoreRef; readonly suffix?: string },
): readonly Step[] {
  const reached = reachedKeys(desired.cas, desired);
  const wanted = new Set(desired.lists.map(({ issuer }) => issuer.keySha256));
  return held.flatMap(({ id, crl, key = '' }): readonly Step[] => {
    const gone = desired.letGo.filter(({ keySha256 }) => keySha256 === key);
    const [first] = gone;
    if (crl === undefined || first === undefined || wanted.has(key) || !reached.has(key)) return [];
    if (gone.every((list) => isOlderIssue(list, crl))) return [];
    return [
      {
        id: `let-go:${id}${suffix}`,
        effect: 'readmit',
        things: gone.map(({ sha256 }) => sha256),
        mends: `the list of ${first.issuer} was let go, and still refuses whom it names`,
        action: 'elasticloadbalancing:RemoveTrustStoreRevocations',
        input: { do: 'remove-lists', store, ids: [id] },
        // A refresh may have put a newer one of the same CA beside it meanwhile.
        swapsRevocation: true,
      },
    ];
  });
}
