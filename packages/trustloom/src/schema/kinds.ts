import type { Facts, SchemaKind } from '@trustloom/core';
import { kinds } from '../adapters.ts';

/** Every kind with its facts and its target schema, without any SDK: for the JSON Schema and the generated pages. */
export async function schemaKinds(): Promise<readonly (SchemaKind & { readonly facts: Facts })[]> {
  return Promise.all(
    kinds.map(async ({ key, facts, target }) => ({ key, facts: await facts(), target: await target() })),
  );
}
