import {
  type Artifact,
  defined,
  type FileVersion,
  type Io,
  isJsonObject,
  type Json,
  type JsonObject,
  sha256Hex,
} from '@trustloom/core/adapter';
import type { Items } from './entries/items.ts';

/**
 * Below this many items a few calls read the store back, and a copy would only delay the next
 * revocation.
 */
const worthACopy = 500;
/** So many files are noted at most: one call deletes them all. */
const mostNoted = 1_000;

/** Copies that lie in S3, as the state has them. */
export interface Copies {
  /** The one that the next observation reads. */
  readonly current?: FileVersion;
  /** Those that nothing reads any more, oldest first. */
  readonly old: readonly FileVersion[];
  /** All that the state names, with those that are deleted already. */
  readonly noted: readonly FileVersion[];
}

/**
 * A file with what a store will hold after its last write; undefined where reading the store back
 * costs little.
 */
export function copyOf(arn: string, items: Items): Artifact | undefined {
  if (items.size < worthACopy) return undefined;
  const data = [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value }));
  // With the store's ARN in it, no two targets ever share a file.
  const body = JSON.stringify({ store: arn, data });
  return { sha256: sha256Hex(body), kind: 'entries', body };
}

/** The files that a new copy leaves for nothing to read. */
export function replacedBy({ old, current }: Copies): readonly FileVersion[] {
  return [...old, ...(current === undefined ? [] : [current])].slice(-mostNoted);
}

/**
 * What a store with this ETag holds, from the copy of our own last write. Undefined when the state
 * does not vouch for it: somebody else wrote the store, an answer was lost, or the file is not what
 * it was; then the store has to be read back.
 */
export async function recallItems(arn: string, etag: string, io: Io): Promise<Items | undefined> {
  const { entries } = io.notes;
  if (!isJsonObject(entries) || entries.arn !== arn || entries.etag !== etag) return undefined;
  const { bucket, key, version } = isJsonObject(entries.location) ? entries.location : {};
  if (typeof bucket !== 'string' || typeof key !== 'string' || typeof version !== 'string') return undefined;
  const bytes = await io.readObject({ bucket, key, version });
  return bytes === undefined || sha256Hex(bytes) !== entries.sha256 ? undefined : readItems(bytes);
}

/**
 * The copies of a target. Each revoking write notes the one that it replaces; those deleted since
 * are told apart.
 */
export function copiesIn({ entries, cleaned }: JsonObject): Copies {
  const { location = null, before }: JsonObject = isJsonObject(entries) ? entries : {};
  const [current] = filesIn([location]);
  const noted = filesIn(before);
  const gone = new Set(filesIn(cleaned).map(({ version }) => version));
  return {
    ...defined({ current: current === undefined || gone.has(current.version) ? undefined : current }),
    noted,
    old: noted.filter(({ version }) => version !== current?.version && !gone.has(version)),
  };
}

function filesIn(value: Json | undefined): readonly FileVersion[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: Json) => {
    const { key, version } = isJsonObject(one) ? one : {};
    return typeof key === 'string' && typeof version === 'string' ? [{ key, version }] : [];
  });
}

/** Only bytes that hash to what was noted get here: this program wrote them. */
function readItems(bytes: Uint8Array): Items | undefined {
  const file = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  if (!isJsonObject(file) || !Array.isArray(file.data)) return undefined;
  const items = new Map<string, string>();
  for (const item of file.data as readonly Json[])
    if (isJsonObject(item) && typeof item.key === 'string' && typeof item.value === 'string')
      items.set(item.key, item.value);
  return items;
}
