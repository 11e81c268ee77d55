import type { Operation, Operations, Service } from '../services/service.ts';
import { notImplemented } from '../services/service.ts';

/** How a schema-driven service speaks. */
export type Protocol = 's3' | 'rest-xml' | 'query' | 'rest-json';

/** A service whose wire form comes from its SDK client's schemas. */
export interface SchemaServiceOptions<Model extends { [K in keyof Model]: Operation<unknown, unknown> }> {
  /** Name in messages. */
  readonly title: string;
  /** Signing names. */
  readonly names: readonly string[];
  readonly protocol: Protocol;
  /** Imports the SDK client on first use: `() => import('@aws-sdk/client-api-gateway')`. */
  load(): Promise<object>;
  readonly operations: Operations<Model>;
  /** Whether this service answers a path, where several share a signing name. */
  owns?(path: string): boolean;
  readonly global?: boolean;
  /** XML namespace of answers. */
  readonly xmlns?: string;
  /** Code and status of a request without a required member, or that cannot be parsed. */
  readonly malformed: { readonly code: string; readonly status: number };
  reset(): void;
}

/** Makes a service from a table of operations; see `SchemaServiceOptions`. */
export function schemaService<Model extends { [K in keyof Model]: Operation<unknown, unknown> }>(
  options: SchemaServiceOptions<Model>,
): Service {
  throw notImplemented(options.title, 'anything yet');
}
