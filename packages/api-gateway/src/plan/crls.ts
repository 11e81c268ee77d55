import {
  type Artifact,
  count,
  defined,
  outputOf,
  type PlanContext,
  type Step,
} from '@trustloom/core/adapter';
import type { ApiGatewaySteps, PlannedKey } from '../model.ts';
import type { DesiredKey, DesiredManifest } from '../revocation/index.ts';
import { type ManifestKey, manifestFile, type Published } from '../revocation/manifest.ts';
import { setFile } from '../revocation/set-file.ts';

type Publish = Step<ApiGatewaySteps, 'publish-manifest'>;

/** The writes that bring the authorizer what it should know. */
export interface CrlPlan {
  readonly steps: readonly Publish[];
  readonly artifacts: readonly Artifact[];
}

/** One CA key in the manifest. */
interface Row {
  readonly name: string;
  readonly withdrawn: readonly string[];
  readonly before: ManifestKey | undefined;
  readonly wanted: PlannedKey;
  /**
   * What is published without any consent: as it was, where the wanted one goes back to an older
   * CRL.
   */
  readonly first: PlannedKey;
}

/**
 * What is published moves on as the CRLs do: a step that revokes. A row that goes back to an older
 * CRL waits for the consent to readmit, and stays as it was until then.
 *
 * @param standing keys that the truststore still trusts; undefined when that is unknown
 */
export function planCrls(
  desired: DesiredManifest,
  published: Published | undefined,
  standing: ReadonlySet<string> | undefined,
  context: PlanContext,
): CrlPlan {
  const { graceMs } = desired;
  const was = published?.manifest;
  const lost = new Set(published?.lost);
  const artifacts: Artifact[] = [];
  const rows = rowsOf(desired, was?.keys ?? [], lost, standing, artifacts);
  const first = rows.map((row) => row.first);
  const changed = rows.filter((row) => JSON.stringify(row.first) !== JSON.stringify(row.before));
  const gone = changed.filter(({ before }) => lost.has(before?.set?.sha256 ?? ''));
  const older = rows.filter((row) => row.first !== row.wanted);

  const file = manifestFile(context);
  const write = (
    keys: readonly PlannedKey[],
    replaces: Publish['input']['replaces'],
    envelope: Omit<Publish, 'kind' | 'action' | 'input' | 'files'>,
  ): Publish => ({
    ...envelope,
    kind: 'publish-manifest',
    action: 's3:PutObject',
    input: { file, replaces, graceMs, keys },
    files: keys.flatMap(({ set }) =>
      set === undefined || 'key' in set ? [] : [{ sha256: set.sha256, kind: 'set' as const }],
    ),
  });
  const publish =
    JSON.stringify([was?.graceMs, was?.keys]) === JSON.stringify([graceMs, first])
      ? undefined
      : write(first, published?.etag, {
          id: 'publish',
          effect: 'revoke',
          affects: [file, ...digestsOf(changed.map((row) => row.first))],
          summary: `publish for the authorizer: ${
            changed.length > 0
              ? few(changed.map((row) => contentOf(row.name, row.first)))
              : `${rows.length} CA keys, and a grace of ${graceMs / 3_600_000} h`
          }`,
          reason:
            was === undefined
              ? 'nothing is published for it'
              : gone.length > 0
                ? `what it reads of ${few(gone.map(({ name }) => name))} is gone from S3`
                : 'what is published is older',
        });
  const readmit =
    older.length === 0
      ? undefined
      : write(
          rows.map(({ wanted }) => wanted),
          publish === undefined ? published?.etag : outputOf(publish, 'etag'),
          {
            id: 'readmit',
            effect: 'readmit',
            affects: older.flatMap(readmitted),
            summary: `go back for the authorizer to: ${few(older.map((row) => contentOf(row.name, row.wanted)))}`,
            reason: 'what is published is newer, and refuses more than the definition says',
            after: publish === undefined ? [] : [publish.id],
            replacesRevocation: true,
          },
        );
  return { steps: [publish, readmit].filter((step) => step !== undefined), artifacts };
}

