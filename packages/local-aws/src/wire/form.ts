/** The Query protocol's form body: `Member.1.Field=value` in, a structure out. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { fromText } from './schema.ts';

interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

const node = (): Node => ({ children: new Map() });

/** Parameters of every Query call that are no members. */
const COMMON = ['Action', 'Version'];

/** Reads a form by a schema; `unknown` lists the parameters that the schema does not have. */
export function fromForm(
  schema: NormalizedSchema,
  form: URLSearchParams,
): { input: Record<string, unknown>; unknown: readonly string[] } {
  const root = node();
  for (const [key, text] of form) {
    let at = root;
    for (const part of key.split('.')) {
      const next = at.children.get(part) ?? node();
      at.children.set(part, next);
      at = next;
    }
    at.text = text;
  }
  for (const name of COMMON) root.children.delete(name);
  const unknown: string[] = [];
  return { input: readStruct(schema, root, unknown, ''), unknown };
}

function readStruct(
  schema: NormalizedSchema,
  from: Node,
  unknown: string[],
  path: string,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const left = new Set(from.children.keys());
  for (const [name, member] of schema.structIterator()) {
    const key = String(member.getMergedTraits().xmlName ?? name);
    const child = from.children.get(key);
    left.delete(key);
    if (child) value[name] = read(member, child, unknown, `${path}${key}.`);
  }
  unknown.push(...[...left].map((key) => `${path}${key}`));
  return value;
}

function read(schema: NormalizedSchema, from: Node, unknown: string[], path: string): unknown {
  if (schema.isListSchema()) return readList(schema, from, unknown, path);
  if (schema.isStructSchema()) return readStruct(schema, from, unknown, path);
  return fromText(schema, from.text ?? '');
}

/** `Name.member.1`, or `Name.1` when flattened; an empty `Name=` has no members. */
function readList(schema: NormalizedSchema, from: Node, unknown: string[], path: string): unknown[] {
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  const inner = String(schema.getValueSchema().getMergedTraits().xmlName ?? 'member');
  const items = flat ? from : from.children.get(inner);
  if (!flat) {
    const others = [...from.children.keys()].filter((key) => key !== inner);
    unknown.push(...others.map((key) => `${path}${key}`));
  }
  if (!items) return [];
  const indexed = /^[1-9]\d{0,5}$/;
  if ([...items.children.keys()].some((index) => !indexed.test(index)))
    throw new TypeError('an item of a list has no number');
  return [...items.children]
    .map(([index, child]) => [Number(index), child] as const)
    .sort(([a], [b]) => a - b)
    .map(([, child]) => read(schema.getValueSchema(), child, unknown, path));
}
