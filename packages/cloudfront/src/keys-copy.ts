import {
  type Artifact,
  type FileVersion,
  type Io,
  isJsonObject,
  type Json,
  type JsonObject,
  sha256Hex,
} from '@trustloom/core';

type Items = ReadonlyMap<string, string>;

/** Below this many items a few calls read the store back, and a copy would only delay the next revocation. */
const worthACopy = 500;

/** Copies that lie in S3, as the record has them. */
export interface Copies {
  /** The one that the next look reads. */
  readonly current?: FileVersion;
  /** Those that nothing reads any more, oldest first. */
  readonly old: readonly FileVersion[];
  /** All that the record lists, with those that are deleted already. */
  readonly listed: readonly FileVersion[];
}

/** A file with what a store will hold after its last write; undefined where reading the store back costs little. */
export function copyOf(arn: string, items: Items): Artifact | undefined {
  if (items.size < worthACopy) return undefined;
  const data = [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value }));
  // With the store's name in it, no two targets ever share a file.
  const body = JSON.stringify({ store: arn, data });
  return { sha256: sha256Hex(body), kind: 'keys', body };
}

/**
 * What a store with this ETag holds, from the copy of our own last write. Undefined when the record does not vouch for it: somebody else
 * wrote the store, an answer was lost, or the file is not what it was; then the store has to be read back.
 */
export async function recallItems(arn: string, etag: string, io: Io): Promise<Items | undefined> {
  const { keys } = io.notes;
  if (!isJsonObject(keys) || keys.arn !== arn || keys.etag !== etag) return undefined;
  const { bucket, key, version } = isJsonObject(keys.location) ? keys.location : {};
  if (typeof bucket !== 'string' || typeof key !== 'string' || typeof version !== 'string') return undefined;
  const bytes = await io.readObject({ bucket, key, version });
  return bytes === undefined || sha256Hex(bytes) !== keys.sha256 ? undefined : readItems(bytes);
}

/** The copies of a target. Each revoking write notes the one that it replaces; those that were cleaned since are told apart. */
export function copiesIn({ keys, cleaned }: JsonObject): Copies {
  const noted: JsonObject = isJsonObject(keys) ? keys : {};
  const [current] = filesIn([noted.location ?? null]);
  const listed = filesIn(noted.before);
  const gone = new Set(filesIn(cleaned).map(({ version }) => version));
  return {
    ...(current === undefined || gone.has(current.version) ? {} : { current }),
    listed,
    old: listed.filter(({ version }) => version !== current?.version && !gone.has(version)),
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
