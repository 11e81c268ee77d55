/**
 * The keys of a definition as TypeScript, for `defineTrust`: the same keys and the same words as in
 * the schema, so that an editor shows what the reference says.
 */
import type { JsonSchema } from '@trustloom/core';

/** Keys that `define.ts` writes by hand: their types depend on one another. */
const byHand = ['groups', 'accounts', 'targets', 'trust'];

/** The file of interfaces that `define.ts` puts together. */
export function definitionTypes(schema: JsonSchema, kinds: readonly string[]): string {
  const { groups, accounts, targets } = propertiesOf(schema);
  const group = entriesOf(groups);
  const account = entriesOf(accounts);
  const target = entriesOf(targets);
  const common = (name: string) => !kinds.includes(name);
  return `// Generated from the schema that reads definitions: \`npm run generate\`.

/** Keys at the top of a definition. */
export interface TopKeys ${objectType(schema, '')}

${doc(group, '')}export interface GroupKeys ${objectType(group, '')}

${doc(account, '')}export interface AccountKeys ${objectType(account, '')}

/** Keys that every target has. */
export interface TargetKeys ${objectType(target, '', common)}

/** The kinds of targets. A target has exactly one. */
export interface KindKeys ${objectType({ ...target, required: [...kinds] }, '', (name) => !common(name))}
`;
}

function objectType(schema: JsonSchema, indent: string, wanted = (_name: string): boolean => true): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const inner = `${indent}  `;
  const lines = Object.entries(propertiesOf(schema))
    .filter(([name]) => wanted(name) && !byHand.includes(name))
    .map(
      ([name, value]) =>
        `${doc(value, inner)}${inner}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeText(value, inner)};\n`,
    );
  return `{\n${lines.join('')}${indent}}`;
}

function typeText(schema: JsonSchema, indent: string): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.type === 'object') return objectType(schema, indent);
  if (schema.type === 'array') return `readonly ${typeText(schemaIn(schema.items), indent)}[]`;
  if (schema.type === 'string' || schema.type === 'boolean') return schema.type;
  throw new TypeError(`no type for ${JSON.stringify(schema)}`);
}

/** The description as a comment, with the default, at 100 columns. Every key has one. */
function doc({ description, default: value }: JsonSchema, indent: string): string {
  if (description === undefined) throw new TypeError('a key of the schema has no description');
  const text = value === undefined ? description : `${description} Default ${JSON.stringify(value)}.`;
  if (indent.length + text.length + 7 <= 100) return `${indent}/** ${text} */\n`;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (indent.length + 3 + line.length + 1 + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return schemaIn(schema.properties) as Readonly<Record<string, JsonSchema>>;
}

/** The schema of the entries of a record. */
function entriesOf(schema: JsonSchema | undefined): JsonSchema {
  return schemaIn(schema?.additionalProperties);
}

function schemaIn(value: unknown): JsonSchema {
  if (typeof value !== 'object' || value === null) throw new TypeError('no schema here');
  return value as JsonSchema;
}
