import {
  type Crl,
  type Io,
  isJsonObject,
  isTrustloomError,
  type JsonObject,
  type ObjectLocation,
  parseCrl,
  sha256Hex,
} from '@trustloom/core/adapter';
import type { StoredCrl } from '../model.ts';
import type { AlbPort } from '../port/index.ts';

/** A CRL that we put into a store and read back there: under its id stands the file that lies here, for good. */
interface AddedCrl {
  readonly id: number;
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly location: Required<ObjectLocation>;
}

/**
 * Reads a CRL back that was just added, and gives the note by which it need not be read again: an id is
 * never used twice, and what stands under it never changes (AWS: Mutual authentication with TLS in
 * Application Load Balancer; 2026-11). No note when what stands there is not the file, byte for byte, or
 * cannot be read now: the next look reads it.
 */
export async function noteCrl(store: string, added: AddedCrl, port: AlbPort, io: Io): Promise<JsonObject> {
  const { id, digest, location } = added;
  const content = await port.crl(store, id).catch(unread);
  if (content === undefined || sha256Hex(content) !== digest) return {};
  return notes(store, { ...knownOf(store, io), [id]: { digest, location: { ...location } } });
}

/** The note without CRLs that were removed. */
export function forgetCrls(store: string, ids: readonly number[], io: Io): JsonObject {
  const known = Object.entries(knownOf(store, io));
  const left = known.filter(([id]) => !ids.includes(Number(id)));
  return left.length === known.length ? {} : notes(store, Object.fromEntries(left));
}

/**
 * A CRL that we read back when we added it, from where it was uploaded; all stores that hold it read and
 * parse it once. Undefined when the state does not know it, its file is not what it was, or the service
 * counts other entries: it must then be read from the store.
 */
export async function recallCrl(
  store: string,
  { id, entries }: Pick<StoredCrl, 'id' | 'entries'>,
  io: Io,
): Promise<Crl | undefined> {
  const note = knownOf(store, io)[id];
  const { digest, location } = isJsonObject(note) ? note : {};
  const { bucket, key, version } = isJsonObject(location) ? location : {};
  if (
    typeof digest !== 'string' ||
    typeof bucket !== 'string' ||
    typeof key !== 'string' ||
    typeof version !== 'string'
  )
    return undefined;
  const crl = await io.shared(`crl ${digest}`, async () => {
    const bytes = await io.readObject({ bucket, key, version }).catch(unread);
    return bytes === undefined || sha256Hex(bytes) !== digest ? undefined : parseCrl(bytes, key);
  });
  return crl?.entryCount === entries ? crl : undefined;
}

/** CRLs of one store, the one that was written last, by id. */
function knownOf(store: string, { notes: { crls } }: Io): JsonObject {
  return isJsonObject(crls) && crls.store === store && isJsonObject(crls.known) ? crls.known : {};
}

function notes(store: string, known: JsonObject): JsonObject {
  return { crls: { store, known } };
}

/** What cannot be read now is read another time, in another way. */
function unread(error: unknown): undefined {
  if (!isTrustloomError(error) || error.kind === 'bug') throw error;
  return undefined;
}
