import { type Reading, UNKNOWNS, type Unknowns } from '@trustloom/local-aws';

/**
 * One reading of everything that AWS does not document: what must hold, must hold under both.
 *
 * @example
 * const local = await startLocalAws({ unknowns: everyUnknown('refuse') })
 */
export function everyUnknown(reading: Reading): Unknowns {
  const names = Object.keys(UNKNOWNS) as (keyof Unknowns)[];
  return Object.fromEntries(names.map((name) => [name, reading])) as Unknowns;
}
