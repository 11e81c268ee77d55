import type { Artifact, Json, JsonObject, Step, TargetContext } from '@trustloom/core';
import { defined } from '@trustloom/core';
import type { Head, HeadKey, HeadList, HeadSet } from './authorizer/head.ts';
import type { DesiredCheck, DesiredKey } from './check.ts';
import { headFile } from './names.ts';
import { setFile } from './set-file.ts';

/** The head as it was published, and the mark of that version; `head` absent when what lies there is none. */
export interface PublishedHead {
  readonly etag: string;
  readonly head?: Head;
  /** SHA-256 of sets that the head names and that are not there any more. */
  readonly lost?: readonly string[];
}

/** The writes that bring the authorizer what it should know. */
export interface CheckPlan {
  readonly steps: readonly Step[];
  readonly artifacts: readonly Artifact[];
}

/** A row whose set is published already, or will be uploaded. */
type PlannedKey = Omit<HeadKey, 'set'> & {
  readonly set?:
    | HeadSet
    | { readonly sha256: string; readonly count: number; readonly at: { readonly $artifact: string } };
};

/**
 * What is published moves on as the lists do: a step that revokes. A row that goes back to an older list waits for the consent to
 * readmit, and stays as it was until then.
 *
 * @param standing keys that the truststore still trusts; undefined when nobody can tell
 */
export function planCheck(
  desired: DesiredCheck,
  published: PublishedHead | undefined,
  standing: ReadonlySet<string> | undefined,
  context: TargetContext,
): CheckPlan {
  const before = new Map(published?.head?.keys.map((row) => [row.key, row]));
  const artifacts: Artifact[] = [];
  const lost = new Set(published?.lost);
  const wanted = desired.keys.map((key) => plannedKey(key, before.get(key.row.key), lost, artifacts));
  const names = new Set(wanted.map(({ key }) => key));
  // A CA that nobody names any more and that the truststore still trusts: its clients are refused once it is gone from there.
  const staying = [...before.values()].filter(
    ({ key }) => !names.has(key) && (standing === undefined || standing.has(key)),
  );
  const rows = [...wanted, ...staying].sort((a, b) => (a.key < b.key ? -1 : 1));
  const now = rows.map((row) => goesBack(row, before.get(row.key)) ?? row);
  const file = headFile(context);
  const write = (keys: readonly PlannedKey[], etag: Json): Pick<Step, 'action' | 'input'> => ({
    action: 's3:PutObject',
    input: { do: 'publish', file, etag, graceMs: desired.graceMs, keys: keys.map(asJson) },
  });
  const etag = published?.etag ?? null;
  const news = now.filter((row) => JSON.stringify(row) !== JSON.stringify(before.get(row.key)));
  const gone = news.filter(({ key }) => lost.has(before.get(key)?.set?.sha256 ?? ''));
  const held = published?.head;
  const publish: readonly Step[] =
    held !== undefined && textOf(held) === textOf({ graceMs: desired.graceMs, keys: now })
      ? []
      : [
          {
            id: 'publish',
            effect: 'revoke',
            things: [file, ...listsOf(news)],
            mends:
              held === undefined
                ? `nothing is published for the authorizer of ${context.name}`
                : gone.length > 0
                  ? `what the authorizer of ${context.name} reads of ${issuersOf(gone)} is gone from S3`
                  : `the authorizer of ${context.name} does not know the newest of ${issuersOf(news)}`,
            ...write(now, etag),
          },
        ];
  const back = rows.filter((row) => goesBack(row, before.get(row.key)) !== undefined);
  const letGo = new Map(desired.keys.map((key) => [key.row.key, key.letGo]));
  const thingsOf = (row: PlannedKey): readonly string[] => {
    if (row.lists.length > 0) return listsOf([row]);
    const gone = letGo.get(row.key) ?? [];
    return gone.length > 0 ? gone : listsOf([before.get(row.key) ?? row]);
  };
  const readmit: readonly Step[] =
    back.length === 0
      ? []
      : [
          {
            id: 'readmit',
            effect: 'readmit',
            things: back.flatMap(thingsOf),
            mends: `the authorizer of ${context.name} refuses more than the definition says of ${issuersOf(
              back.map((row) => before.get(row.key) ?? row),
            )}`,
            ...write(rows, publish.length > 0 ? { $ref: 'publish', get: 'etag' } : etag),
            after: publish.map(({ id }) => id),
            swapsRevocation: true,
          },
        ];
  return { steps: [...publish, ...readmit], artifacts };
}

/** The row as it was, when the wanted one holds an older list. */
function goesBack(row: PlannedKey, before: HeadKey | undefined): HeadKey | undefined {
  return before !== undefined && issuedAt(row) < issuedAt(before) ? before : undefined;
}

function plannedKey(
  { row, kept, source }: DesiredKey,
  before: HeadKey | undefined,
  lost: ReadonlySet<string>,
  artifacts: Artifact[],
): PlannedKey {
  if (kept) return keptKey(row, before);
  const isThere = before?.set === undefined || !lost.has(before.set.sha256);
  if (before?.from === row.from && isThere)
    return before.set === undefined ? row : { ...row, set: before.set };
  const file = setFile(source);
  if (file === undefined) return row;
  const { count, ...artifact } = file;
  if (before?.set?.sha256 === artifact.sha256 && isThere) return { ...row, set: before.set };
  artifacts.push(artifact);
  return { ...row, set: { sha256: artifact.sha256, count, at: { $artifact: artifact.sha256 } } };
}

/** A list is in force and not at hand: what is published of it stays, with the news beside it. */
function keptKey(row: Omit<HeadKey, 'set'>, before: HeadKey | undefined): PlannedKey {
  if (before === undefined || before.lists.length === 0) return row;
  const { state, lists, from, set, nextUpdate } = before;
  return {
    ...row,
    state: row.state === 'revoked' ? row.state : state === 'revoked' ? 'listed' : state,
    lists,
    from,
    ...defined({ nextUpdate, set }),
  };
}

function issuedAt({ lists }: Pick<PlannedKey, 'lists'>): number {
  return Math.max(...lists.map(({ thisUpdate }) => Date.parse(thisUpdate)));
}

function issuersOf(rows: readonly PlannedKey[]): string {
  const issuers = [...new Set(rows.flatMap(({ lists }) => lists.map(({ issuer }) => issuer)))];
  if (issuers.length === 0) return 'the CAs';
  return issuers.length <= 3
    ? issuers.join('; ')
    : `${issuers.slice(0, 3).join('; ')} and ${issuers.length - 3} more`;
}

function listsOf(rows: readonly { readonly lists: readonly HeadList[] }[]): readonly string[] {
  return [...new Set(rows.flatMap(({ lists }) => lists.map(({ sha256 }) => sha256)))].sort();
}

function textOf({
  graceMs,
  keys,
}: {
  readonly graceMs: number;
  readonly keys: readonly PlannedKey[];
}): string {
  return JSON.stringify([graceMs, keys]);
}

/** A row as part of a step, which is plain JSON. */
function asJson(row: PlannedKey): JsonObject {
  return JSON.parse(JSON.stringify(row));
}
