import type { Finding, Step } from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import { keysLetGo, planLetGo } from './plan-let-go.ts';
import { deleteList, type ListPlan, planKept, planOne, type Where } from './plan-list.ts';
import type { DesiredAnchor, StoredList, WithheldList } from './state.ts';
import { ids } from './steps.ts';

const slots = rolesAnywhereFacts.limits.crlLists.max;

/**
 * The lists of one anchor: one per issuer key, updated in place. Ours are known by their mark; one of somebody else is never touched,
 * and never counts as ours. A list of ours whose CA no longer reaches the anchor goes; one that merely lost its source stays.
 */
export function planLists(wanted: DesiredAnchor, held: readonly StoredList[], where: Where): ListPlan {
  const marked = (key: string) => held.filter(({ mark }) => mark === key);
  const parts = [
    ...wanted.lists.map((list) => planOne(wanted, list, marked(list.issuer.keySha256), where)),
    ...wanted.withheld.map((list) => planKept(wanted, list, marked(list.issuer.keySha256))),
    ...keysLetGo(wanted).map((key) => planLetGo(wanted, key, marked(key))),
  ];
  const idle = held.filter(({ mark }) => mark !== undefined && !wanted.keys.includes(mark));
  const room = makeRoom(
    wanted,
    held,
    idle,
    parts.flatMap(({ steps }) => steps),
  );
  const cleans = [
    ...parts.flatMap((part) => part.cleans),
    ...idle.map((list) =>
      deleteList(list, 'clean', `the list ${list.name} is of no CA that reaches its anchor`),
    ),
  ];
  const crowded = room.missing.length > 0;
  return {
    steps: room.steps,
    cleans: cleans.filter(({ id }) => !room.steps.some((step) => step.id === id)),
    missing: [...parts.flatMap(({ missing }) => missing), ...room.missing],
    findings: [
      ...parts.flatMap(({ findings }) => findings),
      ...held.filter(({ mark }) => mark === undefined).map((list) => foreignFinding(list, crowded)),
    ],
  };
}

/** An anchor takes two lists: ours that are of no use go first where room is needed; what then does not fit is left out. */
function makeRoom(
  { lists, letGo }: DesiredAnchor,
  held: readonly StoredList[],
  idle: readonly StoredList[],
  steps: readonly Step[],
): Pick<ListPlan, 'steps' | 'missing'> {
  const imports = steps.filter(({ input }) => input.do === 'import-list');
  const over = Math.max(0, held.length + imports.length - slots);
  if (over === 0) return { steps, missing: [] };
  const empty = new Set([
    ...lists.filter(({ crl }) => crl.entryCount === 0).map(({ issuer }) => issuer.keySha256),
    ...letGo.map(({ keySha256 }) => keySha256),
  ]);
  const useless = [
    ...idle,
    ...held.filter(({ mark, enabled }) => mark !== undefined && empty.has(mark) && !enabled),
  ];
  const gone = useless
    .slice(0, over)
    .map((list) => deleteList(list, 'revoke', `the list ${list.name} is in the way of one that is needed`));
  const fit = imports.length - (over - gone.length);
  const left = imports.slice(Math.max(0, fit));
  return {
    steps: [
      ...gone,
      ...steps
        .filter((step) => !left.includes(step))
        .map((step) =>
          imports.includes(step) ? { ...step, after: [...(step.after ?? []), ...ids(gone)] } : step,
        ),
    ],
    missing: lists
      .filter(({ crl }) => left.some(({ things }) => things.includes(crl.sha256)))
      .map(({ issuer }): WithheldList => ({ issuer, why: 'anchor-foreign-list' })),
  };
}

function foreignFinding({ id, name }: StoredList, crowded: boolean): Finding {
  return {
    code: 'anchor-foreign-list',
    severity: crowded ? 'error' : 'warning',
    thing: id,
    message: `the list ${name} on an anchor of ours does not carry our mark${crowded ? `, and takes one of its ${slots} places: remove it` : ''}`,
  };
}