/** Sorted by key. Sets that are to be uploaded are added to `artifacts`. */
function rowsOf(
  { keys }: DesiredManifest,
  published: readonly ManifestKey[],
  lost: ReadonlySet<string>,
  standing: ReadonlySet<string> | undefined,
  artifacts: Artifact[],
): readonly Row[] {
  const byKey = new Map(published.map((row) => [row.key, row]));
  const desired = keys.map((key): Row => {
    const before = byKey.get(key.row.key);
    const wanted = plannedKey(key, before, lost, artifacts);
    const first = before !== undefined && issuedAt(wanted) < issuedAt(before) ? before : wanted;
    return { name: key.name, withdrawn: key.withdrawn, before, wanted, first };
  });
  const named = new Set(keys.map(({ row }) => row.key));
  // A CA that nobody names any more and that the truststore still trusts: its clients are refused
  // once it is gone from there.
  const staying = published
    .filter(({ key }) => !named.has(key) && (standing === undefined || standing.has(key)))
    .map((row): Row => ({ name: row.key, withdrawn: [], before: row, wanted: row, first: row }));
  return [...desired, ...staying].sort((a, b) => (a.wanted.key < b.wanted.key ? -1 : 1));
}

function plannedKey(
  { row, unread, source }: DesiredKey,
  before: ManifestKey | undefined,
  lost: ReadonlySet<string>,
  artifacts: Artifact[],
): PlannedKey {
  if (unread) return unreadKey(row, before);
  const isThere = before?.set === undefined || !lost.has(before.set.sha256);
  if (before?.from === row.from && isThere)
    return before.set === undefined ? row : { ...row, set: before.set };
  const file = setFile(source);
  if (file === undefined) return row;
  const { count, ...artifact } = file;
  if (before?.set?.sha256 === artifact.sha256 && isThere) return { ...row, set: before.set };
  artifacts.push(artifact);
  return { ...row, set: { sha256: artifact.sha256, count } };
}

/**
 * A CRL is in force and could not be read: what is published of it stays, with what is new beside
 * it.
 */
function unreadKey(row: DesiredKey['row'], before: ManifestKey | undefined): PlannedKey {
  if (before === undefined || before.crls.length === 0) return row;
  const { state, crls, from, set, nextUpdate } = before;
  return {
    ...row,
    state: row.state === 'revoked' ? row.state : state === 'revoked' ? 'listed' : state,
    crls,
    from,
    ...defined({ nextUpdate, set }),
  };
}

/** The CRLs that the consent to readmit names: those that come back, else those that go. */
function readmitted({ wanted, withdrawn, before }: Row): readonly string[] {
  if (wanted.crls.length > 0) return digestsOf([wanted]);
  return withdrawn.length > 0 ? withdrawn : digestsOf([before ?? wanted]);
}

function issuedAt({ crls }: PlannedKey): number {
  return Math.max(...crls.map(({ thisUpdate }) => Date.parse(thisUpdate)));
}

function contentOf(name: string, { state, crls, also }: PlannedKey): string {
  if (state === 'revoked') return `${name} as revoked`;
  const entries = crls.reduce((sum, crl) => sum + crl.entries, 0);
  const content =
    crls.length === 0
      ? `${name} ${state === 'missing' ? 'without its CRL, so its clients are refused' : 'without a CRL, so only the deny list refuses its clients'}`
      : `${crls.length === 1 ? 'CRL' : `${crls.length} CRLs`} of ${name}, ${count(entries)} ${entries === 1 ? 'entry' : 'entries'}`;
  return also.length === 0 ? content : `${content}, ${count(also.length)} denied besides`;
}

/** The first three, the others counted. */
function few(texts: readonly string[]): string {
  const more = texts.length - 3;
  return `${texts.slice(0, 3).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function digestsOf(rows: readonly PlannedKey[]): readonly string[] {
  return [...new Set(rows.flatMap(({ crls }) => crls.map(({ sha256 }) => sha256)))].sort();
}
