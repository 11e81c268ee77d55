/**
 * A deep copy that nobody can change: what tests look at must not be what the emulator works with.
 */
export function frozenCopy<T>(value: T): T {
  return freeze(structuredClone(value));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value))
    return value;
  if (value instanceof Map) for (const [key, item] of value) [key, item].forEach(freeze);
  else if (value instanceof Set) for (const item of value) freeze(item);
  else for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
