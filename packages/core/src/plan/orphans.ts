import type { Lock } from '../definition/lock.ts';
import type { Finding } from '../errors/finding.ts';
import type { AcceptedList } from '../state/state.ts';
import { type Instant, isoTime } from '../util/time.ts';

/** Rows of the record by their place in it: the key, and the slot of what is not complete. */
export type ListRows = ReadonlyMap<string, AcceptedList>;

/** What it takes to tell who has stopped publishing, and what somebody said to that. */
interface OrphansInput {
  readonly lock: Lock;
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
}

/** SHA-256 of the issuer's key of the list that stands at a place of the record. */
export const keyOf = (place: string): string => place.split('/', 1)[0] ?? place;

/**
 * Lists that this run lets go, as the record shall say: of CAs that have stopped publishing, all lists of a CA or none, each by its consent.
 * A list that comes only now is never among them: the same words readmit an older list.
 *
 * @param isNew whether the list at a place is accepted by this very run
 */
export function letGoNow(rows: ListRows, input: OrphansInput, isNew: (place: string) => boolean): ListRows {
  const given = [...orphansByKey(rows, input).values()].filter((orphans) =>
    orphans.every(([place, { sha256 }]) => input.allow.has(`readmit:${sha256}`) && !isNew(place)),
  );
  return new Map(
    given.flatMap((orphans) =>
      orphans.map(([place, row]) => [place, { ...row, letGo: isoTime(input.now) }] as const),
    ),
  );
}

/** A CA that missed two issues in a row has stopped publishing: its list stays in force, and somebody has to decide. */
export function orphanFindings(rows: ListRows, input: OrphansInput): readonly Finding[] {
  const whole = orphansByKey(rows, input);
  return [...rows].flatMap(([place, row]): readonly Finding[] => {
    const cas = trustedCas(keyOf(place), input);
    if (row.letGo !== undefined || cas.length === 0 || !missedTwo(row, input)) return [];
    const remove = cas.map(({ sha256 }) => `--allow remove:${sha256}`).join(' ');
    const readmit = (whole.get(keyOf(place)) ?? []).map(([, { sha256 }]) => `--allow readmit:${sha256}`);
    const letGo = readmit.length === 0 ? '' : `, or let in whom the list refuses (${readmit.join(' ')})`;
    return [
      {
        code: 'crl-orphaned',
        severity: 'error',
        thing: row.sha256,
        message: `${row.issuer} publishes no lists any more: its last ended at ${row.nextUpdate} and stays in force. Ways out: name a second source of its list (\`crls\`), let the CA go (trustloom retire, then ${remove})${letGo}`,
        source: 'RFC 5280, 5.1.2.5',
      },
    ];
  });
}

/** By key: what is in force of accepted CAs of which nothing is published any more, neither whole lists nor parts. */
function orphansByKey(
  rows: ListRows,
  input: OrphansInput,
): ReadonlyMap<string, readonly (readonly [place: string, row: AcceptedList])[]> {
  const inForce = [...rows].filter(([, { letGo }]) => letGo === undefined);
  const keys = [...new Set(inForce.map(([place]) => keyOf(place)))];
  return new Map(
    keys
      .map((key) => [key, inForce.filter(([place]) => keyOf(place) === key)] as const)
      .filter(
        ([key, own]) => trustedCas(key, input).length > 0 && own.every(([, row]) => missedTwo(row, input)),
      ),
  );
}

function missedTwo({ thisUpdate, nextUpdate }: AcceptedList, { now }: OrphansInput): boolean {
  if (nextUpdate === undefined) return false;
  const life = Date.parse(nextUpdate) - Date.parse(thisUpdate);
  return now > Date.parse(nextUpdate) + life;
}

function trustedCas(key: string, { lock }: OrphansInput) {
  return lock.entries.filter(
    ({ state, certificate }) => state === 'trusted' && certificate.keySha256 === key,
  );
}
