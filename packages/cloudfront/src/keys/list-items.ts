import {
  type CheckedKey,
  type HeldCrl,
  isJsonObject,
  isoTime,
  type Json,
  type JsonObject,
  type Trust,
} from '@trustloom/core';

const pattern = /^l[0-9a-f]{16}$/;

/** True for the key of an item that tells of a list. */
export const isListKey = (key: string): boolean => pattern.test(key);

/** Key of the item that tells of the list of a CA key. */
export const listKey = (keySha256: string): string => `l${keySha256.slice(0, 16)}`;

/** One item for each list: which it is, so that whoever looks can tell how fresh the store is. The function does not read them. */
export function listItems({ revocation }: Trust, keys: readonly CheckedKey[]): ReadonlyMap<string, string> {
  const known = new Set(keys.map(({ keySha256 }) => keySha256));
  return new Map(
    revocation.lists
      .filter(({ issuer }) => known.has(issuer.keySha256))
      .sort((a, b) => (a.issuer.keySha256 < b.issuer.keySha256 ? -1 : 1))
      .map(({ issuer, crl: { sha256, entryCount, thisUpdate, nextUpdate } }) => [
        listKey(issuer.keySha256),
        JSON.stringify({
          sha256,
          issuer: issuer.subject.text.slice(0, 300),
          entries: entryCount,
          thisUpdate: isoTime(thisUpdate),
          ...(nextUpdate === undefined ? {} : { nextUpdate: isoTime(nextUpdate) }),
        }),
      ]),
  );
}

/** Reads such an item back; undefined when it is none. */
export function readListItem(key: string, value: string): HeldCrl | undefined {
  const item = isListKey(key) ? parse(value) : undefined;
  if (item === undefined || typeof item.sha256 !== 'string' || typeof item.issuer !== 'string')
    return undefined;
  const instant = (name: 'thisUpdate' | 'nextUpdate') => {
    const text = item[name];
    const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
    return Number.isNaN(at) ? {} : { [name]: at };
  };
  return {
    sha256: item.sha256,
    issuer: item.issuer,
    entries: typeof item.entries === 'number' ? item.entries : 0,
    ...instant('thisUpdate'),
    ...instant('nextUpdate'),
    inForce: true,
  };
}

function parse(value: string): JsonObject | undefined {
  try {
    const parsed = JSON.parse(value) as Json;
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
