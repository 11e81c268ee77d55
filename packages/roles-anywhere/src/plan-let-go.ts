import { isOlderIssue, type LetGoList, type Step } from '@trustloom/core';
import type { ListPlan } from './plan-list.ts';
import type { DesiredAnchor, StoredList } from './state.ts';

/** Keys of CAs of which nothing but lists that were let go is known. */
export function keysLetGo({ lists, withheld, letGo }: DesiredAnchor): readonly string[] {
  const known = new Set([...lists, ...withheld].map(({ issuer }) => issuer.keySha256));
  return [...new Set(letGo.map(({ keySha256 }) => keySha256))].filter((key) => !known.has(key));
}

/** What it takes that an anchor comes in force without lists that were let go. */
export function consentsToLetGo(wanted: DesiredAnchor): readonly string[] {
  const keys = keysLetGo(wanted);
  return wanted.letGo
    .filter(({ keySha256, entries }) => entries > 0 && keys.includes(keySha256))
    .map(({ sha256 }) => `readmit:${sha256}`);
}

/**
 * A list that somebody let go, since its CA had stopped publishing, is disabled by the consent to that, and stays on its anchor: the CA's
 * next one takes its place. One that the CA issued later stays in force.
 */
export function planLetGo({ letGo }: DesiredAnchor, key: string, held: readonly StoredList[]): ListPlan {
  const gone = letGo.filter(({ keySha256 }) => keySha256 === key);
  const steps = held
    .filter(
      ({ enabled, crl }) => enabled && crl !== undefined && !gone.every((list) => isOlderIssue(list, crl)),
    )
    .map((list) => disable(list, gone));
  return { steps, cleans: [], missing: [], findings: [] };
}

function disable({ id }: StoredList, gone: readonly LetGoList[]): Step {
  return {
    id: `let-go:${id}`,
    effect: 'readmit',
    things: gone.map(({ sha256 }) => sha256),
    mends: `the list of ${gone[0]?.issuer ?? 'a CA'} was let go, and still refuses whom it names`,
    action: 'rolesanywhere:DisableCrl',
    input: { do: 'disable-list', id },
    // A refresh may have put a newer one of the same CA in its place meanwhile.
    swapsRevocation: true,
  };
}
