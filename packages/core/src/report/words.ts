import type { Finding } from '../errors/finding.ts';
import { count } from '../util/count.ts';
import { commonName } from '../x509/name.ts';

/** So many names are shown; the rest is counted. */
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

/** `web, edge, api`; of many their number, the first and the last. */
export function nameWords(names: readonly string[], all = false): string {
  if (all || names.length <= named) return names.join(', ');
  return `${names.length} targets (${names[0]} ... ${names.at(-1)})`;
}

/** The names of targets, in the same way. */
export function namesOf(targets: readonly { readonly name: string }[], all = false): string {
  return nameWords(
    targets.map(({ name }) => name),
    all,
  );
}

/** `2 errors` in a list of what is said; nothing where there are none. */
export function errorWords(findings: readonly Finding[]): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return errors === 0 ? [] : [counted(errors, 'error')];
}

/** `all 4 targets`, `both targets`, or the name of the only one. */
export function allWords(targets: readonly { readonly name: string }[]): string {
  const [only] = targets;
  if (only === undefined) return 'no target is defined';
  if (targets.length === 1) return only.name;
  return targets.length === 2 ? 'both targets' : `all ${targets.length} targets`;
}

/** ` on 2 of 4 targets`; nothing where there is only one. */
export function onWords(touched: number, targets: number): string {
  if (targets <= 1) return '';
  return ` on ${touched === targets ? '' : `${touched} of `}${targets} targets`;
}

/** What steps begin with; another first word is no verb that is known here. */
const verbs =
  'add apply associate attach change clear copy create delete deploy detach disable enable fill grant import issue modify move point publish register remove rename renew replace restore retire revoke start store switch trust turn update upload use'.split(
    ' ',
  );
const irregular: Readonly<Record<string, string>> = {
  do: 'did',
  put: 'put',
  set: 'set',
  stop: 'stopped',
  swap: 'swapped',
  tag: 'tagged',
  take: 'took',
  withdraw: 'withdrew',
  write: 'wrote',
};

/**
 * What a step says of itself, once it is done: an imperative in the past.
 *
 * @example
 * asDone('attach CRL of Acme Issuing CA [308be4eb], 2 entries') // attached CRL of ...
 */
export function asDone(summary: string): string {
  const [verb = ''] = summary.split(' ', 1);
  const past = irregular[verb] ?? (verbs.includes(verb) ? regular(verb) : undefined);
  return past === undefined ? `done: ${summary}` : past + summary.slice(verb.length);
}

function regular(verb: string): string {
  return verb.endsWith('e') ? `${verb}d` : `${verb.replace(/(?<![aeo])y$/, 'i')}ed`;
}
