import type { Finding, Step } from '@trustloom/core';
import { albFacts } from './facts.ts';
import type { PartPlan } from './plan-list.ts';
import type { StoredList } from './state.ts';

/**
 * Puts the writes for all lists of a store in order. Adding all comes first, so that every revocation is in force early; where old and
 * new lists do not fit the store together, each is replaced before the next is added. One that does not even fit beside its own older
 * issue is not added: the older stays in force.
 */
export function arrange(
  parts: readonly PartPlan[],
  held: readonly StoredList[],
): { readonly steps: readonly Step[]; readonly findings: readonly Finding[] } {
  const added = parts.flatMap((part) => part.added);
  if (fit(held.length + added.length, total(held) + entries(added)))
    return {
      steps: [
        ...parts.flatMap(({ drops }) => drops),
        ...parts.flatMap(({ adds }) => adds),
        ...parts.flatMap(({ removes }) => removes),
      ],
      findings: [],
    };
  const steps: Step[] = [];
  const findings: Finding[] = [];
  let count = held.length;
  let sum = total(held);
  for (const part of parts) {
    const before = { count: count - part.dropped.length, sum: sum - total(part.dropped) };
    const after = { count: before.count + part.added.length, sum: before.sum + entries(part.added) };
    if (!fit(after.count, after.sum)) {
      findings.push(...part.added.map((list) => noRoom(list.issuer.subject.text, list.crl.sha256, after)));
      continue;
    }
    steps.push(...part.drops, ...part.adds, ...part.removes);
    count = after.count - part.removed.length;
    sum = after.sum - total(part.removed);
  }
  return { steps, findings };
}

const { crlLists, crlEntries } = albFacts.limits;

function fit(count: number, sum: number): boolean {
  return count <= crlLists.max && sum <= crlEntries.max;
}

function total(lists: readonly StoredList[]): number {
  return lists.reduce((sum, list) => sum + list.entries, 0);
}

function entries(lists: PartPlan['added']): number {
  return lists.reduce((sum, { crl }) => sum + crl.entryCount, 0);
}

function noRoom(issuer: string, sha256: string, { count, sum }: { count: number; sum: number }): Finding {
  return {
    code: 'crl-too-many-entries',
    severity: 'error',
    thing: sha256,
    message: `the new list of ${issuer} does not fit beside the older one, which goes only after it: ${count} lists with ${sum} entries; a store takes ${crlLists.max} with ${crlEntries.max} (AWS can raise both). The older stays in force.`,
    source: crlEntries.source,
  };
}
