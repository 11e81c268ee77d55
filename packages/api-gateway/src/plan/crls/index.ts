import { type Artifact, count, outputOf, type PlanContext, type Step } from '@trustloom/core/adapter';
import type { ApiGatewaySteps, Desired, PlannedKey } from '../../model.ts';
import { manifestFile } from '../../revocation/manifest.ts';
import { type Published, unreadableSets } from '../../revocation/published.ts';
import type { ApiGatewayTarget } from '../../target.ts';
import { type Row, rowsOf, rowText } from './rows.ts';

type Publish = Step<ApiGatewaySteps, 'publish-manifest'>;

/** The writes that bring the authorizer what it should know. */
export interface CrlPlan {
  readonly steps: readonly Publish[];
  readonly artifacts: readonly Artifact[];
}

/**
 * What is published moves on as the CRLs do: a step that revokes, and that admits nobody whom the
 * published refuses. What would admit somebody waits for its consent, each kind by a step of its
 * own: a longer grace, a key that needs its CRL no more; an older CRL. Until then the stricter
 * stays, and everything else moves on beside it.
 *
 * @param standing keys that the truststore still trusts; undefined when that is unknown
 */
export function planCrls(
  { manifest: desired, authorizer: named }: Pick<Desired, 'manifest' | 'authorizer'>,
  published: Published | undefined,
  standing: ReadonlySet<string> | undefined,
  target: ApiGatewayTarget,
  context: PlanContext,
): CrlPlan {
  const { now, stateLost = false } = context;
  const was = published?.manifest;
  // What cannot be read cannot be kept, and nothing else knows of it.
  if (stateLost && published !== undefined && was === undefined) return { steps: [], artifacts: [] };
  const { rows, artifacts } = rowsOf({ desired, published, standing, now, stateLost });
  const file = manifestFile(target, context);
  const authorizer = named ?? was?.authorizer;
  const stricter = was === undefined ? desired.graceMs : Math.min(was.graceMs, desired.graceMs);
  const steps: Publish[] = [];
  const write = (
    graceMs: number,
    keys: readonly PlannedKey[],
    envelope: Omit<Publish, 'kind' | 'action' | 'input' | 'files'>,
  ) => {
    const last = steps.at(-1);
    steps.push({
      ...envelope,
      after: last === undefined ? [] : [last.id],
      kind: 'publish-manifest',
      action: 's3:PutObject',
      input: {
        file,
        replaces: last === undefined ? published?.etag : outputOf(last, 'etag'),
        ...(authorizer === undefined ? {} : { authorizer }),
        graceMs,
        keys,
      },
      files: keys.flatMap(({ sets }) =>
        sets.flatMap((set) => ('key' in set ? [] : [{ sha256: set.sha256, kind: 'set' as const }])),
      ),
    });
  };

  const first = rows.map((row) => row.first);
  const textOf = (keys: readonly PlannedKey[]) => JSON.stringify(keys.map(rowText));
  const isPublished =
    was !== undefined &&
    was.graceMs === stricter &&
    was.authorizer === authorizer &&
    textOf(was.keys) === textOf(first);
  if (!isPublished) write(stricter, first, publishing(rows, file, stricter, published));

  const isBack = ({ first: now, wanted }: Row) => rowText(now) !== rowText(wanted);
  const relaxed = rows.filter((row) => isBack(row) && row.readmits.length === 0);
  const readmitted = rows.filter((row) => isBack(row) && row.readmits.length > 0);
  const graceMs = stateLost ? stricter : desired.graceMs;
  const keys = rows.map((row) => (relaxed.includes(row) ? row.wanted : row.first));
  if (graceMs > stricter || relaxed.length > 0)
    write(graceMs, keys, relaxing(relaxed, target.domain, stricter, graceMs));
  if (readmitted.length > 0)
    write(
      graceMs,
      rows.map(({ wanted }) => wanted),
      {
        id: 'readmit',
        effect: 'readmit',
        affects: [...new Set(readmitted.flatMap(({ readmits }) => readmits))].sort(),
        summary: `go back for the authorizer to: ${few(readmitted.map(({ wanted }) => contentOf(wanted)))}`,
        reason: 'what is published is newer, and refuses more than the definition says',
        replacesRevocation: true,
      },
    );
  return { steps, artifacts };
}

