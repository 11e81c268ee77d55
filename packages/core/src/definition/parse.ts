import type { z as Zod } from 'zod';
import type { Service } from '../adapter/contract.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { defined } from '../util/defined.ts';
import { zod } from '../util/lazy.ts';
import { type Complain, didYouMean } from './complain.ts';
import type { Definition } from './definition.ts';
import { resolveDefinition } from './resolve.ts';
import { commonTargetKeys, definitionSchema, type RawDefinition } from './schema.ts';
import { type DefinitionSource, objectSource, type Path, readSource, substituteVariables } from './source.ts';

/** What reading a definition needs besides its text. */
export interface ParseOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** For `${NAME}` in values. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One for each kind that the definition names. */
  readonly services: readonly Service[];
}

/**
 * The kinds of target that a definition names, so that only their services are loaded. Lenient:
 * everything else is left to `parseDefinition`.
 *
 * @throws TrustloomError `definition-syntax`, `definition-duplicate-key`
 */
export function kindsOf(text: string, file: string): readonly string[] {
  return kindsIn(readSource(text, file).value);
}

/** The same for a definition given as an object. */
export function kindsIn(value: unknown): readonly string[] {
  const targets = isObject(value) && isObject(value.targets) ? Object.values(value.targets) : [];
  const common: readonly string[] = commonTargetKeys;
  return [
    ...new Set(
      targets
        .flatMap((target) => (isObject(target) ? Object.keys(target) : []))
        .filter((key) => !common.includes(key)),
    ),
  ].sort();
}

/**
 * Reads a definition. All that is wrong is reported at once, each with its place, as findings of one
 * error.
 *
 * @throws TrustloomError `definition-syntax`, `definition-duplicate-key`, or the code of the first
 *   finding
 * @example
 * const definition = parseDefinition(text, { file: 'trustloom.yaml', env: {}, services: [alb] })
 */
export function parseDefinition(text: string, options: ParseOptions): Definition {
  return parseSource(readSource(text, options.file), options);
}

/** The same for an object, as TypeScript users give it. */
export function definitionFromObject(value: unknown, options: Omit<ParseOptions, 'file'>): Definition {
  return parseSource(objectSource(value), { ...options, file: 'definition' });
}

function parseSource(source: DefinitionSource, { env, services }: ParseOptions): Definition {
  const findings: Finding[] = [];
  const complain: Complain = (code, path, message, where = 'value') => {
    const at = where === 'key' ? source.locateKey(path) : source.locate(path);
    const position = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `;
    findings.push({
      code,
      severity: 'error',
      message: `${position}${path.length === 0 ? '' : `${pathText(path)}: `}${message}`,
      ...defined({ at }),
    });
  };
  const { value, missing } = substituteVariables(source.value, env);
  for (const { name, path } of missing)
    complain('definition-variable', path, `the environment variable ${name} is not set`);
  const kinds = services.map(({ key }) => key);
  const raw = validated(value, kinds, complain);
  const definition = raw === undefined ? undefined : resolveDefinition(raw, { services, source, complain });
  // A misspelt key is reported before the key that is missing for it.
  const sorted = [...findings].sort((a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)));
  const [first] = sorted;
  if (first !== undefined)
    throw new TrustloomError(first.code, sorted.map(({ message }) => message).join('\n'), {
      findings: sorted,
    });
  if (definition === undefined)
    throw new TrustloomError('definition-value', `${source.file}: not a definition`);
  return definition;
}

function isUnknownKey({ code }: Finding): boolean {
  return code === 'definition-unknown-key';
}

function validated(value: unknown, kinds: readonly string[], complain: Complain): RawDefinition | undefined {
  const schema = definitionSchema(kinds);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) complainOf(issue, schema, complain);
  return undefined;
}

/** Keys of a definition that had another name before. */
const renamedKeys: Readonly<Partial<Record<string, string>>> = { record: 'state' };

function complainOf(issue: Zod.core.$ZodIssue, schema: Zod.ZodType, complain: Complain): void {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    for (const key of issue.keys) {
      const renamed = path.length === 0 ? renamedKeys[key] : undefined;
      const hint =
        renamed === undefined
          ? didYouMean(key, known, `; known are ${known.join(', ')}`)
          : didYouMean(renamed, [renamed]);
      complain('definition-unknown-key', [...path, key], `unknown key${hint}`, 'key');
    }
    return;
  }
  complain(
    'definition-value',
    path,
    issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('undefined')
      ? 'missing'
      : issue.message,
  );
}

/** Keys that a schema knows at a path, for suggestions. */
function knownKeys(schema: Zod.ZodType, path: Path): readonly string[] {
  let node: Zod.core.JSONSchema.BaseSchema | undefined = zod().toJSONSchema(schema, {
    unrepresentable: 'any',
    io: 'input',
  });
  for (const part of path) {
    const properties: unknown = node?.properties?.[part] ?? node?.additionalProperties ?? node?.items;
    node = isObject(properties) ? (properties as Zod.core.JSONSchema.BaseSchema) : undefined;
  }
  return Object.keys(node?.properties ?? {});
}

/** `targets.edge.alb.listeners[0]` */
function pathText(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
