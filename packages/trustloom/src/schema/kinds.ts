import type { SchemaKind, ServiceInfo } from '@trustloom/core';
import { ownServices } from '../services.ts';

/**
 * Every service with its facts and its target schema: for the JSON Schema and the generated pages.
 */
export async function schemaKinds(): Promise<readonly (SchemaKind & { readonly info: ServiceInfo })[]> {
  return (await ownServices()).map(({ key, info, schema }) => ({ key, info, target: schema() }));
}
