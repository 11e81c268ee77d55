/**
 * Freezes a value all the way down, so that whoever writes to it throws. Bytes cannot be frozen and
 * are left.
 */
export function deepFreeze<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value))
    return value;
  seen.add(value);
  if (value instanceof Map)
    for (const [key, item] of value) for (const one of [key, item]) deepFreeze(one, seen);
  else if (value instanceof Set) for (const item of value) deepFreeze(item, seen);
  else for (const item of Object.values(value)) deepFreeze(item, seen);
  return Object.freeze(value);
}
