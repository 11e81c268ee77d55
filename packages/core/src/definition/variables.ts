/** `${NAME}`; nothing else is interpreted. */
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Puts environment variables into the strings of a parsed definition; what is missing is reported with
 * its path.
 */
export function substituteVariables(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  path: readonly (string | number)[] = [],
): {
  readonly value: unknown;
  readonly missing: readonly { readonly name: string; readonly path: readonly (string | number)[] }[];
} {
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
