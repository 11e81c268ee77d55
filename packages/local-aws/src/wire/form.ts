/** The Query protocol's form body: `Member.1.Field=value` in, a structure out. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { fromText } from './schema.ts';

interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

const node = (): Node => ({ children: new Map() });

/** Reads a form by a schema. Members that the schema does not have are reported in `unknown`. */
export function fromForm(schema: NormalizedSchema, form: URLSearchParams): Record<string, unknown> {
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
  return readStruct(schema, root);
}

function readStruct(schema: NormalizedSchema, from: Node): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = from.children.get(String(member.getMergedTraits().xmlName ?? name));
    if (child) value[name] = read(member, child);
  }
  return value;
}

function read(schema: NormalizedSchema, from: Node): unknown {
  if (schema.isListSchema()) return readList(schema, from);
  if (schema.isStructSchema()) return readStruct(schema, from);
  return fromText(schema, from.text ?? '');
}

/** `Name.member.1`, or `Name.1` when flattened; an empty `Name=` is an empty list. */
function readList(schema: NormalizedSchema, from: Node): unknown[] {
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  const inner = String(schema.getValueSchema().getMergedTraits().xmlName ?? 'member');
  const items = flat ? from : from.children.get(inner);
  if (!items) return [];
  return [...items.children]
    .map(([index, child]) => [Number(index), child] as const)
    .filter(([index]) => Number.isInteger(index))
    .sort(([a], [b]) => a - b)
    .map(([, child]) => read(schema.getValueSchema(), child));
}
