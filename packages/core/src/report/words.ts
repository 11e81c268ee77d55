import { count } from '../util/count.ts';
import { commonName } from '../x509/name.ts';

/** So many names are told; the rest is counted. */
const named = 5;

/**
 * `2 changes`, `1 change`.
 *
 * @example
 * counted(steps.length, 'change') // 2 changes
 */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** One CA in results: its common name and the first eight digits of its SHA-256. */
export function caWords({ subject, sha256 }: { readonly subject: string; readonly sha256: string }): string {
  return `${commonName({ text: subject })} [${sha256.slice(0, 8)}]`;
}

/** `web, edge, api`; of many the first and the last. */
export function nameWords(names: readonly string[], all = false): string {
  if (all || names.length <= named) return names.join(', ');
  return `${names[0]} ... ${names.at(-1)} (${names.length} targets)`;
}

/** Verbs that do not end in `-ed`, or double a letter. */
const irregular: Readonly<Record<string, string>> = {
  begin: 'began',
  do: 'did',
  drop: 'dropped',
  keep: 'kept',
  make: 'made',
  put: 'put',
  set: 'set',
  stop: 'stopped',
  swap: 'swapped',
  tag: 'tagged',
  take: 'took',
  write: 'wrote',
};

/**
 * What a step says of itself, once it is done: an imperative in the past.
 *
 * @example
 * asDone('attach CRL of Acme Issuing CA [308be4eb], 2 entries') // attached CRL of ...
 */
export function asDone(summary: string): string {
  const [, verb = '', rest = ''] = /^([a-z]+)( .*)?$/s.exec(summary) ?? [];
  if (verb === '' || verb === 'no') return `done: ${summary}`;
  const past =
    irregular[verb] ?? (verb.endsWith('e') ? `${verb}d` : `${verb.replace(/([^aeo])y$/, '$1i')}ed`);
  return past + rest;
}
