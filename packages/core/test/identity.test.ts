import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TargetDefinition } from '../src/definition/definition.ts';
import { identifyTargets } from '../src/state/identity.ts';
import type { TargetRow } from '../src/state/state.ts';

const services = ['alb', 'rolesAnywhere'].map((key) => ({
  key,
  attachments: (config: object) => ('listeners' in config ? (config.listeners as readonly string[]) : []),
}));

interface Parts {
  readonly region?: string;
  readonly kind?: 'alb' | 'rolesAnywhere';
  readonly was?: string;
}

/** A target of a definition; a Roles Anywhere target where it has no listeners. */
function target(name: string, listeners: readonly string[], parts: Parts = {}): TargetDefinition {
  const { region = 'eu-west-1', kind = listeners.length > 0 ? 'alb' : 'rolesAnywhere', was } = parts;
  return {
    name,
    ...(was === undefined ? {} : { was }),
    kind,
    trust: ['devices'],
    attach: 'managed',
    anchors: 'all',
    accountRegion: { account: '222222222222', region },
    accountName: 'apps',
    config: kind === 'alb' ? { listeners: [...listeners] } : {},
  };
}

/** The rows that a state has after these targets were applied, and went on under their ids. */
function rowsAfter(
  targets: readonly TargetDefinition[],
  rows: Readonly<Record<string, TargetRow>> = {},
): Readonly<Record<string, TargetRow>> {
  const { named, leaving } = identifyTargets(targets, rows, services);
  const rowOf = ({ was: _, ...one }: TargetDefinition): TargetRow => ({ ...one, groups: [], notes: {} });
  return {
    ...Object.fromEntries(leaving.map(({ id, row }) => [id, row])),
    ...Object.fromEntries(named.map(({ id, target: one }) => [id, rowOf(one)])),
  };
}

const idsOf = (targets: readonly TargetDefinition[], rows: Readonly<Record<string, TargetRow>>) => {
  const { named, leaving } = identifyTargets(targets, rows, services);
  return {
    named: Object.fromEntries(named.map(({ target: { name }, id }) => [name, id])),
    leaving: leaving.map(({ name, id }) => `${name}=${id}`),
  };
};

describe('a target is known by service, place and attachments; its name is not its identity', () => {
  const before = rowsAfter([target('web', ['l1', 'l2']), target('edge', ['l3']), target('jobs', [])]);

  test('web renamed cdn, and edge renamed lb: nothing leaves, and no id changes', () => {
    const now = [target('cdn', ['l1', 'l2']), target('lb', ['l3']), target('jobs', [])];
    expect(idsOf(now, before)).toEqual({ named: { cdn: 'web', lb: 'edge', jobs: 'jobs' }, leaving: [] });
  });

  test('two that swap their names stay what they were', () => {
    const now = [target('edge', ['l1', 'l2']), target('web', ['l3']), target('jobs', [])];
    expect(idsOf(now, before)).toEqual({ named: { edge: 'web', web: 'edge', jobs: 'jobs' }, leaving: [] });
  });

  test('moved from eu-west-1 to eu-central-1 under one name: another target, and the old one is leaving', () => {
    const now = [
      target('web', ['l1', 'l2']),
      target('edge', ['l3']),
      target('jobs', [], { region: 'eu-central-1' }),
    ];
    expect(idsOf(now, before)).toEqual({
      named: { web: 'web', edge: 'edge', jobs: 'jobs-2' },
      leaving: ['jobs@eu-west-1=jobs'],
    });
  });

  test('a kind that changed from alb to rolesAnywhere: the old listener is leaving', () => {
    const now = [target('web', ['l1', 'l2']), target('edge', [], { kind: 'rolesAnywhere' })];
    const { named, leaving } = idsOf(now, before);
    expect([named.edge, leaving]).toEqual(['edge-2', ['edge@eu-west-1=edge', 'jobs=jobs']]);
  });

  test('one without attachments is known again by `was`', () => {
    const now = [target('web', ['l1', 'l2']), target('edge', ['l3']), target('crew', [], { was: 'jobs' })];
    expect(idsOf(now, before)).toEqual({ named: { web: 'web', edge: 'edge', crew: 'jobs' }, leaving: [] });
    const unsaid = [target('web', ['l1', 'l2']), target('edge', ['l3']), target('crew', [])];
    expect(idsOf(unsaid, before).leaving).toEqual(['jobs=jobs']);
  });

  test('a target that is split: the part of the same name stays, wherever it stands in the file', () => {
    const parts = [target('more', ['l2']), target('web', ['l1'])];
    expect(idsOf(parts, before).named).toEqual({ more: 'more', web: 'web' });
  });
});

test('whatever is renamed, moved, removed and brought back: no id has two owners, none is forgotten, and who stays attached in place keeps its id', () => {
  const one = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'a-2'),
    listeners: fc.uniqueArray(fc.constantFrom('l1', 'l2', 'l3', 'l4'), { maxLength: 2 }),
    region: fc.constantFrom('eu-west-1', 'eu-central-1'),
  });
  const definition = fc.uniqueArray(one, { maxLength: 4, selector: ({ name }) => name }).map((targets) => {
    const claimed = new Set<string>();
    // An attachment has one owner: that is refused before anything is identified.
    return targets.map(({ name, listeners, region }) => {
      const own = listeners.filter((id) => !claimed.has(`${region} ${id}`));
      for (const id of own) claimed.add(`${region} ${id}`);
      return target(name, own, { region });
    });
  });
  fc.assert(
    fc.property(fc.array(definition, { minLength: 2, maxLength: 5 }), (history) => {
      let rows: Readonly<Record<string, TargetRow>> = {};
      for (const targets of history) {
        const { named, leaving } = identifyTargets(targets, rows, services);
        const ids = [...named, ...leaving].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of Object.keys(rows)) expect(ids).toContain(id);
        const names = [...named.map(({ target: { name } }) => name), ...leaving.map(({ name }) => name)];
        expect(new Set(names).size).toBe(names.length);
        for (const { target: now, row } of named) {
          if (row === undefined) continue;
          expect([row.kind, row.accountRegion]).toEqual([now.kind, now.accountRegion]);
        }
        // Whoever has exactly the listeners of a row, in its region, is that row.
        for (const [id, row] of Object.entries(rows)) {
          const same = named.find(
            ({ target: now }) =>
              row.kind === 'alb' &&
              now.accountRegion.region === row.accountRegion.region &&
              JSON.stringify(now.config) === JSON.stringify(row.config),
          );
          if (same !== undefined && same.row !== undefined && same.id !== id)
            expect(
              Object.values(rows).filter(
                (other) => JSON.stringify(other.config) === JSON.stringify(row.config),
              ).length,
            ).toBeGreaterThan(1);
        }
        rows = rowsAfter(targets, rows);
      }
    }),
    { numRuns: 300 },
  );
});
