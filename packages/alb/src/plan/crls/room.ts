import { caName, count, type Finding } from '@trustloom/core/adapter';
import type { AlbStep, StoredCrl } from '../../model.ts';
import { albInfo } from '../../service.ts';
import type { IssuerPlan } from './issuer.ts';

/**
 * Puts the writes for all CRLs of a store in order. Adding all comes first, so that every
 * revocation is in force early; where old and new CRLs do not fit the store together, each is
 * replaced before the next is added. One that does not even fit beside its own older issue is not
 * added: the older stays in force.
 *
 * @returns `planned`: those of the parts that have room
 */
export function arrange(
  parts: readonly IssuerPlan[],
  stored: readonly StoredCrl[],
): {
  readonly planned: readonly IssuerPlan[];
  readonly steps: readonly AlbStep[];
  readonly findings: readonly Finding[];
} {
  const added = parts.flatMap(addedBy);
  if (fit(stored.length + added.length, total(stored) + total(added)))
    return {
      planned: parts,
      steps: [
        ...parts.flatMap(({ drops }) => drops),
        ...parts.flatMap(({ adds }) => adds),
        ...parts.flatMap(({ removes }) => removes),
      ],
      findings: [],
    };
  const planned: IssuerPlan[] = [];
  const findings: Finding[] = [];
  let [number, sum] = [stored.length, total(stored)];
  for (const part of parts) {
    const added = addedBy(part);
    const most = {
      number: number - part.dropped.length + added.length,
      sum: sum - total(part.dropped) + total(added),
    };
    if (!fit(most.number, most.sum)) {
      if (added.length > 0) findings.push(noRoom(part, most));
      continue;
    }
    planned.push(part);
    number = most.number - part.removed.length;
    sum = most.sum - total(part.removed);
  }
  return {
    planned,
    steps: planned.flatMap(({ drops, adds, removes }) => [...drops, ...adds, ...removes]),
    findings,
  };
}

const { crls, crlEntries } = albInfo.limits;

function fit(number: number, sum: number): boolean {
  return number <= crls.max && sum <= crlEntries.max;
}

function total(crls: readonly { readonly entries: number }[]): number {
  return crls.reduce((sum, { entries }) => sum + entries, 0);
}

function addedBy({ adds, wanted: { crl } }: IssuerPlan): readonly { readonly entries: number }[] {
  return adds.map(() => ({ entries: crl.entryCount }));
}

function noRoom({ wanted: { issuer, crl } }: IssuerPlan, most: { number: number; sum: number }): Finding {
  return {
    code: 'crl-too-many-entries',
    severity: 'error',
    about: crl.sha256,
    message: `the new CRL of ${caName(issuer)} does not fit beside the older one, which goes only after it: ${count(most.number)} CRLs with ${count(most.sum)} entries; a store takes ${crls.max} with ${count(crlEntries.max)} (AWS can raise both). The older stays in force.`,
    source: crlEntries.source,
  };
}
