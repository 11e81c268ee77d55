import type { Service } from '../adapter/contract.ts';
import type { TargetDefinition } from '../definition/definition.ts';
import { accountRegionText } from '../util/account-region.ts';
import type { TargetRow } from './state.ts';

/** A target of the definition with what it was first called, and its row in the state. */
export interface IdentifiedTarget {
  readonly id: string;
  readonly target: TargetDefinition;
  /** Absent: the state does not know it yet. */
  readonly row?: TargetRow;
}

/** A row of the state that no target of the definition claims: removed, renamed, moved, changed. */
export interface LeavingTarget {
  readonly id: string;
  /** What it is called in texts and consents; no target of the definition has this name. */
  readonly name: string;
  readonly row: TargetRow;
}

/** Who is who: the targets of a definition beside the rows of the state. */
export interface IdentifiedTargets {
  readonly named: readonly IdentifiedTarget[];
  readonly leaving: readonly LeavingTarget[];
}

/** What a target has in common with its row, whatever both are called. */
type Located = Pick<TargetRow, 'kind' | 'accountRegion' | 'config'>;

/**
 * Knows targets again by service, account, region and what they are attached to, then by name: a
 * name alone is no identity. Pure.
 *
 * A target keeps its id for life, so that nothing that was made for it is named anew. What moved to
 * another account or region, or changed its kind, is another target: the old one is leaving.
 *
 * @param services those of all kinds that definition and state name
 */
export function identifyTargets(
  targets: readonly TargetDefinition[],
  rows: Readonly<Record<string, TargetRow>>,
  services: readonly Pick<Service, 'key' | 'attachments'>[],
): IdentifiedTargets {
  const left = new Map(Object.entries(rows));
  const attachmentsOf = ({ kind, config }: Located) =>
    services.find(({ key }) => key === kind)?.attachments(config) ?? [];
  const taken = new Map<TargetDefinition, string>();
  const take = (target: TargetDefinition, is: (row: TargetRow) => boolean) => {
    if (taken.has(target)) return;
    const found = [...left].find(([, row]) => isSameRegion(row, target) && is(row));
    if (found === undefined) return;
    left.delete(found[0]);
    taken.set(target, found[0]);
  };
  const isAttachedAs = (target: TargetDefinition) => {
    const claimed = attachmentsOf(target);
    return (row: TargetRow) => overlaps(attachmentsOf(row), claimed);
  };
  // Where a target was split, or two were joined, the one of the same name stays what it was.
  for (const target of targets) {
    const isAttached = isAttachedAs(target);
    take(target, (row) => row.name === target.name && isAttached(row));
  }
  for (const target of targets) take(target, isAttachedAs(target));
  for (const target of targets) take(target, (row) => row.name === target.name);
  for (const target of targets) take(target, (row) => row.name === target.was);
  const ids = new Set(Object.keys(rows));
  const named = targets.map((target): IdentifiedTarget => {
    const id = taken.get(target);
    const row = id === undefined ? undefined : rows[id];
    if (id !== undefined && row !== undefined) return { id, target, row };
    const fresh = freshId(target.name, ids);
    ids.add(fresh);
    return { id: fresh, target };
  });
  const names = new Set(targets.map(({ name }) => name));
  return {
    named,
    leaving: [...left].map(([id, row]) => {
      const name = leavingName(row, id, names);
      names.add(name);
      return { id, row, name };
    }),
  };
}

function isSameRegion(one: Located, other: Located): boolean {
  return (
    one.kind === other.kind && accountRegionText(one.accountRegion) === accountRegionText(other.accountRegion)
  );
}

function overlaps(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}

/** The name, or with a number where another target was first called so. */
function freshId(name: string, ids: ReadonlySet<string>): string {
  let id = name;
  for (let number = 2; ids.has(id); number += 1) id = `${name}-${number}`;
  return id;
}

/** `jobs`, or where another target is called so now, `jobs@eu-west-1`. */
function leavingName({ name, accountRegion }: TargetRow, id: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name;
  const withRegion = `${name}@${accountRegion.region}`;
  return names.has(withRegion) ? `${withRegion}/${id}` : withRegion;
}
