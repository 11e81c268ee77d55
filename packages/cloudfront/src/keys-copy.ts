import { type Artifact, type Io, isJsonObject, type Json, sha256Hex } from '@trustloom/core';

type Items = ReadonlyMap<string, string>;

/** Below this many items a few calls read the store back, and a copy would only delay the next revocation. */
const worthACopy = 500;

/** A file with what a store will hold after its last write; undefined where reading the store back costs little. */
export function copyOf(items: Items): Artifact | undefined {
  if (items.size < worthACopy) return undefined;
  const data = [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value }));
  const body = JSON.stringify({ data });
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
