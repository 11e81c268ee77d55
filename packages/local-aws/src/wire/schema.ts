/**
 * The one file that knows the SDK's schemas and their (de)serialisers. Outside of it a schema is
 * opaque. Used: `NormalizedSchema` of @smithy/core/schema, the string and JSON shape codecs of
 * @smithy/core/protocols, the XML ones of @aws-sdk/core/protocols; all pinned.
 */
import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import {
  FromStringShapeDeserializer,
  JsonShapeDeserializer,
  JsonShapeSerializer,
  ToStringShapeSerializer,
} from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

/**
 * Timestamps: ISO text in XML and forms, epoch seconds in JSON (numbers are smithy's schema ids).
 */
const XML = {
  xmlNamespace: '',
  serviceNamespace: '',
  timestampFormat: { useTrait: true, default: 5 as const },
};
const BOUND = { httpBindings: true, timestampFormat: { useTrait: true, default: 5 as const } };
const JSON_CODEC = { jsonName: true, timestampFormat: { useTrait: true, default: 7 as const } };

const OPERATION_ID = 9;

/** Where a member of an input or output lives. */
export interface Member {
  readonly name: string;
  readonly part: 'label' | 'query' | 'query-map' | 'header' | 'header-map' | 'payload' | 'status' | 'body';
  /** Name of the header, prefix of the headers, or name in the query. */
  readonly key: string;
  readonly required: boolean;
  /** A list. */
  readonly repeats: boolean;
  readonly streaming: boolean;
  readonly schema: NormalizedSchema;
}

/** A structure with the part of the message of each of its members. */
export interface Shape {
  readonly schema: NormalizedSchema;
  readonly members: readonly Member[];
}

/** One operation of a client. */
export interface OperationSchema {
  readonly name: string;
  readonly method: string;
  /** Path template with `{label}` and `{label+}`, without its query. */
  readonly path: string;
  /** Literal parts of the template's query. */
  readonly literals: readonly (readonly [string, string])[];
  readonly status: number;
  readonly input: Shape;
  readonly output: Shape;
}

/** Every operation of an SDK client module, by name. */
export function operationsOf(client: object): ReadonlyMap<string, OperationSchema> {
  const operations = new Map<string, OperationSchema>();
  for (const value of Object.values(client)) {
    if (!isOperation(value)) continue;
    const [, , name, traits, input, output] = value;
    const [method = 'POST', template = '/', status = 200] = traits.http ?? [];
    const [path = '/', search = ''] = template.split('?');
    operations.set(name, {
      name,
      method,
      path,
      literals: [...new URLSearchParams(search)],
      status,
      input: lazyShape(input, partOf),
      output: lazyShape(output, partOfAnswer),
    });
  }
  return operations;
}

/** A shape is worked out on first use: a client has hundreds. */
function lazyShape(ref: SchemaRef, locate: typeof partOf): Shape {
  let made: Shape | undefined;
  const shape = () => {
    made ??= { schema: NormalizedSchema.of(ref), members: membersOf(NormalizedSchema.of(ref), locate) };
    return made;
  };
  return {
    get schema() {
      return shape().schema;
    },
    get members() {
      return shape().members;
    },
  };
}

function membersOf(schema: NormalizedSchema, locate: typeof partOf): readonly Member[] {
  if (!schema.isStructSchema()) return [];
  const required = requiredOf(schema);
  return [...schema.structIterator()].map(([name, member]) => {
    const traits = member.getMergedTraits();
    const part = locate(traits);
    return {
      name,
      part,
      key: String(traits.httpHeader ?? traits.httpPrefixHeaders ?? traits.httpQuery ?? name),
      required: required.has(name),
      repeats: member.isListSchema(),
      streaming: member.isStreaming(),
      schema: member,
    };
  });
}

function partOf(traits: ReturnType<NormalizedSchema['getMergedTraits']>): Member['part'] {
  if (traits.httpLabel) return 'label';
  if (traits.httpPayload) return 'payload';
  if (traits.httpHeader) return 'header';
  if (typeof traits.httpPrefixHeaders === 'string') return 'header-map';
  if (traits.httpQuery) return 'query';
  if (traits.httpQueryParams) return 'query-map';
  if (traits.httpResponseCode) return 'status';
  return 'body';
}

/**
 * Some models mark members of an answer (API Gateway's `position`) as if they stood in a query;
 * they stand in the body.
 */
function partOfAnswer(traits: ReturnType<NormalizedSchema['getMergedTraits']>): Member['part'] {
  const part = partOf(traits);
  return part === 'query' || part === 'query-map' || part === 'label' ? 'body' : part;
}

/**
 * The required members come first in a structure's list of names; the seventh element counts them.
 */
function requiredOf(schema: NormalizedSchema): ReadonlySet<string> {
  const raw: unknown = schema.getSchema();
  if (!Array.isArray(raw)) return new Set();
  const names: unknown = raw[4];
  const count: unknown = raw[6];
  if (!Array.isArray(names) || typeof count !== 'number') return new Set();
  return new Set(names.slice(0, count).map(String));
}

