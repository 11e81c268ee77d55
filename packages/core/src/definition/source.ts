import type { Node, Pair } from 'yaml';
import { TrustloomError } from '../errors/error.ts';
import type { Location } from '../errors/finding.ts';
import { yaml } from '../util/lazy.ts';

/** A path into a definition: keys and indexes from the top. */
export type Path = readonly (string | number)[];

/** A definition as text was read: its plain value, and where each part of it stands. */
export interface DefinitionSource {
  readonly file: string;
  readonly value: unknown;
  /** Place of the value at a path, or of the nearest part above it. */
  locate(path: Path): Location | undefined;
  /** Place of a key itself. */
  locateKey(path: Path): Location | undefined;
}

/**
 * Reads YAML (of which JSON is a part) and remembers where everything stands.
 *
 * @throws TrustloomError `definition-syntax`, `definition-duplicate-key`
 */
export function readSource(text: string, file: string): DefinitionSource {
  const { isMap, isScalar, LineCounter, parseDocument } = yaml();
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): Location => {
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col };
  };
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, column } = at(problem.pos[0]);
    const code = problem.code === 'DUPLICATE_KEY' ? 'definition-duplicate-key' : 'definition-syntax';
    const what =
      code === 'definition-duplicate-key' ? 'this key stands twice in one mapping' : 'not valid YAML or JSON';
    throw new TrustloomError(
      code,
      `${file}:${line}:${column}: ${what} (${problem.code.toLowerCase().replaceAll('_', ' ')})`,
      { context: { file, line, column } },
    );
  }
  const nodeOf = (path: Path) =>
    (path.length === 0 ? document.contents : document.getIn(path, true)) as Partial<Node> | undefined;
  const locate = (path: Path): Location | undefined => {
    const offset = nodeOf(path)?.range?.[0];
    if (offset !== undefined) return at(offset);
    return path.length === 0 ? undefined : locate(path.slice(0, -1));
  };
  return {
    file,
    value: document.toJS(),
    locate,
    locateKey(path) {
      const key = path.at(-1);
      const parent = nodeOf(path.slice(0, -1));
      const pair = isMap(parent)
        ? (parent.items as readonly Pair[]).find((item) => isScalar(item.key) && item.key.value === key)
        : undefined;
      const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      return offset === undefined ? locate(path) : at(offset);
    },
  };
}

/** A definition that a program gives as an object: it has no places. */
export function objectSource(value: unknown): DefinitionSource {
  return { file: 'definition', value, locate: () => undefined, locateKey: () => undefined };
}

/** `${NAME}`; nothing else is interpreted. */
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Puts environment variables into the strings of a parsed definition; what is missing is reported with
 * its path.
 */
export function substituteVariables(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  path: Path = [],
): { readonly value: unknown; readonly missing: readonly { readonly name: string; readonly path: Path }[] } {
  if (typeof value === 'string') {
    const missing = [...value.matchAll(variable)].flatMap(([, name = '']) =>
      env[name] === undefined ? [{ name, path }] : [],
    );
    return { value: value.replace(variable, (whole, name: string) => env[name] ?? whole), missing };
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => substituteVariables(item, env, [...path, index]));
    return { value: items.map((item) => item.value), missing: items.flatMap(({ missing }) => missing) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, substituteVariables(item, env, [...path, key])] as const,
    );
    return {
      value: Object.fromEntries(entries.map(([key, item]) => [key, item.value])),
      missing: entries.flatMap(([, { missing }]) => missing),
    };
  }
  return { value, missing: [] };
}
