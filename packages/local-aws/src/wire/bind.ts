/** An HTTP request to an operation's input, and an output to an HTTP answer, as the schema says. */
import type { WireRequest } from '../services/service.ts';
import {
  bodyShape,
  fromJson,
  fromText,
  fromXml,
  isObject,
  type Member,
  type OperationSchema,
  toJson,
  toText,
  toXml,
} from './schema.ts';

/** How bodies are written. */
export interface BodyFormat {
  readonly kind: 'xml' | 'json';
  readonly xmlns: string;
}

/** An input, and the names in its body that the schema does not have. */
export interface BoundInput {
  readonly input: Record<string, unknown>;
  readonly unknown: readonly string[];
}

/** Reads the input. Throws whatever the parser throws when the body is malformed. */
export function readInput(
  operation: OperationSchema,
  labels: Readonly<Record<string, string>>,
  request: WireRequest,
  format: BodyFormat,
): BoundInput {
  const input: Record<string, unknown> = {};
  const unknown: string[] = [];
  const bound = operation.input.members.filter((member) => member.part !== 'body');
  for (const member of bound) {
    const value = readBound(member, labels, request, format, unknown);
    if (value !== undefined) input[member.name] = value;
  }
  if (bound.length < operation.input.members.length && request.body.length > 0) {
    const shape = bodyShape(operation.input);
    const body = format.kind === 'xml' ? fromXml(shape, request.body) : fromJson(shape, request.body);
    if (!isObject(body.value)) throw new TypeError('no structure');
    Object.assign(input, body.value);
    unknown.push(...body.unknown);
  }
  return { input, unknown };
}

function readBound(
  member: Member,
  labels: Readonly<Record<string, string>>,
  { query, headers, body }: WireRequest,
  format: BodyFormat,
  unknown: string[],
): unknown {
  switch (member.part) {
    case 'label': {
      const text = labels[member.name];
      return text === undefined ? undefined : fromText(member.schema, text);
    }
    case 'query': {
      if (!query.has(member.key)) return undefined;
      if (member.repeats)
        return query.getAll(member.key).map((text) => fromText(member.schema.getValueSchema(), text));
      return fromText(member.schema, query.get(member.key) ?? '');
    }
    case 'query-map':
      return Object.fromEntries(query);
    case 'header': {
      const text = headers[member.key.toLowerCase()];
      return text === undefined ? undefined : fromText(member.schema, text);
    }
    case 'header-map': {
      const prefix = member.key.toLowerCase();
      const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
      return found.length === 0
        ? undefined
        : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
    }
    case 'payload':
      return readPayload(member, body, format, unknown);
    default:
      return undefined;
  }
}

function readPayload(member: Member, body: Uint8Array, format: BodyFormat, unknown: string[]): unknown {
  if (member.schema.isBlobSchema()) return body;
  if (body.length === 0) return undefined;
  if (member.schema.isStringSchema()) return new TextDecoder().decode(body);
  const read = format.kind === 'xml' ? fromXml(member.schema, body) : fromJson(member.schema, body);
  unknown.push(...read.unknown);
  return read.value;
}

/** What an output looks like on the wire. */
export interface BoundOutput {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
}

/** Writes an output. */
export function writeOutput(operation: OperationSchema, output: object, format: BodyFormat): BoundOutput {
  const values: Record<string, unknown> = { ...output };
  const headers: Record<string, string> = {};
  for (const member of operation.output.members) {
    const value = values[member.name];
    if (value === undefined || value === null) continue;
    if (member.part === 'header') headers[member.key.toLowerCase()] = toText(member.schema, value);
    if (member.part === 'header-map' && isObject(value)) {
      for (const [name, text] of Object.entries(value))
        headers[`${member.key.toLowerCase()}${name}`] = String(text);
    }
  }
  const type = format.kind === 'xml' ? 'application/xml' : 'application/json';
  const payload = operation.output.members.find((member) => member.part === 'payload');
  if (payload)
    return { headers: withType(headers, payload, type), body: writePayload(payload, values, format) };
  if (!operation.output.members.some((member) => member.part === 'body')) {
    return format.kind === 'json' && operation.status !== 204
      ? { headers: { 'content-type': type, ...headers }, body: '{}' }
      : { headers, body: '' };
  }
  const shape = bodyShape(operation.output);
  const body =
    format.kind === 'xml' ? DECLARATION + toXml(shape, values, format.xmlns) : toJson(shape, values);
  return { headers: { 'content-type': type, ...headers }, body };
}

const withType = (headers: Record<string, string>, payload: Member, type: string) =>
  payload.schema.isBlobSchema() ? headers : { 'content-type': type, ...headers };

function writePayload(
  member: Member,
  values: Readonly<Record<string, unknown>>,
  format: BodyFormat,
): Uint8Array | string {
  const value = values[member.name];
  if (value === undefined || value === null) return '';
  if (value instanceof Uint8Array || typeof value === 'string') return value;
  return format.kind === 'xml'
    ? DECLARATION + toXml(member.schema, value, format.xmlns)
    : toJson(member.schema, value);
}

/** Start of every XML answer. */
export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