/** Paths of required members that a value lacks, at any depth. */
export function missingMembers(schema: NormalizedSchema, value: unknown, path = ''): readonly string[] {
  if (value === undefined || value === null) return [];
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item, index) =>
      missingMembers(schema.getValueSchema(), item, `${path}.${index + 1}`),
    );
  }
  if (schema.isMapSchema() && isObject(value)) {
    return Object.values(value).flatMap((item) => missingMembers(schema.getValueSchema(), item, path));
  }
  if (!schema.isStructSchema() || !isObject(value)) return [];
  const required = requiredOf(schema);
  return [...schema.structIterator()].flatMap(([name, member]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    const item = value[name];
    if (item === undefined || item === null) return required.has(name) ? [inner] : [];
    return missingMembers(member, item, inner);
  });
}

/** A member from text: a label, a header, a value of the query or of a form. */
export function fromText(schema: NormalizedSchema, text: string): unknown {
  return new FromStringShapeDeserializer(BOUND).read(schema, text);
}

/** A member as text, for a header. */
export function toText(schema: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(BOUND);
  serializer.write(schema, value);
  return serializer.flush();
}

/**
 * What was read from a body, and the names in it that the schema does not have: those would be
 * dropped in silence.
 */
export interface Read {
  readonly value: unknown;
  readonly unknown: readonly string[];
}

/** The SDK's reader, which also keeps what it parsed. */
class KeepingDeserializer extends XmlShapeDeserializer {
  parsed: unknown;
  protected override parseXml(xml: string): unknown {
    const parsed: unknown = super.parseXml(xml);
    this.parsed = parsed;
    return parsed;
  }
}

/** Reads a document whose root element is the structure itself. */
export function fromXml(schema: NormalizedSchema, body: Uint8Array): Read {
  const reader = new KeepingDeserializer(XML);
  const value: unknown = reader.read(schema, body);
  return { value, unknown: unknownNames(schema, reader.parsed, 'xml') };
}

/** Attributes, and the text between elements. */
const NO_ELEMENT = /^(xmlns|#text$)|:/;

function unknownNames(
  schema: NormalizedSchema,
  raw: unknown,
  format: 'xml' | 'json',
  path = '',
): readonly string[] {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const inside = format === 'xml' && !schema.getMergedTraits().xmlFlattened && isObject(raw);
    const items: unknown = inside ? raw[String(item.getMergedTraits().xmlName ?? 'member')] : raw;
    return [items].flat().flatMap((one) => unknownNames(item, one, format, path));
  }
  if (!schema.isStructSchema() || !isObject(raw)) return [];
  const members = membersByName(schema, format);
  return Object.entries(raw).flatMap(([key, value]) => {
    const inner = path === '' ? key : `${path}.${key}`;
    const member = members.get(key);
    if (member) return unknownNames(member, value, format, inner);
    return format === 'xml' && NO_ELEMENT.test(key) ? [] : [inner];
  });
}

/** An opaque schema. */
export type Schema = NormalizedSchema;

/** The schema of an element inside an element of XML; undefined for one that is not known. */
export function memberSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return name === String(item.getMergedTraits().xmlName ?? 'member') ? item : undefined;
  }
  if (!schema.isStructSchema()) return undefined;
  return membersByName(schema, 'xml').get(name);
}

/** By their names in a document. */
function membersByName(schema: Schema, format: 'xml' | 'json'): ReadonlyMap<string, Schema> {
  return new Map(
    [...schema.structIterator()].map(([name, member]) => {
      const { xmlName, jsonName } = member.getMergedTraits();
      return [String((format === 'xml' ? xmlName : jsonName) ?? name), member];
    }),
  );
}

/** Writes one payload member, under its own root element. */
export function toXml(schema: NormalizedSchema, value: unknown, xmlns: string): string {
  const serializer = new XmlShapeSerializer({ ...XML, xmlNamespace: xmlns });
  serializer.write(schema, value);
  const text = serializer.flush();
  return typeof text === 'string' ? text : new TextDecoder().decode(text);
}

/** Reads a JSON document. */
export function fromJson(schema: NormalizedSchema, body: Uint8Array): Read {
  const raw: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  const value: unknown = new JsonShapeDeserializer(JSON_CODEC).readObject(schema, asDocument(raw));
  return { value, unknown: unknownNames(schema, raw, 'json') };
}

type Document = Parameters<JsonShapeDeserializer['readObject']>[1];

/** JSON text gives documents and nothing else. */
const asDocument = (value: unknown): Document => value as Document;

/** Writes a JSON document. */
export function toJson(schema: NormalizedSchema, value: unknown): string {
  const serializer = new JsonShapeSerializer(JSON_CODEC);
  serializer.write(schema, value);
  return String(serializer.flush());
}

/**
 * The structure of those members that are not in the path, query or headers, under another root
 * name if given.
 */
export function bodyShape(shape: Shape, rootName?: string): NormalizedSchema {
  const members = shape.members.filter((member) => member.part === 'body');
  const [namespace = '', ownName = ''] = (shape.schema.getName(true) ?? '#').split('#');
  return NormalizedSchema.of([
    3,
    namespace,
    rootName ?? ownName,
    rootName === undefined ? shape.schema.getOwnTraits() : 0,
    members.map((member) => member.name),
    members.map((member) => member.schema),
  ]);
}

interface Traits {
  readonly http?: readonly [string, string, number];
}
type RawOperation = readonly [number, string, string, Traits, SchemaRef, SchemaRef];

function isOperation(value: unknown): value is RawOperation {
  return Array.isArray(value) && value[0] === OPERATION_ID && value.length >= 6;
}

/** A plain object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
