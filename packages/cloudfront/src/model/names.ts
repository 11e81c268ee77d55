import { sha256Hex, type TargetContext } from '@trustloom/core/adapter';

/**
 * Name of the trust store, and of the connection function: definition and target in readable form,
 * and eight digits that keep it apart from any other.
 */
export function objectName(context: TargetContext): string {
  return `${readable(context, 55)}-${digits(context)}`;
}

/**
 * What the names of all KeyValueStores of a target begin with: while one replaces another, there
 * are two.
 */
export function keyValueStorePrefix(context: TargetContext): string {
  return `${readable(context, 46)}-${digits(context)}-`;
}

function readable({ definition, id }: TargetContext, length: number): string {
  return `${definition}-${id}`.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, length);
}

function digits({ definition, id }: TargetContext): string {
  return sha256Hex(`${definition}\n${id}`).slice(0, 8);
}
