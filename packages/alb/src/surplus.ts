import type { Finding, Step } from '@trustloom/core';
import type { Observed, StoredStore } from './state.ts';
import { deleteStore } from './steps.ts';

/**
 * Stores of ours that nothing will use: one that was replaced, or what a run that was killed left behind.
 *
 * @param stores those that are not to stay
 * @param moves the steps on listeners, after which they use another store
 */
export function planSurplus(
  stores: readonly StoredStore[],
  observed: Observed,
  moves: readonly Step[],
): { readonly steps: readonly Step[]; readonly findings: readonly Finding[] } {
  const steps: Step[] = [];
  const findings: Finding[] = [];
  for (const store of stores) {
    const users = observed.listeners.filter((listener) => listener.store === store.arn).map(({ arn }) => arn);
    const moved = (arn: string) => moves.filter(({ input }) => input.arn === arn).map(({ id }) => id);
    // A listener that stays (an external one) keeps its store.
    if (users.some((arn) => moved(arn).length === 0)) continue;
    if (store.strangers.length > 0) {
      findings.push({
        code: 'attachment-foreign',
        severity: 'warning',
        thing: store.arn,
        message: `the store ${store.name} is replaced, but ${store.strangers.join(', ')} still uses it and is not named in the definition; the store stays as it is`,
      });
      continue;
    }
    steps.push(deleteStore(store, `the store ${store.name} is not used any more`, users.flatMap(moved)));
  }
  return { steps, findings };
}
