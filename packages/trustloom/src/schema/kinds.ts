import type { Facts, SchemaKind } from '@trustloom/core';
import { ownServices } from '../services.ts';

/** Every service with its facts and its target schema: for the JSON Schema and the generated pages. */
export async function schemaKinds(): Promise<readonly (SchemaKind & { readonly facts: Facts })[]> {
  return (await ownServices()).map(({ key, facts, schema }) => ({ key, facts, target: schema() }));
}
