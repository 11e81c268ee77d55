/**
 * State as JSON: maps, sets, bytes and dates are tagged, so that they come back as what they were.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => tag(item));
}

/** Tags come before JSON's own way with dates and views, so values are tagged one level ahead. */
function tag(item: unknown): unknown {
  if (item instanceof Map) return { $map: [...item].map(([key, one]) => [ahead(key), ahead(one)]) };
  if (item instanceof Set) return { $set: [...item].map(ahead) };
  if (Array.isArray(item)) return item.map(ahead);
  if (typeof item === 'object' && item !== null)
    return Object.fromEntries(Object.entries(item).map(([name, one]) => [name, ahead(one)]));
  return item;
}

function ahead(item: unknown): unknown {
  if (item instanceof Date) return { $date: item.toISOString() };
  if (item instanceof Uint8Array) return { $bytes: Buffer.from(item).toString('base64') };
  return item;
}

/** @throws SyntaxError when the text is no JSON */
export function decode(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    const { $map, $set, $bytes, $date }: Tagged = item;
    if (Array.isArray($map)) return new Map($map as [unknown, unknown][]);
    if (Array.isArray($set)) return new Set($set);
    if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'base64'));
    return typeof $date === 'string' ? new Date($date) : item;
  });
}

interface Tagged {
  readonly $map?: unknown;
  readonly $set?: unknown;
  readonly $bytes?: unknown;
  readonly $date?: unknown;
}
