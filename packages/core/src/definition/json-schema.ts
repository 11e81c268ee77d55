import type { z as Zod } from 'zod';
import { zod } from '../util/lazy.ts';
import type { StandardSchemaV1 } from '../util/standard-schema.ts';
import { definitionSchema } from './schema.ts';

/** A JSON Schema, as far as this project builds it. */
export type JsonSchema = Zod.core.JSONSchema.BaseSchema;

/** One kind of target, for the schema of whole definitions. */
export interface SchemaKind {
  readonly key: string;
  readonly target: StandardSchemaV1;
}

/**
 * The JSON Schema of a definition, with the targets of the adapters given: for editors. A target
 * has exactly one kind, which is said by `oneOf`; everything else is what the reader itself checks.
 *
 * @throws TypeError when the schema of a target is not a zod schema
 */
export function definitionJsonSchema(kinds: readonly SchemaKind[]): JsonSchema {
  const z = zod();
  const schema = z.toJSONSchema(definitionSchema(kinds.map(({ key }) => key)), {
    unrepresentable: 'any',
    io: 'input',
  });
  const target = schema.properties?.targets;
  const values = typeof target === 'object' ? target.additionalProperties : undefined;
  if (typeof values !== 'object' || values.properties === undefined)
    throw new TypeError('the schema of targets has another form');
  for (const { key, target: own } of kinds) {
    if (!(own instanceof z.ZodType))
      throw new TypeError(`${key}: only zod schemas can be written as JSON Schema`);
    const { $schema: _, ...inner } = z.toJSONSchema(own, { unrepresentable: 'any', io: 'input' });
    values.properties[key] = inner;
  }
  values.oneOf = kinds.map(({ key }) => ({ required: [key] }));
  return {
    ...schema,
    title: 'Trustloom definition',
    description: 'Which CAs are trusted and which certificates are revoked, and the targets that follow.',
  };
}

/**
 * The reference page of every key, in Markdown: generated from the same schema that reads
 * definitions.
 */
export function definitionReference(kinds: readonly SchemaKind[]): string {
  const schema = definitionJsonSchema(kinds);
  const rows: string[] = [];
  walk(schema, '', rows, new Set(schema.required ?? []));
  return `# Every key of a definition

Generated from the schema that reads definitions. \`*\` stands for a name of your own. A target has exactly one of ${kinds.map(({ key }) => `\`${key}\``).join(', ')}.

| key | | values | what |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function walk(schema: JsonSchema, path: string, rows: string[], required: ReadonlySet<string>): void {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    if (typeof value !== 'object') continue;
    const here = path === '' ? key : `${path}.${key}`;
    const must = required.has(key)
      ? 'required'
      : value.default === undefined
        ? ''
        : `default \`${JSON.stringify(value.default)}\``;
    rows.push(
      `| \`${here}\` | ${must} | ${valuesOf(value)} | ${(value.description ?? '').replaceAll('|', '\\|')} |`,
    );
    descend(value, here, rows);
  }
}

function descend(value: JsonSchema, here: string, rows: string[]): void {
  walk(value, here, rows, new Set(value.required ?? []));
  const { additionalProperties: any } = value;
  if (typeof any === 'object') walk(any, `${here}.*`, rows, new Set(any.required ?? []));
}

function valuesOf(value: JsonSchema): string {
  if (value.enum !== undefined) return value.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (value.type === 'array') {
    const items = Array.isArray(value.items) ? value.items[0] : value.items;
    return typeof items === 'object' && items !== null
      ? `list of ${String((items as JsonSchema).type ?? 'values')}s`
      : 'list';
  }
  return typeof value.type === 'string' ? value.type : 'one of several';
}
