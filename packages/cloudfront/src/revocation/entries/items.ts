import { cloudfrontInfo } from '../../service.ts';

/** Items of a KeyValueStore. */
export type Items = ReadonlyMap<string, string>;
export type Item = readonly [key: string, value: string];

/** Changes of items: what is put first, what is deleted last. */
export interface ItemChanges {
  /** Written before all else, by itself. */
  readonly first?: readonly Item[];
  readonly puts: readonly Item[];
  readonly deletes: readonly string[];
}

/** What a store holds after some changes. */
export function changed(items: Items, { first = [], puts, deletes }: ItemChanges): Items {
  const next = new Map([...items, ...first, ...puts]);
  for (const key of deletes) next.delete(key);
  return next;
}

/** Changes cut into updates: what is put first, what is deleted last. */
export function batchesOf({ first, puts, deletes }: ItemChanges): readonly ItemChanges[] {
  if (first !== undefined)
    return [...batchesOf({ puts: first, deletes: [] }), ...batchesOf({ puts, deletes })];
  const size = cloudfrontInfo.limits.entriesPerUpdate.max;
  return Array.from({ length: Math.ceil((puts.length + deletes.length) / size) }, (_, at) => {
    const from = at * size;
    const deleting = Math.max(0, from - puts.length);
    return {
      puts: puts.slice(from, from + size),
      deletes: deletes.slice(deleting, Math.max(0, from + size - puts.length)),
    };
  });
}