type Words = Pick<Publish, 'id' | 'effect' | 'affects' | 'summary' | 'reason' | 'revocation'>;

function publishing(
  rows: readonly Row[],
  file: string,
  graceMs: number,
  published: Published | undefined,
): Words {
  const changed = rows.filter(
    ({ first, before }) => before === undefined || rowText(first) !== rowText(before),
  );
  const unreadable = new Set(
    published === undefined ? [] : unreadableSets(published).map(({ sha256 }) => sha256),
  );
  const gone = changed.filter(({ before }) => before?.sets.some(({ sha256 }) => unreadable.has(sha256)));
  const crls = changed.flatMap(({ first }) => first.crls.map(({ sha256 }) => sha256));
  return {
    id: 'publish',
    effect: 'revoke',
    affects: [file, ...[...new Set(crls)].sort()],
    summary: `publish for the authorizer: ${
      changed.length > 0
        ? few(changed.map(({ first }) => contentOf(first)))
        : `${rows.length} CA keys, and a grace of ${hours(graceMs)}`
    }`,
    reason:
      published?.manifest === undefined
        ? 'nothing is published for it'
        : gone.length > 0
          ? `what it reads of ${few(gone.map(({ first }) => first.ca))} is gone from S3`
          : 'what is published is older',
    revocation: changeOf(changed),
  };
}

/**
 * How many more are refused, as far as the counts of the sets say: of a set that is another one, at
 * least one.
 */
function changeOf(rows: readonly Row[]): NonNullable<Publish['revocation']> {
  const countIn = ({ sets, denied }: PlannedKey) =>
    sets.reduce((sum, { count: own }) => sum + own, denied.length);
  const added = rows.map(({ first, before }) => {
    const held = new Set(before?.sets.map(({ sha256 }) => sha256));
    const isOther = first.sets.some(({ sha256 }) => !held.has(sha256));
    const more = countIn(first) - (before === undefined ? 0 : countIn(before));
    return Math.max(more, isOther && countIn(first) > 0 ? 1 : 0);
  });
  return {
    issuer: few(rows.map(({ first }) => first.ca)),
    added: added.reduce((sum, one) => sum + one, 0),
    removed: 0,
    entries: rows.reduce((sum, { first }) => sum + countIn(first), 0),
    serials: [],
  };
}

function relaxing(rows: readonly Row[], domain: string, from: number, to: number): Words {
  const grace = to > from ? [`grace=${hours(to)}`] : [];
  const cas = rows.map(({ wanted }) => wanted.ca);
  const said = [
    ...(to > from ? [`use CRLs for ${hours(to)} past their end, not ${hours(from)}`] : []),
    ...(cas.length > 0 ? [`admit clients of ${few(cas)} without a CRL`] : []),
  ];
  return {
    id: 'relax-checks',
    effect: 'relax',
    affects: [...grace, ...rows.map(({ wanted }) => `crl:${wanted.key}=none`)].map(
      (one) => `${domain} ${one}`,
    ),
    summary: `let the authorizer ${said.join(', and ')}`,
    reason: 'the definition asks for less than what is published',
  };
}

function hours(ms: number): string {
  return `${ms / 3_600_000}h`;
}

function contentOf({ ca, state, crls, denied }: PlannedKey): string {
  if (state === 'revoked') return `${ca} as revoked`;
  const entries = crls.reduce((sum, crl) => sum + crl.entries, 0);
  const content =
    crls.length === 0
      ? `${ca} ${state === 'missing' ? 'without its CRL, so its clients are refused' : 'without a CRL, so only the deny list refuses its clients'}`
      : `${crls.length === 1 ? 'CRL' : `${crls.length} CRLs`} of ${ca}, ${count(entries)} ${entries === 1 ? 'entry' : 'entries'}`;
  const besides = (['denied', 'retained'] as const).flatMap((origin) => {
    const those = denied.filter((one) => one.origin === origin).length;
    return those === 0 ? [] : [`${count(those)} ${origin} besides`];
  });
  return [content, ...besides].join(', ');
}

/** The first three, the others counted. */
function few(texts: readonly string[]): string {
  const more = texts.length - 3;
  return `${texts.slice(0, 3).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
