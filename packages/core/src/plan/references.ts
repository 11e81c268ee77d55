import type { ObjectLocation } from '../adapter/ports.ts';
import { TrustloomError } from '../errors/error.ts';
import { isJsonObject, type Json, type JsonObject } from '../util/json.ts';

/** What references of a step may stand for once the work has begun. */
export interface Resolved {
  /** Results of the target's steps that are done, by step id. */
  readonly results: ReadonlyMap<string, JsonObject>;
  /** Places of uploaded artifacts, by SHA-256. */
  readonly artifacts: ReadonlyMap<string, Required<ObjectLocation>>;
}

/** Replaces `{ "$ref", "get" }` and `{ "$artifact" }` in a step's input by what they stand for. */
export function resolveReferences<T extends Json>(value: T, resolved: Resolved): T;
export function resolveReferences(value: Json, resolved: Resolved): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolveReferences(item, resolved));
  if (!isJsonObject(value)) return value;
  if (typeof value.$artifact === 'string')
    return { ...found(resolved.artifacts.get(value.$artifact), value.$artifact) };
  if (typeof value.$ref === 'string' && typeof value.get === 'string') {
    return found(
      found(resolved.results.get(value.$ref), value.$ref)[value.get],
      `${value.$ref}.${value.get}`,
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveReferences(item, resolved)]),
  );
}

/** The artifacts that a step's input refers to. */
export function artifactsOf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => artifactsOf(item));
  if (!isJsonObject(value)) return [];
  if (typeof value.$artifact === 'string') return [value.$artifact];
  return Object.values(value).flatMap(artifactsOf);
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw new TrustloomError('contract-broken', `a step refers to ${name}, which no earlier step gave`);
  return value;
}
